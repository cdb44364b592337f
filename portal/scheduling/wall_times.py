"""From what a clock on the wall of a place says to the instant that it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from portal.errors import PortalError


class NoSuchTimeError(PortalError):
    """The clocks of the place skip this time: in spring they go from 2 to 3 o'clock at once."""


def instant_of(wall: datetime, time_zone: str) -> datetime:
    """UTC; of a time that comes twice in autumn, the first.

    Raises `NoSuchTimeError`: what somebody types means one instant, and none is made up.
    """
    zone = ZoneInfo(time_zone)
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        raise NoSuchTimeError
    return instant
