"""When an event of somebody's calendar file begins and ends, and on which clock."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from icalendar import Event
from icalendar.prop import vDDDTypes

from portal.scheduling.calendar_files.rules import instant_of
from portal.scheduling.calendar_files.words import first
from portal.scheduling.calendar_files.zones import Clock, Zones

YEARS = range(1990, 2100)
_LONGEST = timedelta(days=366)
LAST_MINUTE = time(23, 59)
"""When a day without a time ends."""


def moment_of(told: Any) -> date | None:
    """A day, or a time; naive unless it is in UTC."""
    one = first(told)
    found = one.dt if isinstance(one, vDDDTypes) else None
    return found if isinstance(found, date) else None


def value_of(event: Event, name: str, kind: type[Any]) -> Any:
    """None when it is missing or cannot be read."""
    one = first(event.get(name))
    return one if isinstance(one, kind) else None


def wall_of(zones: Zones, told: Any, moment: date) -> tuple[Clock, datetime]:
    """The clock, and the naive time on it."""
    clock = zones.of(str(getattr(first(told), "params", {}).get("X-TZID", "")))
    if not isinstance(moment, datetime):
        return clock, datetime.combine(moment, time.min)
    if moment.tzinfo is None:
        return clock, moment
    clock = replace(zones.shown, is_told=True)
    return clock, moment.astimezone(clock.zone).replace(tzinfo=None)


def is_naive(moment: date) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is None


def ends_of(
    zones: Zones, event: Event, starts: date, clock: Clock, wall: datetime
) -> datetime | None:
    """None when it is not told, not after the start, or out of all measure."""
    starts_at, ends_at = instant_of(wall, clock.zone), None
    told, length = moment_of(event.get("DTEND")), _length(event)
    if not isinstance(starts, datetime):
        last = _last_day(starts, told, length)
        ends_at = instant_of(datetime.combine(last, LAST_MINUTE), clock.zone)
    elif isinstance(told, datetime):
        other, end = wall_of(zones, event.get("DTEND"), told)
        ends_at = instant_of(end, other.zone)
    elif length is not None:
        ends_at = starts_at + length
    return ends_at if ends_at and starts_at < ends_at <= starts_at + _LONGEST else None


def _last_day(starts: date, told: date | None, length: timedelta | None) -> date:
    """The day in DTEND is no longer one of them."""
    if told is not None and not isinstance(told, datetime):
        days = (told - starts).days
    else:
        days = length.days if length else 1
    return starts + timedelta(days=min(max(days, 1), _LONGEST.days) - 1)


def _length(event: Event) -> timedelta | None:
    told = value_of(event, "DURATION", vDDDTypes)
    found = told.dt if told else None
    is_usual = isinstance(found, timedelta) and timedelta() < found <= _LONGEST
    return found if is_usual else None
