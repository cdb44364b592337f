"""Appointments of one patient, as columns; every list is bounded and walks an index."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
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
from portal.models.agreement import ChangeRequest, RequestState
from portal.models.base import UtcDateTime
from portal.models.care import RelatedPerson
from portal.models.directory import Organization, Practitioner
from portal.models.rights import CareLink
from portal.scheduling.rows import AppointmentRow, Position

_a = columns(Appointment)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_companion = columns(RelatedPerson)
_link = columns(CareLink)
_request = columns(ChangeRequest)

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
LONGEST_VISIT = timedelta(days=2)
"""What lasts longer is a stay: visits take place within it."""
NOTHING = UUID(int=0)
WITHOUT_END = timedelta(hours=1)
"""How long a visit without an end counts as going on."""


_request_state = (
    select(_request.state)
    .where(
        _request.patient_id == _a.patient_id,
        _request.appointment_id == _a.id,
        _request.state.in_((RequestState.OPEN, RequestState.PROPOSED)),
    )
    .order_by(_request.id.desc())
    .limit(1)
    .correlate(Appointment.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
_ROWS = (
    select(
        _a.id,
        _a.version,
        _a.series_id,
        _a.recurrence_start,
        _a.workshop_id,
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
        _a.practitioner_id,
        _a.organization_id,
        _a.performer_text,
        _a.place,
        _a.address,
        _a.phone,
        _a.video_url,
        _a.instructions,
        _a.preparation,
        _a.transport,
        _a.cancellation_reason,
        _a.source,
        _a.source_name,
        _a.created_by,
        _a.updated_at,
        _a.companion_id,
        _a.companion_confirmed,
        _a.needs_companion,
        _request_state.label("request_state"),
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
_OVERLAPPING = _ROWS.where(
    _a.starts_at >= _earliest,
    _a.starts_at < bindparam("end", type_=UtcDateTime),
    or_(
        _a.ends_at > _start,
        and_(_a.ends_at.is_(None), _a.starts_at > _no_end_before),
    ),
    _a.status.in_(NEXT_STATUSES),
    _a.kind != AppointmentKind.ADMISSION,
    _a.id != bindparam("excluding", type_=Uuid),
).order_by(*_SOONEST_FIRST)
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


def overlapping(
    session: Session,
    *,
    patient_id: UUID,
    viewer_id: UUID,
    start: datetime,
    end: datetime,
    excluding: UUID | None = None,
    limit: int = 5,
) -> list[AppointmentRow]:
    """What the patient has at the same time, as far as this reader sees it; stays excepted.

    A visit within a window may overlap, and is among them.
    """
    where = {
        "start": start,
        "end": end,
        "no_end_before": start - WITHOUT_END,
        "earliest": start - LONGEST_VISIT,
        "excluding": excluding or NOTHING,
    }
    return _read(session, _OVERLAPPING, limit, patient_id, viewer_id, **where)


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
