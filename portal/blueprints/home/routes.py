"""Where a reader lands, the choice of a person, and "Today"."""

from flask import Blueprint, Response, request, url_for

from portal.access.guard import (
    current_patient,
    current_viewer,
    may,
    public,
    requires,
    signed_in_viewer,
)
from portal.access.permissions import Permission
from portal.access.trail import note_list
from portal.access.viewer import Viewer
from portal.blueprints.agenda.queries import next_and_unanswered
from portal.blueprints.agenda.visits import Visit, visit
from portal.blueprints.care_team.members import Member, first_to_call, members_of
from portal.blueprints.care_team.queries import circle_members
from portal.blueprints.emergency.queries import Opening, unread_openings
from portal.blueprints.home.queries import next_by_person
from portal.clock import now
from portal.db import current_session
from portal.models.care import GrantCategory
from portal.web import dates
from portal.web.chrome import own_people
from portal.web.page import page, redirect_to

bp = Blueprint("home", __name__)
UNANSWERED_ROWS = 10
TO_CALL = 3


@bp.get("/")
@public
def go_home() -> Response:
    viewer = signed_in_viewer()
    if viewer is None:
        return redirect_to(url_for("auth.sign_in"))
    return redirect_to(_landing(viewer))


@bp.get("/people")
@requires(Permission.ACCOUNT_OWN, writes=True)
def choose_person() -> Response:
    viewer, at = current_viewer(), now()
    people = own_people(viewer)
    coming = next_by_person(current_session(), user_id=viewer.id, at=at)
    shown = [person for person in people if person.id in coming]
    note_list(viewer, shown, category=GrantCategory.AGENDA)
    return page(
        "home/people.html",
        people=people,
        next_by_person=coming,
        viewer=viewer,
        at=at,
        has_left="left" in request.args,
    )


@bp.get("/p/<uuid:patient_id>/")
@requires(Permission.PATIENT_OPEN)
def show_home() -> Response:
    patient, at = current_patient(), now()
    sees_agenda = may(Permission.AGENDA_SEE)
    next_visit, unanswered = _visits() if sees_agenda else (None, [])
    return page(
        "home/home.html",
        patient=patient,
        at=at,
        today=dates.local(at, patient.time_zone).date(),
        sees_agenda=sees_agenda,
        next_visit=next_visit,
        unanswered=unanswered,
        to_call=_whom_to_call() if may(Permission.CARE_TEAM_SEE) else [],
        sees_care_team=may(Permission.CARE_TEAM_SEE),
        openings=_unread_openings(),
        is_read="read" in request.args,
    )


def _landing(viewer: Viewer) -> str:
    if viewer.is_professional:
        return url_for("professional.list_patients")
    if viewer.is_operator:
        return url_for("ops.list_accounts")
    if viewer.is_privacy_contact:
        return url_for("access_questions.list_questions")
    people = own_people(viewer)
    if len(people) == 1:
        return url_for("home.show_home", patient_id=people[0].id)
    return url_for("home.choose_person")


def _unread_openings() -> list[Opening]:
    """Told to the patient and to who represents them, until one of them has read it."""
    if not may(Permission.ACCESS_LOG_SEE):
        return []
    return unread_openings(current_session(), patient_id=current_patient().patient_id)


def _visits() -> tuple[Visit | None, list[Visit]]:
    """The next one, and those that wait for an answer."""
    patient, at = current_patient(), now()
    row, waiting = next_and_unanswered(
        current_session(),
        patient_id=patient.patient_id,
        viewer_id=current_viewer().id,
        at=at,
        limit=UNANSWERED_ROWS,
    )
    next_visit = visit(row, patient=patient, at=at) if row is not None else None
    return next_visit, [visit(one, patient=patient, at=at) for one in waiting]


def _whom_to_call() -> list[Member]:
    """Coordinator and regular doctor first; else the professionals in the circle's order."""
    patient, at = current_patient(), now()
    rows = circle_members(
        current_session(), patient_id=patient.patient_id, viewer_id=current_viewer().id, at=at
    )
    members = members_of(rows, patient=patient, at=at)
    first = first_to_call(members)
    others = [one for one in members if one not in first and one.phone and not one.is_relative]
    return (first or others)[:TO_CALL]
