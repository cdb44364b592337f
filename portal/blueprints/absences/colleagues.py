"""The same pages for a coordinator, on the absences of who works for their organization."""

from uuid import UUID

from flask import Blueprint, Response

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.absences import pages, queries, writing
from portal.blueprints.absences.whose import Whose
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError
from portal.identity.offers import is_known_here_only

bp = Blueprint(
    "colleague_absences", __name__, url_prefix="/professional/absences/of/<uuid:practitioner_id>"
)


@bp.get("")
@requires(Permission.DIRECTORY_MANAGE)
def list_absences(practitioner_id: UUID) -> Response:
    return pages.list_page(_theirs(practitioner_id))


@bp.get("/new")
@requires(Permission.DIRECTORY_MANAGE)
def write_absence(practitioner_id: UUID) -> Response:
    return writing.write(_theirs(practitioner_id))


@bp.post("/new")
@requires(Permission.DIRECTORY_MANAGE)
def add_absence(practitioner_id: UUID) -> Response:
    return writing.save(_theirs(practitioner_id))


@bp.get("/<uuid:absence_id>")
@requires(Permission.DIRECTORY_MANAGE)
def write_change(practitioner_id: UUID, absence_id: UUID) -> Response:
    return writing.write_change(_theirs(practitioner_id), absence_id)


@bp.post("/<uuid:absence_id>")
@requires(Permission.DIRECTORY_MANAGE)
def change_absence(practitioner_id: UUID, absence_id: UUID) -> Response:
    return writing.save(_theirs(practitioner_id), absence_id)


@bp.get("/<uuid:absence_id>/delete")
@requires(Permission.DIRECTORY_MANAGE)
def ask_to_delete(practitioner_id: UUID, absence_id: UUID) -> Response:
    return pages.delete_page(_theirs(practitioner_id), absence_id)


@bp.post("/<uuid:absence_id>/delete")
@requires(Permission.DIRECTORY_MANAGE)
def delete_absence(practitioner_id: UUID, absence_id: UUID) -> Response:
    return pages.delete(_theirs(practitioner_id), absence_id)


@bp.post("/<uuid:absence_id>/back")
@requires(Permission.DIRECTORY_MANAGE)
def come_back(practitioner_id: UUID, absence_id: UUID) -> Response:
    return pages.come_back(_theirs(practitioner_id), absence_id)


@bp.post("/<uuid:absence_id>/again")
@requires(Permission.DIRECTORY_MANAGE)
def leave_again(practitioner_id: UUID, absence_id: UUID) -> Response:
    return pages.leave_again(_theirs(practitioner_id), absence_id)


def _theirs(practitioner_id: UUID) -> Whose:
    """Raises `NotFoundError` for who works elsewhere.

    And for who also has patients elsewhere: those would read what is noted here, and anybody can
    be added to an organization. They note it themself.
    """
    session, reader_id = current_session(), current_viewer().id
    person = queries.colleague(
        session, practitioner_id=practitioner_id, reader_id=reader_id, at=now()
    )
    if not is_known_here_only(session, practitioner_id=person.id, inviter_id=reader_id, at=now()):
        raise NotFoundError("colleague")
    return Whose(person, is_own=False)
