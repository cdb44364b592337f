"""Appointments of one patient, as columns; every list is bounded and walks an index."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    bindparam,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlmodel import Session

from portal.models import columns
from portal.models.agenda import LONGEST_VISIT, UNANSWERED_STATUSES, AppointmentStatus
from portal.models.agreement import ChangeRequest, RequestState
from portal.models.base import UtcDateTime
from portal.scheduling.rows import AppointmentRow, Position
from portal.scheduling.selecting import ROWS, appointment_columns, viewer_link

_a, _link = appointment_columns, viewer_link
_request = columns(ChangeRequest)
_NEVER = datetime.max.replace(tzinfo=UTC)

NEXT_STATUSES = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.CHECKED_IN,
)
"""What can be "the next appointment": neither cancelled nor over."""
LONGEST = timedelta(days=366)
"""How long ago something that still goes on may have begun."""
COMPANION_AHEAD = timedelta(days=14)
"""From so long before it on, the family is asked who goes along."""
WITHOUT_END = timedelta(hours=1)
"""How long a visit without an end counts as going on."""


_start = bindparam("start", type_=UtcDateTime)
_now = bindparam("now", type_=UtcDateTime)
_position = tuple_(_start, bindparam("after_id", type_=Uuid))
_SOONEST_FIRST = (_a.starts_at, _a.id)
_LATEST_FIRST = (_a.starts_at.desc(), _a.id.desc())

_FROM = ROWS.where(_a.starts_at >= _start).order_by(*_SOONEST_FIRST)
_AFTER = ROWS.where(tuple_(_a.starts_at, _a.id) > _position).order_by(*_SOONEST_FIRST)
# What goes on now is still to come. The bound keeps the walk along the index short. A visit
# whose end nobody said counts as going on for a while: it is not over when it begins.
_earliest = bindparam("earliest", type_=UtcDateTime)
_no_end_before = bindparam("no_end_before", type_=UtcDateTime)
_not_over = and_(
    _a.starts_at >= bindparam("recent", type_=UtcDateTime),
    or_(_a.ends_at >= _now, and_(_a.ends_at.is_(None), _a.starts_at >= _no_end_before)),
)
_over = or_(_a.ends_at < _now, and_(_a.ends_at.is_(None), _a.starts_at < _no_end_before))
_BEFORE = ROWS.where(_a.starts_at < _now, _over).order_by(*_LATEST_FIRST)
_BEFORE_POSITION = ROWS.where(tuple_(_a.starts_at, _a.id) < _position, _over).order_by(
    *_LATEST_FIRST
)
_ONE = ROWS.where(_a.id == bindparam("appointment_id"))
_recent = bindparam("recent", type_=UtcDateTime)
_is_long_ago = and_(_a.is_stay, _a.starts_at >= _earliest, _a.starts_at < _recent)
_stay_goes_on = and_(_is_long_ago, _a.ends_at >= _now)
_recent_goes_on = and_(_a.starts_at >= _recent, _a.starts_at < _start, _a.ends_at > _start)
_undated = and_(_a.starts_at.is_(None), _a.status.in_(UNANSWERED_STATUSES))
_MOST_URGENT_FIRST = (
    _a.respond_before.is_(None),
    _a.respond_before,
    _a.starts_at.is_(None),
    _a.starts_at,
    _a.id,
)
_is_next = _a.status.in_(NEXT_STATUSES)
# A wish for a time that is gone waits for nobody any more.
_is_wish = and_(
    _a.starts_at.is_(None),
    or_(_a.requested_end.is_(None), _a.requested_end >= bindparam("today", type_=Date)),
)
_asks_viewer = and_(_is_next, _link.id.is_not(None), _a.companion_confirmed.is_(False))
_lacks_companion = and_(
    bindparam("may_act", type_=Boolean),
    _is_next,
    _a.needs_companion,
    _a.companion_id.is_(None),
    _a.starts_at < bindparam("companion_before", type_=UtcDateTime),
)
_is_unanswered = _a.status.in_(UNANSWERED_STATUSES)
_waits = and_(
    _a.is_question,
    _a.starts_at >= _now,
    or_(_is_unanswered, _asks_viewer, _lacks_companion),
)
_wishes = and_(_a.is_question, _is_wish, _is_unanswered)
# Few, and found by their requests: a condition on the time would walk all visits to come.
_other_time_proposed = and_(
    bindparam("may_act", type_=Boolean),
    _a.id.in_(
        select(_request.appointment_id).where(
            _request.patient_id == bindparam("patient_id"),
            _request.state == RequestState.PROPOSED,
        )
    ),
)


def _together(*lists: tuple[ColumnElement[bool], Sequence[ColumnElement[Any]]]) -> Select[Any]:
    """Several lists for the price of one statement; each is cut in its own order, none is sorted.

    A window function would number every visit to come before the first ones are taken.
    """
    parts = (_part(number, *one) for number, one in enumerate(lists))
    return select(union_all(*parts).subquery())


def _part(
    number: int, condition: ColumnElement[bool], order: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    part = ROWS.where(condition).add_columns(literal(number).label("list_number"))
    return select(part.order_by(*order).subquery())


_STAYS_AND_TO_COME = _together((_stay_goes_on, _SOONEST_FIRST), (_not_over, _SOONEST_FIRST))
_TODAY = _together(
    (and_(_stay_goes_on, _is_next), _SOONEST_FIRST),
    (and_(_not_over, _is_next), _SOONEST_FIRST),
    (_waits, _MOST_URGENT_FIRST),
    (_wishes, _MOST_URGENT_FIRST),
    (_other_time_proposed, _MOST_URGENT_FIRST),
)
_GOING_ON_AND_UNDATED = _together(
    (and_(_is_long_ago, _a.ends_at > _start), _SOONEST_FIRST),
    (_recent_goes_on, _SOONEST_FIRST),
    (_undated, (_a.requested_start, _a.id)),
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
    stays, coming = _read_lists(
        session, _STAYS_AND_TO_COME, 2, limit, patient_id, viewer_id, **where
    )
    return sorted([*stays, *coming], key=_soonness)[:limit]


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
    where = {"start": start, "earliest": start - LONGEST, "recent": start - LONGEST_VISIT}
    stays, recent, undated = _read_lists(
        session, _GOING_ON_AND_UNDATED, 3, limit, patient_id, viewer_id, **where
    )
    wishes = sorted(undated, key=lambda row: (row.requested_start or date.min, row.id))
    return sorted([*stays, *recent], key=_soonness)[:limit], wishes


def today(
    session: Session,
    *,
    patient_id: UUID,
    viewer_id: UUID,
    at: datetime,
    limit: int,
    may_act: bool,
) -> tuple[list[AppointmentRow], list[AppointmentRow]]:
    """What goes on or takes place next, neither cancelled nor over; and what waits for an answer.

    Without `may_act` only proposals, and what the reader is asked themself. The most urgent
    question first, dated or not.
    """
    where = _around(at) | {
        "today": at.date(),
        "may_act": may_act,
        "companion_before": at + COMPANION_AHEAD,
    }
    stays, coming, *waiting = _read_lists(session, _TODAY, 5, limit, patient_id, viewer_id, **where)
    questions = {
        row.id: row
        for rows in waiting
        for row in rows
        if row.starts_at is None or row.starts_at >= at
    }
    return sorted([*stays, *coming], key=_soonness)[:limit], sorted(
        questions.values(), key=_urgency
    )[:limit]


def _soonness(row: AppointmentRow) -> tuple[datetime, UUID]:
    return row.starts_at or _NEVER, row.id


def _urgency(row: AppointmentRow) -> tuple[date, datetime, UUID]:
    return row.respond_before or date.max, row.starts_at or _NEVER, row.id


def appointment(
    session: Session, *, patient_id: UUID, viewer_id: UUID, appointment_id: UUID
) -> AppointmentRow | None:
    rows = _read(session, _ONE, 1, patient_id, viewer_id, appointment_id=appointment_id)
    return rows[0] if rows else None


def _around(at: datetime) -> dict[str, object]:
    return {
        "now": at,
        "recent": at - LONGEST_VISIT,
        "earliest": at - LONGEST,
        "no_end_before": at - WITHOUT_END,
    }


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


def _read_lists(
    session: Session,
    statement: Select[Any],
    count: int,
    limit: int,
    patient_id: UUID,
    viewer_id: UUID,
    **where: object,
) -> list[list[AppointmentRow]]:
    values = {"patient_id": patient_id, "viewer_id": viewer_id, "limit": limit, **where}
    lists: list[list[AppointmentRow]] = [[] for _ in range(count)]
    for row in session.execute(statement, values):
        lists[row.list_number].append(AppointmentRow._make(row[:-1]))
    return lists
