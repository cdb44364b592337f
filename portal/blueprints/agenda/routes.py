"""The week, the list, one appointment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import (
    current_patient,
    current_viewer,
    may,
    requires,
)
from portal.access.hidden import HiddenFrom, hidden_from
from portal.access.permissions import Permission
from portal.blueprints.agenda import service
from portal.clock import now
from portal.db import current_session
from portal.scheduling import appointments
from portal.scheduling.rows import AppointmentRow
from portal.web import dates
from portal.web.appointment_cards import Facts
from portal.web.appointment_cards.answer import answer_card
from portal.web.appointment_cards.booking import booking_card
from portal.web.appointment_cards.companion import companion_card
from portal.web.appointment_cards.history import history_card
from portal.web.appointment_cards.notes import notes_card
from portal.web.appointment_cards.preparation import preparation_card
from portal.web.appointment_cards.reading import read_facts
from portal.web.appointment_cards.series import series_card
from portal.web.page import page
from portal.web.positions import position_of, position_text
from portal.web.visits import Visit, is_over, visit

bp = Blueprint("agenda", __name__, url_prefix="/p/<uuid:patient_id>/agenda")
WEEK_ROWS = 200
STAY_ROWS = 10
LATER_ROWS = 3
LIST_ROWS = 30
WEEKS_ON_PAPER = (2, 4, 8)
PRINTED_ROWS = 120
_CARDS: dict[str, Callable[[Facts], object]] = {
    "answer": answer_card,
    "companion": companion_card,
    "preparation": preparation_card,
    "notes": notes_card,
    "booking": booking_card,
    "history": history_card,
    "series": series_card,
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day and its visits."""

    date: date
    visits: list[Visit]
    count: int
    """Visits that take place: a cancelled one leaves no dot."""


class Buttons(NamedTuple):
    """What can be answered from a card."""

    may_act: bool
    answer: str
    companion: str
    companion_yes: str
    """Of whoever was asked, also when they only see the agenda."""


@bp.get("")
@requires(Permission.AGENDA_SEE)
def show_agenda() -> Response:
    if request.args.get("view") == "list":
        return _list_page()
    if request.args.get("view") == "past":
        return _past_page()
    return _week_page()


@bp.get("/print")
@requires(Permission.AGENDA_SEE)
def print_agenda() -> Response:
    patient, at = current_patient(), now()
    today = dates.local(at, patient.time_zone).date()
    weeks = _weeks_on_paper()
    begins = service.week_of(today, time_zone=patient.time_zone).starting(today)
    ends = begins + timedelta(weeks=weeks)
    rows = appointments.appointments_from(
        current_session(), **_whose(), start=begins, limit=PRINTED_ROWS + 1
    )
    stays, _ = appointments.going_on_and_undated(
        current_session(), **_whose(), start=begins, limit=STAY_ROWS
    )
    printed = [one for one in rows if one.starts_at and one.starts_at < ends]
    return page(
        "agenda/print.html",
        patient=patient,
        today=today,
        weeks=weeks,
        choices=WEEKS_ON_PAPER,
        stays=_visits(stays, at),
        days=_days(printed[:PRINTED_ROWS], at),
        is_cut=len(printed) > PRINTED_ROWS,
    )


def _weeks_on_paper() -> int:
    asked = request.args.get("weeks", "")
    return next((one for one in WEEKS_ON_PAPER if str(one) == asked), WEEKS_ON_PAPER[0])


@bp.get("/<uuid:appointment_id>")
@requires(Permission.AGENDA_SEE)
def show_appointment(appointment_id: UUID) -> Response:
    facts = read_facts(appointment_id)
    return page(
        "agenda/appointment.html",
        patient=facts.patient,
        visit=facts.visit,
        reason=facts.row.cancellation_reason,
        today=dates.local(facts.at, facts.patient.time_zone).date(),
        cards={name: card(facts) for name, card in _CARDS.items()},
        may_act=facts.may_act,
        sees_care_team=may(Permission.CARE_TEAM_SEE),
        may_hide=may(Permission.AGENDA_HIDE),
        hidden_from=_hidden_from(appointment_id),
        done=request.args.get("done", ""),
    )


def _hidden_from(appointment_id: UUID) -> list[HiddenFrom]:
    """Told to who may hide it, and to nobody else."""
    if not may(Permission.AGENDA_HIDE):
        return []
    patient_id = current_patient().patient_id
    return hidden_from(current_session(), patient_id=patient_id, item_id=appointment_id, at=now())


def _week_page() -> Response:
    patient, at = current_patient(), now()
    today = dates.local(at, patient.time_zone).date()
    this_week = service.week_of(today, time_zone=patient.time_zone)
    asked = request.args.get("week", "")
    week = service.week_from(asked, time_zone=patient.time_zone) or this_week
    rows = appointments.appointments_from(
        current_session(), **_whose(), start=week.starts_at, limit=WEEK_ROWS
    )
    in_week, later = service.split_at(rows, week.ends_at)
    stays, undated = appointments.going_on_and_undated(
        current_session(), **_whose(), start=week.starts_at, limit=STAY_ROWS
    )
    days = _days(in_week, at)
    # This week begins with today: what is over stands below.
    earlier = [day for day in days if day.date < today] if week == this_week else []
    upcoming = _visits(later[:LATER_ROWS], at)
    return page(
        "agenda/week.html",
        fragment="agenda",
        patient=patient,
        today=today,
        week=week,
        is_this_week=week == this_week,
        counts={day.date: day.count for day in days},
        stays=_visits(stays, at),
        days=days[len(earlier) :],
        earlier=earlier,
        later=upcoming,
        undated=_visits(undated, at) if week == this_week else [],
        next_id=_next_id(rows, at),
        buttons=_buttons(),
        may_book=may(Permission.AGENDA_BOOK),
        has_past=not days and not upcoming,
    )


def _list_page() -> Response:
    patient, at = current_patient(), now()
    position = position_of(request.args.get("after"))
    if position is None:
        rows = appointments.appointments_to_come(
            current_session(), **_whose(), at=at, limit=LIST_ROWS + 1
        )
    else:
        rows = appointments.appointments_after(
            current_session(), **_whose(), position=position, limit=LIST_ROWS + 1
        )
    return page(
        "agenda/list.html",
        fragment="agenda",
        patient=patient,
        today=dates.local(at, patient.time_zone).date(),
        is_past=False,
        is_continued=position is not None,
        days=_days(rows[:LIST_ROWS], at),
        next_id=_next_id(rows, at) if position is None else None,
        buttons=_buttons(),
        may_book=may(Permission.AGENDA_BOOK),
        goes_on=_last_shown(rows),
    )


def _past_page() -> Response:
    patient, at = current_patient(), now()
    position = position_of(request.args.get("after"))
    rows = appointments.past_appointments(
        current_session(), **_whose(), at=at, after=position, limit=LIST_ROWS + 1
    )
    return page(
        "agenda/list.html",
        fragment="agenda",
        patient=patient,
        today=dates.local(at, patient.time_zone).date(),
        is_past=True,
        is_continued=position is not None,
        days=_days(rows[:LIST_ROWS], at),
        next_id=None,
        buttons=None,
        may_book=False,
        goes_on=_last_shown(rows),
    )


def _may_act() -> bool:
    return may(Permission.AGENDA_ACT)


def _buttons() -> Buttons:
    """Addresses of an appointment whose id is nil: putting each id in costs less than a call."""
    nil = UUID(int=0)
    return Buttons(
        may_act=_may_act(),
        answer=url_for("answering.write_answer", appointment_id=nil),
        companion=url_for("companions.choose", appointment_id=nil),
        companion_yes=url_for("companions.write_answer", appointment_id=nil),
    )


def _whose() -> dict[str, UUID]:
    return {"patient_id": current_patient().patient_id, "viewer_id": current_viewer().id}


def _visits(rows: list[AppointmentRow], at: datetime) -> list[Visit]:
    patient = current_patient()
    return [visit(row, patient=patient, at=at) for row in rows]


def _days(rows: list[AppointmentRow], at: datetime) -> list[Day]:
    """Grouped by the day at the place, in the order of the rows."""
    grouped: dict[date, list[Visit]] = {}
    for shown in _visits(rows, at):
        if shown.day is not None:
            grouped.setdefault(shown.day, []).append(shown)
    return [
        Day(day, visits, sum(not one.is_cancelled for one in visits))
        for day, visits in grouped.items()
    ]


def _next_id(rows: list[AppointmentRow], at: datetime) -> UUID | None:
    """The first that is still to come: it carries the sun on the thread."""
    for row in rows:
        if row.status in appointments.NEXT_STATUSES and row.starts_at and not is_over(row, at):
            return row.id
    return None


def _last_shown(rows: list[AppointmentRow]) -> str:
    """The address part that continues after this page; empty at the end."""
    if len(rows) <= LIST_ROWS:
        return ""
    last = rows[LIST_ROWS - 1]
    return position_text(last.starts_at, last.id) if last.starts_at else ""
