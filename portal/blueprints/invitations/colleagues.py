"""Inviting a fellow coordinator of one's own organization."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.invitations import queries, service
from portal.blueprints.invitations.answers import (
    after_withdrawal,
    done,
    invited_page,
    is_own_address,
    say_refusal,
)
from portal.blueprints.invitations.forms import ColleagueForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import NotFoundError, OfferRefusedError
from portal.identity import invitations
from portal.identity.invitations import Place
from portal.identity.invitees import Invitee
from portal.models.account import InvitationKind
from portal.web.installed import current_keys, mail_leaves
from portal.web.page import page
from portal.web.time_zones import reader_time_zone

bp = Blueprint("colleagues", __name__, url_prefix="/professional/invitations")


@bp.get("")
@requires(Permission.COLLEAGUES_INVITE)
def list_invitations() -> Response:
    rows, at = _rows(), now()
    return page(
        "invitations/colleagues.html",
        organizations=_organizations(),
        can_mail=mail_leaves(),
        pending=[row for row in rows if row.is_pending(at)],
        outcomes=[row for row in rows if not row.is_pending(at)],
        time_zone=reader_time_zone(),
        viewer=current_viewer(),
        done=done(rows),
    )


@bp.get("/colleague")
@requires(Permission.COLLEAGUES_INVITE, step_up=True)
def write_colleague() -> Response:
    return _form_page(ColleagueForm.from_request())


@bp.post("/colleague")
@requires(Permission.COLLEAGUES_INVITE, step_up=True)
def invite_colleague() -> Response:
    form, organizations = ColleagueForm.from_request(), _organizations()
    form.offer([str(one.id) for one in organizations])
    if len(organizations) == 1:
        form.organization.data = str(organizations[0].id)
    if not mail_leaves():
        raise NotFoundError("mail")
    if not form.is_sent_and_valid() or is_own_address(form):
        return _form_page(form, status=422)
    place = Place(InvitationKind.COORDINATOR, organization_id=UUID(form.organization.data))
    names = (form.given_name.data or "", form.family_name.data or "")
    try:
        with transaction() as session:
            offered = service.offer(
                session,
                keys=current_keys(),
                place=place,
                invitee=Invitee(names, email=form.email.data),
                invited_by=current_viewer().id,
                at=now(),
            )
    except OfferRefusedError as refused:
        say_refusal(form, refused)
        return _form_page(form, status=422)
    return invited_page(
        offered,
        time_zone=reader_time_zone(),
        list_url=url_for("colleagues.list_invitations"),
    )


@bp.post("/<uuid:invitation_id>/withdraw")
@requires(Permission.COLLEAGUES_INVITE, step_up=True)
def withdraw_invitation(invitation_id: UUID) -> Response:
    with transaction() as session:
        row = queries.invitation_of_colleagues(
            session, user_id=current_viewer().id, invitation_id=invitation_id
        )
        is_withdrawn = invitations.withdraw(session, invitation_id=row.id, at=now())
    list_url = url_for("colleagues.list_invitations")
    return after_withdrawal(list_url, is_withdrawn=is_withdrawn)


def _rows() -> list[queries.InvitationRow]:
    return queries.invitations_of_colleagues(
        current_session(), user_id=current_viewer().id, at=now()
    )


def _organizations() -> list[queries.OwnOrganization]:
    return queries.own_organizations(current_session(), user_id=current_viewer().id)


def _form_page(form: ColleagueForm, *, status: int = 200) -> Response:
    if not mail_leaves():
        raise NotFoundError("mail")
    return page(
        "invitations/colleague.html", status=status, form=form, organizations=_organizations()
    )
