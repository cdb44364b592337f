"""Where a reader lands, the choice of a person, and "Today"."""

from datetime import datetime

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
from portal.blueprints.care_team.now import TeamNow, team_now, whom_to_call
from portal.blueprints.care_team.sheet import sheet_of
from portal.blueprints.care_team.words import Clock
from portal.blueprints.emergency.queries import Opening, unread_openings
from portal.blueprints.home.queries import next_by_person
from portal.clock import now
from portal.db import current_session
from portal.models.rights import GrantCategory
from portal.scheduling import appointments
from portal.teams.reading import read_team
from portal.web import dates
from portal.web.chrome import own_people
from portal.web.page import page, redirect_to
from portal.web.visits import Visit, visit

bp = Blueprint("home", __name__)
TODAY_ROWS = 10
VISITS_ON_PAPER = 3


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
    coming, waiting = _visits() if sees_agenda else ([], [])
    team = _team()
    alarms = team.alarms if team and may(Permission.CARE_TEAM_ACT) else []
    return page(
        "home/home.html",
        patient=patient,
        at=at,
        today=dates.local(at, patient.time_zone).date(),
        sees_agenda=sees_agenda,
        next_visit=next(iter(coming), None),
        also_today=_also_today(coming, at),
        questions=waiting,
        may_act=_may_act(),
        to_call=whom_to_call(team) if team else [],
        sees_care_team=team is not None,
        alarms=alarms,
        unowned=sum(not one.has_owner for one in alarms),
        waiting=team.waiting if team and may(Permission.CONSENTS_ACT) else [],
        programme_waits=_programme_waits(),
        openings=_unread_openings(),
        unread_threads=patient.unread_threads if may(Permission.MESSAGES_SEE) else 0,
        is_read="read" in request.args,
        follows_education=may(Permission.EDUCATION_FOLLOW),
    )


@bp.get("/p/<uuid:patient_id>/care-team/sheet")
@requires(Permission.CARE_TEAM_SEE)
def print_sheet() -> Response:
    patient, at = current_patient(), now()
    clock = Clock(at, patient.time_zone)
    rows = read_team(
        current_session(), patient_id=patient.patient_id, viewer_id=current_viewer().id, at=at
    )
    return page(
        "home/sheet.html",
        patient=patient,
        printed_on=clock.today,
        sheet=sheet_of(rows, patient=patient, clock=clock),
        visits=_visits_to_come() if may(Permission.AGENDA_SEE) else [],
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


def _programme_waits() -> bool:
    """To who can answer it, and no other."""
    may_answer = may(Permission.EDUCATION_SEE) and may(Permission.CONSENTS_ACT)
    return may_answer and current_patient().programme_waits


def _unread_openings() -> list[Opening]:
    """Told to the patient and to who represents them, until one of them has read it."""
    if not may(Permission.ACCESS_LOG_SEE):
        return []
    return unread_openings(current_session(), patient_id=current_patient().patient_id)


def _may_act() -> bool:
    return may(Permission.AGENDA_ACT)


def _visits() -> tuple[list[Visit], list[Visit]]:
    """Those to come, the next one first, and those that wait for an answer."""
    patient, at = current_patient(), now()
    coming, waiting = appointments.today(
        current_session(),
        patient_id=patient.patient_id,
        viewer_id=current_viewer().id,
        at=at,
        limit=TODAY_ROWS,
        may_act=_may_act(),
    )
    return (
        [visit(one, patient=patient, at=at) for one in coming],
        [visit(one, patient=patient, at=at) for one in waiting],
    )


def _also_today(coming: list[Visit], at: datetime) -> list[Visit]:
    """After the next one: who else comes on this day, where the patient lives."""
    zone = current_patient().time_zone
    today = dates.local(at, zone).date()
    return [
        one
        for one in coming[1:]
        if one.starts_at is not None and dates.local(one.starts_at, zone).date() == today
    ]


def _visits_to_come() -> list[Visit]:
    patient, at = current_patient(), now()
    rows = appointments.appointments_to_come(
        current_session(),
        patient_id=patient.patient_id,
        viewer_id=current_viewer().id,
        at=at,
        limit=VISITS_ON_PAPER,
    )
    cards = [visit(one, patient=patient, at=at) for one in rows]
    return [one for one in cards if one.day is not None and not one.is_cancelled]


def _team() -> TeamNow | None:
    if not may(Permission.CARE_TEAM_SEE):
        return None
    patient, at = current_patient(), now()
    rows = read_team(
        current_session(), patient_id=patient.patient_id, viewer_id=current_viewer().id, at=at
    )
    return team_now(rows, patient=patient, clock=Clock(at, patient.time_zone))
