"""FHIR dates, which may be a year, a month, a day or an instant, as local days and UTC instants."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from portal.fhir.elements import Json, child, text

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
# What systems write when they must fill an end that nobody knows.
_NEVER = 9999


class DateOutOfRangeError(ValueError):
    """The value is well-formed but no calendar of ours holds it."""


def first_day(value: str, zone: ZoneInfo) -> date | None:
    """Of the year, month or day; the local day of an instant."""
    if match := _DAY.fullmatch(value):
        return _day(value, int(match[1]), int(match[2] or 1), int(match[3] or 1))
    return instant(value).astimezone(zone).date() if value else None


def last_day(value: str, zone: ZoneInfo) -> date | None:
    """Like `first_day`, at the other end of it; none for the year 9999, which means "no end"."""
    if value.startswith(str(_NEVER)):
        return None
    if match := _DAY.fullmatch(value):
        year, month = int(match[1]), int(match[2] or 12)
        return _day(value, year, month, int(match[3] or monthrange(max(year, 1), month)[1]))
    return instant(value).astimezone(zone).date() if value else None


def period_days(body: Json, zone: ZoneInfo) -> tuple[date | None, date | None]:
    period = child(body, "period")
    return first_day(text(period, "start"), zone), last_day(text(period, "end"), zone)


def start_of(value: str, zone: ZoneInfo) -> datetime | None:
    """The instant from which a period that starts with this value runs."""
    if _DAY.fullmatch(value) and (day := first_day(value, zone)):
        return _to_utc(value, datetime.combine(day, time.min, zone))
    return instant(value) if value else None


def end_of(value: str, zone: ZoneInfo) -> datetime | None:
    """The last second of a period that ends with this value: FHIR ends are inclusive."""
    if value.startswith(str(_NEVER)):
        return None
    if _DAY.fullmatch(value) and (day := last_day(value, zone)):
        return _to_utc(value, datetime.combine(day, time(23, 59, 59), zone))
    return instant(value) if value else None


def instant(value: str) -> datetime:
    # Python knows no leap second.
    parsed = datetime.fromisoformat(value.replace(":60", ":59", 1))
    return _to_utc(value, parsed)


def _to_utc(value: str, moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise DateOutOfRangeError(f"{value} is outside the range of dates") from None


def _day(value: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateOutOfRangeError(f"{value} is outside the range of dates") from None
