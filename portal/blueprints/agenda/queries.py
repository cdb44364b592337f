"""Appointments of one patient, as columns; every list is bounded and walks an index."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, Integer, Select, Uuid, and_, bindparam, or_, select, tuple_
from sqlmodel import Session

from portal.models import columns
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.base import UtcDateTime
from portal.models.care import CareLink, RelatedPerson
from portal.models.directory import Gender, Organization, Practitioner

_a = columns(Appointment)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_companion = columns(RelatedPerson)
_link = columns(CareLink)

NEXT_STATUSES = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.CHECKED_IN,
)
"""What can be "the next appointment": neither cancelled nor over."""
UNANSWERED_STATUSES = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.WAITLIST,
)

LONGEST = timedelta(days=366)
"""How long ago something that still goes on may have begun."""
WITHOUT_END = timedelta(hours=1)
"""How long a visit without an end counts as going on."""


class AppointmentRow(NamedTuple):
    """One appointment with the names that stand on its card."""

    id: UUID
    title: str
    kind: AppointmentKind
    status: AppointmentStatus
    starts_at: datetime | None
    ends_at: datetime | None
    is_window: bool
    time_zone: str
    requested_start: object
    requested_end: object
    respond_before: object
    duration_minutes: int | None
    performer_text: str
    place: str
    address: str
    phone: str
    video_url: str
    instructions: str
    cancellation_reason: str
    prefix: str | None
    given_name: str | None
    family_name: str | None
    gender: Gender | None
    profession: str | None
    profession_text: str | None
    practitioner_phone: str | None
    organization_name: str | None
    companion_given_name: str | None
    companion_family_name: str | None
    companion_is_viewer: bool


class Position(NamedTuple):
    """Where a list goes on: the last row that was shown."""

    starts_at: datetime
    id: UUID


_ROWS = (
    select(
        _a.id,
        _a.title,
        _a.kind,
        _a.status,
        _a.starts_at,
        _a.ends_at,
        _a.is_window,
        _a.time_zone,
        _a.requested_start,
        _a.requested_end,
        _a.respond_before,
        _a.duration_minutes,
        _a.performer_text,
        _a.place,
        _a.address,
        _a.phone,
        _a.video_url,
        _a.instructions,
        _a.cancellation_reason,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
        _practitioner.phone.label("practitioner_phone"),
        _organization.name.label("organization_name"),
        _companion.given_name.label("companion_given_name"),
        _companion.family_name.label("companion_family_name"),
        _link.id.is_not(None).label("companion_is_viewer"),
    )
    .select_from(Appointment)
    .outerjoin(Practitioner, _practitioner.id == _a.practitioner_id)
    .outerjoin(Organization, _organization.id == _a.organization_id)
    .outerjoin(
        RelatedPerson,
        and_(_companion.patient_id == _a.patient_id, _companion.id == _a.companion_id),
    )
    .outerjoin(
        CareLink,
        and_(
            _link.patient_id == _a.patient_id,
            _link.related_person_id == _a.companion_id,
            _link.user_id == bindparam("viewer_id"),
        ),
    )
    .where(
        _a.patient_id == bindparam("patient_id"),
        _a.status != AppointmentStatus.ENTERED_IN_ERROR,
    )
    .limit(bindparam("limit", type_=Integer))
)
_start = bindparam("start", type_=UtcDateTime)
_now = bindparam("now", type_=UtcDateTime)
_position = tuple_(_start, bindparam("after_id", type_=Uuid))
_SOONEST_FIRST = (_a.starts_at, _a.id)
_LATEST_FIRST = (_a.starts_at.desc(), _a.id.desc())

_FROM = _ROWS.where(_a.starts_at >= _start).order_by(*_SOONEST_FIRST)
_AFTER = _ROWS.where(tuple_(_a.starts_at, _a.id) > _position).order_by(*_SOONEST_FIRST)
# What goes on now is still to come. The bound keeps the walk along the index short. A visit
# whose end nobody said counts as going on for a while: it is not over when it begins.
_earliest = bindparam("earliest", type_=UtcDateTime)
_no_end_before = bindparam("no_end_before", type_=UtcDateTime)
_not_over = and_(
    _a.starts_at >= _earliest,
    or_(_a.ends_at >= _now, and_(_a.ends_at.is_(None), _a.starts_at >= _no_end_before)),
)
_TO_COME = _ROWS.where(_not_over).order_by(*_SOONEST_FIRST)
_over = or_(_a.ends_at < _now, and_(_a.ends_at.is_(None), _a.starts_at < _no_end_before))
_BEFORE = _ROWS.where(_a.starts_at < _now, _over).order_by(*_LATEST_FIRST)
_BEFORE_POSITION = _ROWS.where(tuple_(_a.starts_at, _a.id) < _position, _over).order_by(
    *_LATEST_FIRST
)
_UNDATED = _ROWS.where(_a.starts_at.is_(None), _a.status.in_(UNANSWERED_STATUSES)).order_by(
    _a.requested_start, _a.id
)
_ONE = _ROWS.where(_a.id == bindparam("appointment_id"))
_NEXT = _TO_COME.where(_a.status.in_(NEXT_STATUSES))
_GOING_ON = _ROWS.where(
    _a.starts_at >= _earliest, _a.starts_at < _start, _a.ends_at > _start
).order_by(*_SOONEST_FIRST)
_UNANSWERED = _ROWS.where(
    _a.status.in_(UNANSWERED_STATUSES),
    or_(
        _a.starts_at >= _now,
        # A wish for a time that is gone waits for nobody any more.
        and_(
            _a.starts_at.is_(None),
            or_(
                _a.requested_end.is_(None),
                _a.requested_end >= bindparam("today", type_=Date),
            ),
        ),
    ),
).order_by(
    _a.respond_before.is_(None), _a.respond_before, _a.starts_at.is_(None), _a.starts_at, _a.id
)


def appointments_from(
    session: Session, *, patient_id: UUID, viewer_id: UUID, start: datetime, limit: int
) -> list[AppointmentRow]:
    """From an instant on, soonest first."""
    return _read(session, _FROM, limit, patient_id, viewer_id, start=start)


def appointments_after(
    session: Session, *, patient_id: UUID, viewer_id: UUID, position: Position, limit: int
) -> list[AppointmentRow]:
    """The rest of that list."""
    where = {"start": position.starts_at, "after_id": position.id}
    return _read(session, _AFTER, limit, patient_id, viewer_id, **where)


def appointments_to_come(
    session: Session, *, patient_id: UUID, viewer_id: UUID, at: datetime, limit: int
) -> list[AppointmentRow]:
    """What goes on or begins from now on, soonest first."""
    where = _around(at)
    return _read(session, _TO_COME, limit, patient_id, viewer_id, **where)


def past_appointments(
    session: Session,
    *,
    patient_id: UUID,
    viewer_id: UUID,
    at: datetime,
    limit: int,
    after: Position | None = None,
) -> list[AppointmentRow]:
    """What is over, latest first; `after` continues the list."""
    if after is None:
        return _read(session, _BEFORE, limit, patient_id, viewer_id, **_around(at))
    where = _around(at) | {"start": after.starts_at, "after_id": after.id}
    return _read(session, _BEFORE_POSITION, limit, patient_id, viewer_id, **where)


def going_on_at(
    session: Session, *, patient_id: UUID, viewer_id: UUID, start: datetime, limit: int
) -> list[AppointmentRow]:
    """What began before an instant and ends after it: a stay, a long visit."""
    where = {"start": start, "earliest": start - LONGEST}
    return _read(session, _GOING_ON, limit, patient_id, viewer_id, **where)


def unanswered_proposals(
    session: Session, *, patient_id: UUID, viewer_id: UUID, at: datetime, limit: int
) -> list[AppointmentRow]:
    """What waits for an answer, the most urgent first, dated or not."""
    where = {"now": at, "today": at.date()}
    return _read(session, _UNANSWERED, limit, patient_id, viewer_id, **where)


def undated_proposals(
    session: Session, *, patient_id: UUID, viewer_id: UUID, limit: int
) -> list[AppointmentRow]:
    """Proposals that have a wish of a period, but no date yet."""
    return _read(session, _UNDATED, limit, patient_id, viewer_id)


def next_appointments(
    session: Session, *, patient_id: UUID, viewer_id: UUID, at: datetime, limit: int
) -> list[AppointmentRow]:
    """What will take place, soonest first: neither cancelled nor over."""
    where = _around(at)
    return _read(session, _NEXT, limit, patient_id, viewer_id, **where)


def appointment(
    session: Session, *, patient_id: UUID, viewer_id: UUID, appointment_id: UUID
) -> AppointmentRow | None:
    rows = _read(session, _ONE, 1, patient_id, viewer_id, appointment_id=appointment_id)
    return rows[0] if rows else None


def _around(at: datetime) -> dict[str, object]:
    return {"now": at, "earliest": at - LONGEST, "no_end_before": at - WITHOUT_END}


def _read(
    session: Session,
    statement: Select[tuple[object, ...]],
    limit: int,
    patient_id: UUID,
    viewer_id: UUID,
    **where: object,
) -> list[AppointmentRow]:
    values = {"patient_id": patient_id, "viewer_id": viewer_id, "limit": limit, **where}
    rows = session.execute(statement, values)
    return [AppointmentRow._make(row) for row in rows]
