"""What a professional has on their days, over all the files that they may see."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, and_, bindparam, func, not_, or_, select, union, union_all
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.access.viewer import Viewer
from portal.models import columns
from portal.models.agenda import AppointmentStatus
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.directory import Gender, Practitioner, PractitionerRole
from portal.models.series import Workshop
from portal.models.union import ArmOf, Union
from portal.scheduling.reach import (
    agendas_coordinated,
    agendas_from_circle,
    houses_coordinated,
    own_houses,
    reach_of,
    works_now,
)
from portal.scheduling.rows import AppointmentRow
from portal.scheduling.selecting import CARDS, appointment_columns
from portal.teams.own_day import USUAL_ZONE, zone_at_work

MOST_PEOPLE = 200
MOST_WORKSHOPS = 50
_ANY_ZONE = timedelta(hours=26)
"""Whatever zone a day is meant in, it lies within that of UTC and so much beside it."""


class WorkerRow(NamedTuple):
    """Somebody whose days the reader may look at."""

    id: UUID
    prefix: str
    given_name: str
    family_name: str
    time_zone: str
    is_own: bool


class HostedRow(NamedTuple):
    """A workshop that this professional leads."""

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str
    address: str
    capacity: int
    places_taken: int
    cancelled_at: datetime | None


class OpenVisit(NamedTuple):
    """A visit in a file that is open to the reader."""

    row: AppointmentRow
    patient_id: UUID
    given_name: str
    family_name: str
    gender: Gender
    phone: str
    home: str
    is_circle_member: bool
    """Reads it from a place in the circle, not as its coordinator."""

    @property
    def starts_at(self) -> datetime | None:
        return self.row.starts_at


class ClosedVisit(NamedTuple):
    """A visit of one's own in a file that is not open any more: a time, and nothing else."""

    starts_at: datetime
    ends_at: datetime | None
    is_window: bool
    time_zone: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one midnight to another, somewhere."""

    start: datetime
    end: datetime

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Staff:
    """Whose days may be looked at, oneself first; and the workshops of one of them."""

    people: list[WorkerRow]
    hosted: list[HostedRow]


_a = appointment_columns
_patient = columns(Patient)
_practitioner = columns(Practitioner)
_role = columns(PractitionerRole)
_workshop = columns(Workshop)
_whose = bindparam("whose_id", type_=Uuid)
_start = bindparam("start", type_=UtcDateTime)
_end = bindparam("end", type_=UtcDateTime)

_colleagues = union(
    select(_practitioner.id).where(
        _practitioner.id == bindparam("own_practitioner_id", type_=Uuid)
    ),
    select(_role.practitioner_id).where(_role.organization_id.in_(houses_coordinated), works_now),
)
_is_own = _practitioner.id == bindparam("own_practitioner_id", type_=Uuid)
_UNION = Union(
    {
        "worker": ArmOf(
            {
                "id": _practitioner.id,
                "prefix": _practitioner.prefix,
                "given_name": _practitioner.given_name,
                "family_name": _practitioner.family_name,
                "time_zone": func.coalesce(zone_at_work(_practitioner.id), USUAL_ZONE),
                "is_own": _is_own,
            },
            WorkerRow,
        ),
        "hosted": ArmOf({name: _workshop[name] for name in HostedRow._fields}, HostedRow),
    }
)
_WORKERS = select(
    _UNION.arm("worker")
    .where(_practitioner.id.in_(_colleagues))
    .order_by(_is_own.desc(), _practitioner.family_name, _practitioner.given_name)
    .limit(MOST_PEOPLE)
    .subquery()
)
_HOSTED = select(
    _UNION.arm("hosted")
    .where(
        _workshop.practitioner_id == _whose,
        _workshop.starts_at >= _start,
        _workshop.starts_at < _end,
        or_(
            _workshop.practitioner_id == bindparam("own_practitioner_id", type_=Uuid),
            _workshop.organization_id.in_(own_houses),
        ),
    )
    .order_by(_workshop.starts_at, _workshop.id)
    .limit(MOST_WORKSHOPS)
    .subquery()
)
_STAFF = union_all(_WORKERS, _HOSTED)

_in_circle = _a.patient_id.in_(agendas_from_circle)
_is_open = and_(
    or_(_in_circle, _a.patient_id.in_(agendas_coordinated)),
    not_(is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid))),
)
_MINE = (
    CARDS.add_columns(
        _a.patient_id,
        _patient.given_name.label("patient_given_name"),
        _patient.family_name.label("patient_family_name"),
        _patient.gender.label("patient_gender"),
        _patient.phone.label("patient_phone"),
        _patient.address.label("patient_home"),
        _in_circle.label("is_circle_member"),
        _is_open.label("is_open"),
    )
    .join(Patient, _patient.id == _a.patient_id)
    .where(
        _a.practitioner_id == _whose,
        _a.starts_at >= _start,
        _a.starts_at < _end,
        _a.status != AppointmentStatus.ENTERED_IN_ERROR,
        # Stands once for all who come, as the workshop.
        _a.workshop_id.is_(None),
    )
    .order_by(_a.starts_at, _a.id)
    .limit(bindparam("limit", type_=Integer))
)
_COLLEAGUES = _MINE.where(_is_open)


def read_staff(
    session: Session, *, viewer: Viewer, whose_id: UUID | None, near: Span, at: datetime
) -> Staff:
    """The workshops are those of `whose_id` around that span, whatever its zone."""
    values = reach_of(viewer, at=at) | {
        "whose_id": whose_id,
        "start": near.start - _ANY_ZONE,
        "end": near.end + _ANY_ZONE,
    }
    found = _UNION.read(session.execute(_STAFF, values).mappings())
    people = sorted(found["worker"], key=lambda one: (not one.is_own, one.family_name, one.id))
    return Staff(people, found["hosted"])


def visits_of(
    session: Session, *, viewer: Viewer, worker: WorkerRow, span: Span, at: datetime, limit: int
) -> list[OpenVisit | ClosedVisit]:
    """Soonest first; of a colleague only those in files that are open to the reader."""
    values = reach_of(viewer, at=at) | {
        "viewer_id": viewer.id,
        "whose_id": worker.id,
        "start": span.start,
        "end": span.end,
        "limit": limit,
    }
    rows = session.execute(_MINE if worker.is_own else _COLLEAGUES, values)
    return [_visit(row) for row in rows]


def _visit(row: Any) -> OpenVisit | ClosedVisit:
    size = len(AppointmentRow._fields)
    card = AppointmentRow._make(row[:size])
    if row.is_open:
        return OpenVisit(card, *row[size:-1])
    return ClosedVisit(
        row.starts_at,
        row.ends_at,
        row.is_window,
        row.time_zone,
        is_cancelled=row.status in (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW),
    )
