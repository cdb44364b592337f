"""When a reminder is due, in the wall time of whoever wants it."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
LONGEST_BEFORE = timedelta(days=2)
"""No reminder is chosen further ahead."""
AHEAD_OF_QUIET = timedelta(minutes=15)
"""So long before quiet hours begin leaves what would fall into them."""
LONGEST_QUIET = timedelta(hours=16)
FURTHEST = LONGEST_BEFORE + timedelta(days=1, hours=2)
"""Quiet hours may move it another day, and a night may have an hour more."""


class Occasion(StrEnum):
    EVENING = "evening"
    BEFORE = "before"


class Chosen(Protocol):
    """What of a choice tells when."""

    @property
    def evening_before(self) -> time | None: ...
    @property
    def minutes_before(self) -> int | None: ...
    @property
    def quiet_from(self) -> time | None: ...
    @property
    def quiet_until(self) -> time | None: ...


def due_times(chosen: Chosen, *, starts_at: datetime, time_zone: str) -> dict[Occasion, datetime]:
    """The instant of each reminder of a visit; what falls into quiet hours is before they begin.

    The evening before is that of the day on which the visit is for the reader, wherever it
    takes place.
    """
    zone = ZoneInfo(time_zone)
    found: dict[Occasion, datetime] = {}
    if chosen.evening_before is not None:
        day = starts_at.astimezone(zone).date() - _DAY
        found[Occasion.EVENING] = _instant(datetime.combine(day, chosen.evening_before), zone)
    if chosen.minutes_before is not None:
        found[Occasion.BEFORE] = starts_at - timedelta(minutes=chosen.minutes_before)
    return {one: _before_quiet(chosen, due, time_zone) for one, due in found.items()}


def _before_quiet(chosen: Chosen, due: datetime, time_zone: str) -> datetime:
    since = quiet_since(chosen, at=due, time_zone=time_zone)
    return due if since is None else since - AHEAD_OF_QUIET


def quiet_since(chosen: Chosen, *, at: datetime, time_zone: str) -> datetime | None:
    """When the quiet hours began in which an instant lies; none when it lies outside."""
    start, end = chosen.quiet_from, chosen.quiet_until
    if start is None or end is None:
        return None
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    wall, day = local.time(), local.date()
    if start <= end:
        is_quiet = start <= wall < end
    else:
        is_quiet = wall >= start or wall < end
        day -= _DAY if wall < end else timedelta()
    if not is_quiet:
        return None
    # In a night without that hour they would begin after what is already within them.
    return min(_instant(datetime.combine(day, start), zone), at)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Of two, the first; of a wall time that a night leaves out, that much later (RFC 5545)."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
