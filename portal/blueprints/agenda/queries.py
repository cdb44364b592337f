"""Appointments of one patient, as columns; every list is bounded and walks an index."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.base import UtcDateTime
from portal.models.care import RelatedPerson
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.rights import CareLink

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
            _link.user_id == bindparam("viewer_id", type_=Uuid),
        ),
    )
    .where(
        _a.patient_id == bindparam("patient_id"),
        _a.status != AppointmentStatus.ENTERED_IN_ERROR,
        not_(is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid))),
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
_ONE = _ROWS.where(_a.id == bindparam("appointment_id"))
_going_on = and_(_a.starts_at >= _earliest, _a.starts_at < _start, _a.ends_at > _start)
_undated = and_(_a.starts_at.is_(None), _a.status.in_(UNANSWERED_STATUSES))
_waits = and_(
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
)
_MOST_URGENT_FIRST = (
    _a.respond_before.is_(None),
    _a.respond_before,
    _a.starts_at.is_(None),
    _a.starts_at,
    _a.id,
)


def _together(
    first: ColumnElement[bool],
    first_order: Sequence[ColumnElement[Any]],
    second: ColumnElement[bool],
    second_order: Sequence[ColumnElement[Any]],
) -> Select[Any]:
    """Two lists for the price of one statement; each keeps its own order and bound."""
    both = union_all(
        _part(first, first_order, is_first=True), _part(second, second_order, is_first=False)
    ).subquery()
    return select(both).order_by(both.c.is_first.desc(), both.c.list_place)


def _part(
    condition: ColumnElement[bool], order: Sequence[ColumnElement[Any]], *, is_first: bool
) -> Select[Any]:
    list_place = func.row_number().over(order_by=order).label("list_place")
    part = _ROWS.where(condition).add_columns(list_place, literal(is_first).label("is_first"))
    return select(part.order_by(*order).subquery())


_NEXT_AND_UNANSWERED = _together(
    and_(_not_over, _a.status.in_(NEXT_STATUSES)), _SOONEST_FIRST, _waits, _MOST_URGENT_FIRST
)
_GOING_ON_AND_UNDATED = _together(_going_on, _SOONEST_FIRST, _undated, (_a.requested_start, _a.id))


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


def going_on_and_undated(
    session: Session, *, patient_id: UUID, viewer_id: UUID, start: datetime, limit: int
) -> tuple[list[AppointmentRow], list[AppointmentRow]]:
    """What began before an instant and ends after it: a stay, a long visit.

    And proposals that have a wish of a period, but no date yet.
    """
    where = {"start": start, "earliest": start - LONGEST}
    return _read_two(session, _GOING_ON_AND_UNDATED, limit, patient_id, viewer_id, **where)


def next_and_unanswered(
    session: Session, *, patient_id: UUID, viewer_id: UUID, at: datetime, limit: int
) -> tuple[AppointmentRow | None, list[AppointmentRow]]:
    """What takes place next, neither cancelled nor over; and what waits for an answer.

    The most urgent question first, dated or not.
    """
    where = _around(at) | {"today": at.date()}
    coming, waiting = _read_two(
        session, _NEXT_AND_UNANSWERED, limit, patient_id, viewer_id, **where
    )
    return coming[0] if coming else None, waiting


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


def _read_two(
    session: Session,
    statement: Select[Any],
    limit: int,
    patient_id: UUID,
    viewer_id: UUID,
    **where: object,
) -> tuple[list[AppointmentRow], list[AppointmentRow]]:
    values = {"patient_id": patient_id, "viewer_id": viewer_id, "limit": limit, **where}
    first: list[AppointmentRow] = []
    second: list[AppointmentRow] = []
    for row in session.execute(statement, values):
        (first if row.is_first else second).append(AppointmentRow._make(row[:-2]))
    return first, second
