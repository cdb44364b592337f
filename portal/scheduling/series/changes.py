"""Changing what is still to come of a series: "this one and the following"."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.agenda import Appointment
from portal.models.agreement import AppointmentAct, RequestState
from portal.models.base import new_id
from portal.models.series import AppointmentSeries
from portal.scheduling import acts
from portal.scheduling.clocks import instant_of, local_day
from portal.scheduling.series.acts import (
    MOVABLE,
    Act,
    Result,
    cancel,
    close_requests,
    end_rule,
    held,
    rows_from,
    tell,
)
from portal.scheduling.series.dates import (
    HORIZON,
    SHARED,
    dates_of,
    span_of,
    write_ahead,
    write_days,
)
from portal.scheduling.series.pairing import pair
from portal.scheduling.series.recurrence import Frequency, Recurrence, RecurrenceError
from portal.scheduling.series.recurrence_text import parse

# What a form of the series changes is not among it.
_COPIED = ("patient_id", "left_out", *(name for name in SHARED if name != "duration_minutes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The rule and the times that hold from that date on."""

    rule: Recurrence
    at: time
    window_minutes: int | None
    duration_minutes: int | None
    skips_holidays: bool
    reason: str = ""


def change_following(session: Session, act: Act, wanted: Wanted, *, keys: KeyRing) -> Result:
    """The rule ends before that date, and a new series goes on from there.

    Raises `NotFoundError`, `ChangedMeanwhileError`, `PastDateError` or `RecurrenceError`.
    """
    series, cut = held(session, act)
    day = local_day(cut, series.time_zone)
    rows = rows_from(session, series, cut)
    following = _following(series, wanted, _first_day(series, wanted, day, at=act.at))
    end_rule(series, before=day, at=act.at)
    session.add_all([series, following])
    session.flush()
    result = Result(following.id)
    _take_over(session, act, wanted, series, following, rows, result)
    close_requests(session, act, result.touched, RequestState.MOVED)
    tell(session, act, result, keys=keys)
    return result


def is_exception(row: Appointment, series: AppointmentSeries) -> bool:
    """Moved, cancelled or lengthened one by one."""
    if row.status not in MOVABLE or row.recurrence_start is None:
        return True
    span = span_of(series, local_day(row.recurrence_start, series.time_zone))
    return (row.starts_at, row.ends_at) != (row.recurrence_start, span.ends_at)


def _first_day(series: AppointmentSeries, wanted: Wanted, day: date, *, at: datetime) -> date:
    """From where the new rule counts: within its week, Wednesday may take the place of Thursday.

    Never a day that the old rule already served, and never a time that is gone.
    """
    if wanted.rule.frequency is not Frequency.WEEKLY:
        return day
    monday = day - timedelta(days=day.weekday())
    before = day - timedelta(days=1)
    earlier = list(parse(series.rrule).days(series.first_day, start=monday, end=before))
    today = local_day(at, series.time_zone)
    is_gone = instant_of(today, wanted.at, series.time_zone) <= at
    soonest = today + timedelta(days=1) if is_gone else today
    return max(soonest, earlier[-1] + timedelta(days=1) if earlier else monday)


def _following(series: AppointmentSeries, wanted: Wanted, first_day: date) -> AppointmentSeries:
    rule = wanted.rule.starting(first_day)
    return AppointmentSeries(
        id=new_id(),
        rrule=str(rule),
        first_day=rule.first_on_or_after(first_day) or first_day,
        at=wanted.at,
        window_minutes=wanted.window_minutes,
        duration_minutes=wanted.duration_minutes,
        skips_holidays=wanted.skips_holidays,
        **{name: getattr(series, name) for name in _COPIED},
    )


def _take_over(
    session: Session,
    act: Act,
    wanted: Wanted,
    series: AppointmentSeries,
    following: AppointmentSeries,
    rows: list[Appointment],
    result: Result,
) -> None:
    """Each old date becomes the new one that takes its place, or keeps what was agreed."""
    target = local_day(act.at, series.time_zone) + timedelta(days=HORIZON)
    days = list(dates_of(session, following, start=following.first_day, end=target))
    if not days:
        raise RecurrenceError("never", "no day follows from this rule")
    by_day = {_rule_day(row, series): row for row in rows}
    pairs = pair(by_day, days)
    for day, row in by_day.items():
        new_day = pairs.get(day)
        if is_exception(row, series):
            result.kept += 1
            row.series_id = following.id
            if new_day is not None:
                row.recurrence_start = span_of(following, new_day).starts_at
            session.add(row)
        elif new_day is None:
            cancel(session, act, row, wanted.reason, result)
        else:
            _move(session, act, row, following, new_day, wanted.reason, result)
    free = [day for day in days if day not in set(pairs.values())]
    result.added = write_days(session, following, free, by=act.by, at=act.at)
    following.written_until = target
    session.add(following)
    write_ahead(session, following, by=act.by, at=act.at)


def _rule_day(row: Appointment, series: AppointmentSeries) -> date:
    assert row.recurrence_start is not None  # noqa: S101  # the statement asked for it
    return local_day(row.recurrence_start, series.time_zone)


def _move(
    session: Session,
    act: Act,
    row: Appointment,
    following: AppointmentSeries,
    day: date,
    reason: str,
    result: Result,
) -> None:
    span = span_of(following, day)
    # Of which rule it is a date is nothing that anybody agreed on.
    row.series_id, row.recurrence_start = following.id, span.starts_at
    session.add(row)
    times: dict[str, Any] = {
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "is_window": bool(following.window_minutes),
        "duration_minutes": following.duration_minutes,
    }
    if all(getattr(row, name) == value for name, value in times.items()):
        return
    kind = AppointmentAct.MOVED
    acts.change(session, row, times, act=kind, by=act.by, at=act.at, reason=reason)
    result.touched.append(row.id)
    result.moved += 1
