"""The days of the fictional agenda: around today, when such a visit can take place."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

PARIS = "Europe/Paris"
_SATURDAY, _SUNDAY = 5, 6
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))


def local_day(now: datetime) -> date:
    """The date on a French calendar at this instant."""
    return now.astimezone(ZoneInfo(PARIS)).date()


def instant(day: date, at: time, *, zone: str = PARIS) -> datetime:
    """The wall time of a place as an instant in UTC."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def working_day(day: date) -> date:
    """The day itself, or the next one from Monday to Friday that is no public holiday."""
    while day.weekday() >= _SATURDAY or day in public_holidays(day.year):
        day = later(day, 1)
    return day


def working_day_before(day: date) -> date:
    """The day itself, or the last one from Monday to Friday that was no public holiday."""
    while day.weekday() >= _SATURDAY or day in public_holidays(day.year):
        day = later(day, -1)
    return day


def opening_day(day: date) -> date:
    """Like `working_day`, Saturdays included."""
    while day.weekday() == _SUNDAY or day in public_holidays(day.year):
        day = later(day, 1)
    return day


def weekday_from(day: date, weekday: int) -> date:
    """The first such day of the week (Monday is 0) from this one on that is no public holiday."""
    day = later(day, (weekday - day.weekday()) % 7)
    while day in public_holidays(day.year):
        day = later(day, 7)
    return day


def in_words(day: date) -> str:
    """As a French reader says it: "mercredi 2 décembre", "mardi 1er décembre"."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{format_date(day, 'EEEE', 'fr')} {number} {format_date(day, 'MMMM', 'fr')}"


def public_holidays(year: int) -> frozenset[date]:
    """The eleven of mainland France (labour code, L3133-1)."""
    sunday = easter(year)
    movable = {later(sunday, 1), later(sunday, 39), later(sunday, 50)}
    return frozenset({date(year, month, day) for month, day in _FIXED_HOLIDAYS} | movable)


def easter(year: int) -> date:
    """Easter Sunday by the rule of Gauss, with its constants for the years 1900 to 2099."""
    moon = (19 * (year % 19) + 24) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7
    too_late = sunday == 6 and (moon == 29 or (moon == 28 and year % 19 > 10))
    return later(date(year, 3, 22), moon + sunday - (7 if too_late else 0))
