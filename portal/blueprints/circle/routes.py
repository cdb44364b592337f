"""Who is in the circle of a patient: the coordinator's page, and leaving it."""

from flask import Blueprint, Response, request, url_for

from portal.access.audit import capacity_of
from portal.access.guard import current_patient, current_viewer, may, requires
from portal.access.permissions import Permission
from portal.access.policy import can
from portal.blueprints.circle import ending, notices, pages, service
from portal.blueprints.circle.ending import WrongSuccessorError
from portal.blueprints.circle.forms import LeaveForm, uuid_of
from portal.blueprints.circle.writing import Author
from portal.clock import now
from portal.db import transaction
from portal.errors import NotFoundError
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("circle", __name__, url_prefix="/p/<uuid:patient_id>/circle")


@bp.get("")
@requires(Permission.CIRCLE_MANAGE)
def show_circle() -> Response:
    return pages.circle_page()


@bp.post("/long-term-condition")
@requires(Permission.CIRCLE_MANAGE)
def keep_long_term_condition() -> Response:
    has_one = request.form.get("has_one") == "yes"
    with transaction() as session:
        service.keep_long_term_condition(
            session, patient_id=current_patient().patient_id, has_one=has_one
        )
    return redirect_to(url_for("circle.show_circle", done="condition"))


@bp.get("/leave")
@requires(Permission.CIRCLE_LEAVE)
def ask_leave() -> Response:
    return pages.leave_page(LeaveForm())


@bp.post("/leave")
@requires(Permission.CIRCLE_LEAVE)
def leave() -> Response:
    """The last page of this file that they see: the answer is their list of patients."""
    form: LeaveForm = LeaveForm.from_request()
    if not form.is_sent_and_valid():
        return pages.leave_page(form, status=422)
    try:
        _leave(form)
    except WrongSuccessorError:
        form.refuse("successor", gettext("Choose somebody of the circle who sees the file"))
        return pages.leave_page(form, status=422)
    return redirect_to(url_for("professional.list_patients", done="left"))


def author(permission: Permission) -> Author:
    viewer, patient = current_viewer(), current_patient()
    return Author(viewer.id, capacity_of(patient, can(viewer, permission, patient)))


def _leave(form: LeaveForm) -> None:
    viewer, patient_id, at = current_viewer(), current_patient().patient_id, now()
    if viewer.practitioner_id is None:
        raise NotFoundError("place")
    successor_id = uuid_of(form.successor.data)
    if successor_id is not None and not may(Permission.CARE_TEAM_SEE):
        raise WrongSuccessorError
    with transaction() as session:
        needs = ending.leave(
            session,
            patient_id=patient_id,
            practitioner_id=viewer.practitioner_id,
            successor_id=successor_id,
            by=author(Permission.CIRCLE_LEAVE),
            at=at,
        )
        keys = current_keys()
        notices.tell_of_change(session, keys=keys, patient_id=patient_id, at=at)
        if needs and successor_id is not None:
            notices.tell_successor(
                session,
                keys=keys,
                patient_id=patient_id,
                member_id=successor_id,
                by=viewer.id,
                at=at,
            )
