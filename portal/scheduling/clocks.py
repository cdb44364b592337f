"""The instants of a wall time, somewhere (RFC 5545, 3.3.5)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.errors import PortalError


def instant_of(day: date, at: time, time_zone: str) -> datetime:
    """When the clock of that place shows `at` on that day.

    A time that the spring night leaves out is that much later; of one that the autumn night has
    twice it is the first.
    """
    return datetime.combine(day, at, ZoneInfo(time_zone)).astimezone(UTC)


class NoSuchTimeError(PortalError):
    """The clocks of the place skip this time: in spring they go from 2 to 3 o'clock at once."""


def typed_instant_of(wall: datetime, time_zone: str) -> datetime:
    """What somebody typed, as an instant: of a time that comes twice in autumn the first.

    Raises `NoSuchTimeError`: it means one instant, and none is made up.
    """
    zone = ZoneInfo(time_zone)
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        raise NoSuchTimeError
    return instant


def window_end(day: date, at: time, minutes: int, time_zone: str) -> datetime:
    """When the clock shows the end of a window; never before its beginning."""
    wall = datetime.combine(day, at) + timedelta(minutes=minutes)
    ends_at = wall.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    return max(ends_at, instant_of(day, at, time_zone))


def local_day(instant: datetime, time_zone: str) -> date:
    return instant.astimezone(ZoneInfo(time_zone)).date()
