"""Who takes part in a workshop, and whom it can be proposed to."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    not_,
    or_,
    select,
)
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.access.viewer import Viewer
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.care import Patient
from portal.models.search import search_words
from portal.scheduling.reach import (
    agendas_coordinated,
    agendas_from_circle,
    agendas_seen,
    reach_of,
)

MOST_GUESTS = 300
MOST_WORDS = 6
WAITING = (AppointmentStatus.PROPOSED, AppointmentStatus.PENDING)
COMING = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.CHECKED_IN,
    AppointmentStatus.FULFILLED,
)
NOT_COMING = (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW)
_STATES = {
    **dict.fromkeys(COMING, "coming"),
    **dict.fromkeys(WAITING, "waiting"),
    AppointmentStatus.WAITLIST: "waitlist",
    **dict.fromkeys(NOT_COMING, "not_coming"),
}


class Guest(NamedTuple):
    """A patient whose agenda the reader may see."""

    patient_id: UUID
    appointment_id: UUID
    given_name: str
    family_name: str
    is_circle_member: bool


@dataclass(frozen=True, slots=True)
class Guests:
    """By what they answered: `coming`, `waiting`, `waitlist`, `not_coming`."""

    named: dict[str, list[Guest]] = field(default_factory=lambda: _lists())
    others: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_states(), 0))
    """How many more there are, in files that are not open to the reader."""

    @property
    def is_empty(self) -> bool:
        return not any(self.named.values()) and not any(self.others.values())


class Candidate(NamedTuple):
    id: UUID
    given_name: str
    family_name: str
    birth_date: str


_a = columns(Appointment)
_patient = columns(Patient)
_this = bindparam("workshop_id", type_=Uuid)
_reader = bindparam("reader_id", type_=Uuid)
_in_circle = _a.patient_id.in_(agendas_from_circle)
_is_open = and_(
    or_(_in_circle, _a.patient_id.in_(agendas_coordinated)),
    not_(is_hidden(_a.patient_id, _a.id, _reader)),
)


def _if_open(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((_is_open, column))


# What is not open does not leave the database.
_GUESTS = (
    select(
        _a.status,
        _is_open.label("is_open"),
        _if_open(_a.patient_id).label("patient_id"),
        _if_open(_a.id).label("appointment_id"),
        _if_open(_patient.given_name).label("given_name"),
        _if_open(_patient.family_name).label("family_name"),
        _in_circle.label("is_circle_member"),
    )
    .join_from(Appointment, Patient, _patient.id == _a.patient_id)
    .where(_a.workshop_id == _this, _a.status != AppointmentStatus.ENTERED_IN_ERROR)
    .order_by(_patient.family_name, _patient.given_name, _a.patient_id)
    .limit(MOST_GUESTS)
)
_has_place = exists().where(
    _a.patient_id == _patient.id, _a.workshop_id == _this, _a.status.not_in(NOT_COMING)
)
_CANDIDATES = (
    select(_patient.id, _patient.given_name, _patient.family_name, _patient.birth_date)
    .where(_patient.id.in_(agendas_seen), _patient.is_deceased.is_(False), not_(_has_place))
    .order_by(_patient.family_name, _patient.given_name, _patient.id)
    .limit(bindparam("limit", type_=Integer))
)


def guests_of(session: Session, *, viewer: Viewer, workshop_id: UUID, at: datetime) -> Guests:
    """Names only of patients whose agenda is open to the reader; the others are counted."""
    values = reach_of(viewer, at=at) | {"workshop_id": workshop_id}
    found = Guests()
    for status, is_open, *guest in session.execute(_GUESTS, values):
        state = _STATES[status]
        if is_open:
            found.named[state].append(Guest._make(guest))
        else:
            found.others[state] += 1
    return found


def candidates(
    session: Session, *, viewer: Viewer, workshop_id: UUID, text: str, at: datetime, limit: int
) -> list[Candidate]:
    """The reader's patients without a place or an open proposal, by the beginnings of names."""
    words = search_words(text)[:MOST_WORDS]
    values = reach_of(viewer, at=at) | {"workshop_id": workshop_id, "limit": limit}
    values |= {f"word{n}": f"% {word}%" for n, word in enumerate(words)}
    rows = session.execute(_named(len(words)), values)
    return [Candidate._make(row) for row in rows]


@cache
def _named(words: int) -> Select[Any]:
    patterns = (_patient.search_key.like(bindparam(f"word{n}")) for n in range(words))
    return _CANDIDATES.where(*patterns)


def _states() -> list[str]:
    return list(dict.fromkeys(_STATES.values()))


def _lists() -> dict[str, list[Guest]]:
    return {state: [] for state in _states()}
