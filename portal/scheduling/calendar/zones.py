"""What a calendar must know of a place's clock: VTIMEZONE (RFC 5545, 3.6.5), from tzdata.

Offsets change at an instant. A rule is written only where tzdata follows it for years to come; all
other changes are written one by one.
"""

import calendar
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_LONG_AGO = datetime(1970, 1, 1)  # noqa: DTZ001 # a wall time: no zone belongs to it
_SEEN_YEARS = 12
"""A rule that holds for so many years is written as one."""
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Change(NamedTuple):
    """The clock is put forward or back."""

    wall: datetime
    """What it showed just before (RFC 5545: DTSTART counts in TZOFFSETFROM)."""
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


class _Kind(NamedTuple):
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def timezone_of(name: str, *, first: int, last: int) -> Timezone:
    """Right for every instant of these years; shared by all who ask, so never change it."""
    return _timezone(name, first - 1, last + 1)


@lru_cache(maxsize=64)
def _timezone(name: str, first: int, last: int) -> Timezone:
    component = Timezone()
    component.add("tzid", name)
    changes = _changes(name, first, first + _SEEN_YEARS)
    rules = _rules(changes, first)
    if rules is None:
        changes = _changes(name, first, last + 1)
        component.add_component(_at_first(name, first))
        rules = [(change, "") for change in changes]
    for change, rule in rules:
        component.add_component(_observance(change, rule))
    return component


def _changes(name: str, first: int, end: int) -> list[Change]:
    """From the beginning of one year to that of another, found to the second."""
    zone = ZoneInfo(name)
    found = []
    day, stop = datetime(first, 1, 1, tzinfo=UTC), datetime(end, 1, 1, tzinfo=UTC)
    before = day.astimezone(zone).utcoffset()
    while day < stop:
        after = (day + _DAY).astimezone(zone).utcoffset()
        if after != before:
            found.append(_change_between(day, day + _DAY, zone))
        day, before = day + _DAY, after
    return found


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> Change:
    before, after = _offset(low, zone), _offset(high, zone)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    local = high.astimezone(zone)
    return Change(
        (high + before).replace(tzinfo=None),
        before,
        after,
        local.tzname() or "",
        bool(local.dst()),
    )


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _rules(changes: list[Change], first: int) -> list[tuple[Change, str]] | None:
    """Each kind of change once, with its yearly rule; none where one of them has no rule."""
    if not changes:
        return None
    kinds = sorted(changes, key=_kind)
    found = []
    for _one, group in groupby(kinds, key=_kind):
        same = sorted(group)
        rule = _yearly(same, first)
        if rule is None:
            return None
        found.append((same[0], rule))
    return sorted(found)


def _kind(change: Change) -> _Kind:
    return _Kind(*change[1:])


def _yearly(changes: list[Change], first: int) -> str | None:
    """`FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU` when they follow such a rule every year."""
    years = [change.wall.year for change in changes]
    months = {change.wall.month for change in changes}
    weekdays = {change.wall.weekday() for change in changes}
    times = {change.wall.time() for change in changes}
    if years != list(range(first, first + _SEEN_YEARS)):
        return None
    if not len(months) == len(weekdays) == len(times) == 1:
        return None
    for places in ({_from_end(one.wall) for one in changes}, {_nth(one.wall) for one in changes}):
        if len(places) == 1:
            nth, day = places.pop(), _WEEKDAYS[weekdays.pop()]
            return f"FREQ=YEARLY;BYMONTH={months.pop()};BYDAY={nth}{day}"
    return None


def _nth(day: datetime) -> int:
    return (day.day - 1) // 7 + 1


def _from_end(day: datetime) -> int:
    length = calendar.monthrange(day.year, day.month)[1]
    return -((length - day.day) // 7 + 1)


def _at_first(name: str, first: int) -> TimezoneStandard | TimezoneDaylight:
    """What the clock showed before the first change, or always."""
    local = datetime(first, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(name))
    offset = local.utcoffset() or timedelta(0)
    change = Change(_LONG_AGO, offset, offset, local.tzname() or "", bool(local.dst()))
    return _observance(change, "")


def _observance(change: Change, rule: str) -> TimezoneStandard | TimezoneDaylight:
    found = TimezoneDaylight() if change.is_summer else TimezoneStandard()
    found.add("dtstart", change.wall)
    found.add("tzoffsetfrom", change.before)
    found.add("tzoffsetto", change.after)
    found.add("tzname", change.name)
    if rule:
        found.add("rrule", vRecur.from_ical(rule))
    return found


def years_of(instants: Iterable[datetime]) -> tuple[int, int] | None:
    """The first and the last year; none without any instant."""
    years = {instant.year for instant in instants}
    return (min(years), max(years)) if years else None
