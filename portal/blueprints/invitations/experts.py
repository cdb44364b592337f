"""Inviting somebody to write modules: by mail or on paper, whether they have an account or not.

The answer is the same for both, so that it tells nobody who has an account; whoever accepts signs
in, or makes an account.
"""

from uuid import UUID

from flask import Blueprint, Response, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.invitations import queries, service
from portal.blueprints.invitations.answers import invited_page, is_own_address, say_refusal
from portal.blueprints.invitations.forms import MAIL, PAPER, ExpertForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import OfferRefusedError
from portal.identity.invitations import Place
from portal.identity.invitees import Invitee
from portal.models.account import InvitationKind
from portal.web.installed import current_keys, mail_leaves
from portal.web.page import page
from portal.web.time_zones import reader_time_zone

bp = Blueprint("expert_invitations", __name__, url_prefix="/professional/invitations")


@bp.get("/patient-expert")
@requires(Permission.COLLEAGUES_INVITE, step_up=True)
def write_expert() -> Response:
    return _form_page(ExpertForm.from_request(way=MAIL if mail_leaves() else PAPER))


@bp.post("/patient-expert")
@requires(Permission.COLLEAGUES_INVITE, step_up=True)
def invite_expert() -> Response:
    form: ExpertForm = ExpertForm.from_request()
    form.offer([str(one.id) for one in _organizations()])
    if not mail_leaves():
        form.only_paper()
    if not form.is_sent_and_valid() or is_own_address(form):
        return _form_page(form, status=422)
    return _offered(form) or _form_page(form, status=422)


def _offered(form: ExpertForm) -> Response | None:
    """None when it was refused: the form says why."""
    names = (form.given_name.data or "", form.family_name.data or "")
    organization_id = UUID(form.organization.data)
    try:
        with transaction() as session:
            offered = service.offer(
                session,
                keys=current_keys(),
                place=Place(InvitationKind.PATIENT_EXPERT, organization_id=organization_id),
                invitee=Invitee(names, email=form.email.data if form.is_by_mail else None),
                invited_by=current_viewer().id,
                at=now(),
            )
    except OfferRefusedError as refused:
        say_refusal(form, refused)
        return None
    list_url = url_for("colleagues.list_invitations")
    return invited_page(offered, time_zone=reader_time_zone(), list_url=list_url)


def _organizations() -> list[queries.OwnOrganization]:
    return queries.own_organizations(current_session(), user_id=current_viewer().id)


def _form_page(form: ExpertForm, *, status: int = 200) -> Response:
    return page(
        "invitations/expert.html",
        status=status,
        form=form,
        can_mail=mail_leaves(),
        organizations=_organizations(),
    )
