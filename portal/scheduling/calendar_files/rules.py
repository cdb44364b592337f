"""The dates of a rule in somebody's calendar file, few enough to be looked at by a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil.rrule import rrulestr

MOST_DATES = 60
MOST_RULES = 10
"""In one file: to walk a rule that never comes true takes a while."""
_HORIZON = timedelta(days=5 * 366)
_LONGEST = 300
_DAYS = r"(MO|TU|WE|TH|FR|SA|SU)"
_NUMBERS = r"-?\d{1,3}(,-?\d{1,3}){0,30}"
_COMMON = rf"INTERVAL=[1-9]\d?|COUNT=[1-9]\d{{0,5}}|UNTIL=\d{{8}}(T\d{{6}}Z?)?|WKST={_DAYS}"
# Rules that ask for a day within a day, or for days that may never come, are not walked.
_READ = tuple(
    re.compile(pattern)
    for pattern in (
        rf"FREQ=DAILY(;({_COMMON}))*",
        rf"FREQ=DAILY(;(INTERVAL=1|BYDAY={_DAYS}(,{_DAYS}){{0,6}}|COUNT=[1-9]\d{{0,5}}"
        rf"|UNTIL=\d{{8}}(T\d{{6}}Z?)?|WKST={_DAYS}))*",
        rf"FREQ=WEEKLY(;({_COMMON}|BYDAY={_DAYS}(,{_DAYS}){{0,6}}))*",
        rf"FREQ=MONTHLY(;({_COMMON}|BYDAY=[-+]?\d?{_DAYS}(,[-+]?\d?{_DAYS}){{0,6}}"
        rf"|BYSETPOS=-?[1-4]|BYMONTHDAY={_NUMBERS}))*",
        rf"FREQ=YEARLY(;({_COMMON}|BYDAY=[-+]?\d?{_DAYS}|BYMONTH=\d{{1,2}}(,\d{{1,2}}){{0,11}}"
        rf"|BYSETPOS=-?[1-4]|BYMONTHDAY={_NUMBERS}))*",
    )
)
_UNTIL = re.compile(r"UNTIL=(\d{8})(T\d{6}Z?)?")


class UnreadableRuleError(Exception):
    """No calendar for visits writes such a rule."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Wall times, and whether the rule goes on after them."""

    times: list[datetime]
    goes_on: bool = False


def dates_of_rule(rule: str, first: datetime, *, zone: tzinfo, at: datetime) -> Dates:
    """Wall times (naive) from a day before `at` on; raises `UnreadableRuleError`."""
    rule = rule.upper()
    if len(rule) > _LONGEST or not any(one.fullmatch(rule) for one in _READ):
        raise UnreadableRuleError
    earliest = _wall(at, zone) - timedelta(days=1)
    try:
        walk = iter(rrulestr(_UNTIL.sub(lambda told: _until(told, zone), rule), dtstart=first))
        return _bounded(walk, earliest)
    except (ValueError, OverflowError, IndexError):  # the last one for "the ninth Monday"
        raise UnreadableRuleError from None


def instant_of(wall: datetime, zone: tzinfo) -> datetime:
    """In a night without that time, that much later (RFC 5545, 3.3.5)."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _bounded(walk: Iterator[datetime], earliest: datetime) -> Dates:
    latest, times = earliest + _HORIZON, list[datetime]()
    for wall in walk:
        if wall > latest:
            return Dates(times, goes_on=True)
        if wall < earliest:
            continue
        if len(times) == MOST_DATES:
            return Dates(times, goes_on=True)
        times.append(wall)
    return Dates(times)


def _until(told: re.Match[str], zone: tzinfo) -> str:
    """In wall time, as the walk is."""
    day, clock = told[1], told[2]
    if not clock:
        return f"UNTIL={day}T235959"
    wall = datetime.strptime(day + clock.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007  # made aware below
    if clock.endswith("Z"):
        wall = _wall(wall.replace(tzinfo=UTC), zone)
    return f"UNTIL={wall:%Y%m%dT%H%M%S}"


def _wall(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
