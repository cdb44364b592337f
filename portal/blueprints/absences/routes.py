"""When a professional is away, and who answers instead: their own page."""

from uuid import UUID

from flask import Blueprint, Response

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.absences import pages, queries, writing
from portal.blueprints.absences.whose import Whose
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError

bp = Blueprint("absences", __name__, url_prefix="/professional/absences")


@bp.get("")
@requires(Permission.ABSENCES_OWN)
def list_absences() -> Response:
    return pages.list_page(_mine())


@bp.get("/new")
@requires(Permission.ABSENCES_OWN)
def write_absence() -> Response:
    return writing.write(_mine())


@bp.post("/new")
@requires(Permission.ABSENCES_OWN)
def add_absence() -> Response:
    return writing.save(_mine())


@bp.get("/<uuid:absence_id>")
@requires(Permission.ABSENCES_OWN)
def write_change(absence_id: UUID) -> Response:
    return writing.write_change(_mine(), absence_id)


@bp.post("/<uuid:absence_id>")
@requires(Permission.ABSENCES_OWN)
def change_absence(absence_id: UUID) -> Response:
    return writing.save(_mine(), absence_id)


@bp.get("/<uuid:absence_id>/delete")
@requires(Permission.ABSENCES_OWN)
def ask_to_delete(absence_id: UUID) -> Response:
    return pages.delete_page(_mine(), absence_id)


@bp.post("/<uuid:absence_id>/delete")
@requires(Permission.ABSENCES_OWN)
def delete_absence(absence_id: UUID) -> Response:
    return pages.delete(_mine(), absence_id)


@bp.post("/<uuid:absence_id>/back")
@requires(Permission.ABSENCES_OWN)
def come_back(absence_id: UUID) -> Response:
    return pages.come_back(_mine(), absence_id)


@bp.post("/<uuid:absence_id>/again")
@requires(Permission.ABSENCES_OWN)
def leave_again(absence_id: UUID) -> Response:
    return pages.leave_again(_mine(), absence_id)


def _mine() -> Whose:
    own_id = current_viewer().practitioner_id
    if own_id is None:
        raise NotFoundError("practitioner")
    person = queries.person(current_session(), practitioner_id=own_id, at=now())
    return Whose(person, is_own=True)
