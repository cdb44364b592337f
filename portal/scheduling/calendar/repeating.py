"""Dates of a series, told as one rule with its exceptions.

What is written is checked against the rows: the rule, without the dates left out and with the
dates that differ, gives the rows back and nothing else. What the rule cannot say stands alone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from portal.scheduling.calendar.events import Event, Rule, Said, State

_MOST_DATES = 2_000
_FEWEST = 2
"""A rule with fewer dates is not worth its exceptions."""


@dataclass(frozen=True, slots=True)
class Told:
    """One series in a calendar."""

    rule: Rule
    pattern: Event
    """The first date, as most of them are."""
    rrule: str
    """Ends with the last date that is there."""
    left_out: list[datetime]
    """Wall times."""
    plain: list[Event]
    differing: list[tuple[datetime, Event]]
    """With the wall time where the rule puts it."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the dates of a series share; without the instants."""

    said: Said
    state: State
    length: timedelta | None
    is_stay: bool


def tell(rule: Rule, events: Sequence[Event]) -> tuple[Told | None, list[Event]]:
    """The series as one, and those of its dates that stand alone."""
    zone = ZoneInfo(rule.time_zone)
    placed = {wall: one for one in events if (wall := _wall_of(one, zone)) is not None}
    dates = _dates(rule, placed)
    if dates is None:
        return None, list(events)
    named = {wall: placed[wall] for wall in dates if wall in placed}
    told = _told(rule, zone, dates, named)
    if told is None:
        return None, list(events)
    within = {id(one) for one in named.values()}
    return told, [one for one in events if id(one) not in within]


def _told(
    rule: Rule, zone: ZoneInfo, dates: list[datetime], named: dict[datetime, Event]
) -> Told | None:
    inside = [one for one in dates if min(named) <= one <= max(named)] if named else []
    kept = {w: one for w, one in named.items() if _is_at(w, one, zone, rule.time_zone)}
    if not kept:
        return None
    usual = Counter(map(_shape, kept.values())).most_common(1)[0][0]
    plain = {wall: one for wall, one in kept.items() if _shape(one) == usual}
    left_out = [wall for wall in inside if wall not in named]
    if len(plain) < _FEWEST or len(left_out) > len(named):
        return None
    first = next(iter(plain.values()))
    length = first.ends_at - first.starts_at if first.ends_at is not None else None
    starts_at = _instant(inside[0], zone)
    if not _is_even(starts_at, None if length is None else starts_at + length, zone):
        return None
    pattern = Event(
        uid=rule.uid,
        version=max(rule.version, *(one.version for one in plain.values())),
        state=usual.state,
        starts_at=starts_at,
        ends_at=None if length is None else starts_at + length,
        time_zone=rule.time_zone,
        said=usual.said,
        changed_at=max(rule.changed_at, *(one.changed_at for one in plain.values())),
    )
    until = _instant(inside[-1], zone).strftime("%Y%m%dT%H%M%SZ")
    return Told(
        rule=rule,
        pattern=pattern,
        rrule=f"{_without_end(rule.rrule)};UNTIL={until}",
        left_out=left_out,
        plain=list(plain.values()),
        differing=[(wall, one) for wall, one in sorted(named.items()) if wall not in plain],
    )


def _dates(rule: Rule, placed: dict[datetime, Event]) -> list[datetime] | None:
    """Wall times of the rule from the first to the last that is there; none if it is unreadable.

    It begins with one of its own dates: every second week stays every second week.
    """
    if not placed:
        return None
    first, last = min(placed), max(placed)
    if first.time() != time.fromisoformat(rule.at):
        return None
    try:
        dates = rrulestr(_without_end(rule.rrule), dtstart=first)
        found = []
        for one in dates:
            if one > last:
                break
            found.append(one)
            if len(found) > _MOST_DATES:
                return None
    except ValueError:
        return None
    zone = ZoneInfo(rule.time_zone)
    clear = [one for one in found if is_clear(one, zone)]
    # An hour that does not exist or comes twice would be read in two ways at either end.
    return found if clear and found[0] == clear[0] == first and found[-1] == clear[-1] else None


def _without_end(rrule: str) -> str:
    parts = rrule.upper().split(";")
    return ";".join(part for part in parts if part and not part.startswith(("UNTIL=", "COUNT=")))


def _wall_of(event: Event, zone: ZoneInfo) -> datetime | None:
    """Where the rule puts it; none when the clock shows that hour twice, or never."""
    if event.recurrence_start is None or event.is_stay:
        return None
    wall = event.recurrence_start.astimezone(zone).replace(tzinfo=None)
    return wall if is_clear(wall, zone) else None


def is_clear(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock shows this time once: neither skipped in spring nor repeated in autumn."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first == second


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _is_at(wall: datetime, event: Event, zone: ZoneInfo, name: str) -> bool:
    """Where the rule puts it, and not over a night on which the clock changes."""
    is_there = event.starts_at == _instant(wall, zone) and event.time_zone == name
    return is_there and _is_even(event.starts_at, event.ends_at, zone)


def _is_even(start: datetime, end: datetime | None, zone: ZoneInfo) -> bool:
    """Whether it is as long on the clock as it lasts: calendars count the length either way."""
    if end is None:
        return True
    first, last = start.astimezone(zone), end.astimezone(zone)
    return first.utcoffset() == last.utcoffset() and is_clear(last.replace(tzinfo=None), zone)


def _shape(event: Event) -> _Shape:
    length = event.ends_at - event.starts_at if event.ends_at is not None else None
    return _Shape(event.said, event.state, length, event.is_stay)
