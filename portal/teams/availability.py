"""When somebody can be reached, from weekly hours and absences in the wall time of the place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOK_AHEAD_DAYS = 60
_LAST_MINUTE = time(23, 59)
"""How weekly hours write the end of the day."""


@dataclass(frozen=True, slots=True)
class Availability:
    """`open_until` when reachable now, else `resumes_at` (local wall time), else neither is known.

    `absent_today` is true when an absence, not the hours, closes this day; `is_holiday` when it is
    a public holiday that does.
    """

    open_until: datetime | None = None
    resumes_at: datetime | None = None
    absent_today: bool = False
    is_holiday: bool = False

    @property
    def is_open(self) -> bool:
        return self.open_until is not None


def never(_day: date) -> bool:
    return False


def availability(
    *,
    hours: Sequence[dict[str, Any]],
    absences: Sequence[dict[str, Any]],
    local_now: datetime,
    is_holiday: Callable[[date], bool] = never,
) -> Availability | None:
    """None when no hours are known: nothing is promised then.

    `is_holiday` says on which days the weekly hours do not hold, whatever the weekday.
    """
    if not hours:
        return None
    spans = _spans_around(hours, absences, local_now, is_holiday)
    for start, end in spans:
        if start <= local_now < end:
            return Availability(open_until=end)
    ahead = (start for start, _end in spans if start > local_now)
    today = local_now.date()
    return Availability(
        resumes_at=next(ahead, None),
        absent_today=_is_absent(absences, today),
        is_holiday=bool(_spans_of(hours, today, local_now.tzinfo)) and is_holiday(today),
    )


def _spans_around(
    hours: Sequence[dict[str, Any]],
    absences: Sequence[dict[str, Any]],
    local_now: datetime,
    is_holiday: Callable[[date], bool],
) -> list[tuple[datetime, datetime]]:
    """From yesterday, for a night that goes on, to two months ahead; touching spans are one."""
    spans: list[tuple[datetime, datetime]] = []
    for ahead in range(-1, _LOOK_AHEAD_DAYS):
        day = local_now.date() + timedelta(days=ahead)
        if _is_absent(absences, day) or is_holiday(day):
            continue
        for start, end in _spans_of(hours, day, local_now.tzinfo):
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
    return spans


def _spans_of(
    hours: Sequence[dict[str, Any]], day: date, zone: tzinfo | None
) -> list[tuple[datetime, datetime]]:
    """The spans that begin on a day; one that ends before it begins ends on the next day."""
    found = []
    for span in hours:
        if DAYS[day.weekday()] not in span["days"]:
            continue
        start, end = time.fromisoformat(span["from"]), time.fromisoformat(span["to"])
        last = day if end > start else day + timedelta(days=1)
        if end >= _LAST_MINUTE:
            last, end = day + timedelta(days=1), time.min
        found.append((datetime.combine(day, start, zone), datetime.combine(last, end, zone)))
    return sorted(found)


def _is_absent(absences: Sequence[dict[str, Any]], day: date) -> bool:
    return any(absence["from"] <= day.isoformat() <= absence["to"] for absence in absences)
