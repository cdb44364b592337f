"""What is said after an invitation was made, withdrawn, or printed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_viewer
from portal.blueprints.invitations.forms import MailForm
from portal.blueprints.invitations.queries import InvitationRow, one_of
from portal.errors import OfferRefusedError
from portal.identity import invitations, offers, totp
from portal.identity.addresses import fold
from portal.identity.invitation_sheets import Sheet
from portal.models.account import Invitation
from portal.web.i18n import gettext
from portal.web.installed import current_config
from portal.web.page import page, redirect_to

OPERATOR_COMMAND = "python -m portal invite"


def is_own_address(form: MailForm) -> bool:
    """Nobody invites themself; says so beside the field."""
    viewer = current_viewer()
    is_own = form.is_by_mail and fold(form.email.data or "") == viewer.email
    if is_own:
        form.refuse("email", gettext("This is your own address. Write that of the other person"))
    return is_own


def say_refusal(form: MailForm, refused: OfferRefusedError) -> None:
    """Beside the field that it is about."""
    field = "email" if form.is_by_mail else "way"
    if refused.reason == "too_many_today":
        sentence = gettext(
            "You made %(num)d invitations within a day: make the next one tomorrow",
            num=offers.A_DAY_BY_ONE_INVITER,
        )
    elif refused.reason == "too_many_to_address":
        sentence = gettext(
            "This address was sent %(num)d invitations within a day: try again tomorrow",
            num=offers.A_DAY_TO_ONE_ADDRESS,
        )
    else:
        field = "practitioner"
        sentence = gettext(
            "Only the operator of the portal can invite this professional:"
            " with the command “%(command)s”",
            command=OPERATOR_COMMAND,
        )
    form.refuse(field if field in form else "email", sentence)


def invited_page(offered: Sheet | Invitation, *, time_zone: str, list_url: str) -> Response:
    """The sheet itself, because its code is nowhere else; or the list, which says what was sent."""
    if isinstance(offered, Sheet):
        return sheet_page(offered, time_zone=time_zone, is_again=False)
    return redirect_to(f"{list_url}?sent={offered.id}")


def sheet_page(sheet: Sheet, *, time_zone: str, is_again: bool) -> Response:
    base_url = current_config().base_url
    return page(
        "invitations/sheet.html",
        sheet=sheet,
        name=f"{sheet.invitation.given_name} {sheet.invitation.family_name}".strip(),
        address=base_url.partition("://")[2] + "/invitation/code",
        qr=totp.qr_svg(base_url + sheet.path),
        time_zone=time_zone,
        is_again=is_again,
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What just happened, for the notice at the top of the list."""

    sent: InvitationRow | None
    is_withdrawn: bool
    is_over: bool
    days: int = invitations.VALID_FOR.days


def done(rows: Sequence[InvitationRow]) -> Done:
    """As the address says; it names an invitation, never a person."""
    try:
        sent = one_of(rows, UUID(request.args.get("sent", "")))
    except ValueError:
        sent = None
    return Done(
        sent=sent if sent is not None and sent.email else None,
        is_withdrawn="withdrawn" in request.args,
        is_over="over" in request.args,
    )


def after_withdrawal(list_url: str, *, is_withdrawn: bool) -> Response:
    return redirect_to(f"{list_url}?{'withdrawn' if is_withdrawn else 'over'}=1")
