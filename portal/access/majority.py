"""When a child comes of age: at midnight of their 18th birthday, where they live."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

MAJORITY_YEARS = 18
"""Code civil, article 414."""


def is_minor(birth_date: str, *, time_zone: str, at: datetime) -> bool:
    """Whether somebody is known to be under 18.

    `birth_date` may be a year or a month only (FHIR date). Then the earliest possible birthday
    counts, so that nobody keeps the rights of a parent over an adult.
    """
    birthday = _coming_of_age(birth_date)
    return birthday is not None and at.astimezone(ZoneInfo(time_zone)).date() < birthday


def comes_of_age_at(birth_date: str, *, time_zone: str) -> datetime | None:
    """The midnight with which the 18th birthday begins; none when no year of birth is known."""
    birthday = _coming_of_age(birth_date)
    return None if birthday is None else datetime.combine(birthday, time.min, ZoneInfo(time_zone))


def _coming_of_age(birth_date: str) -> date | None:
    parts = [int(part) for part in birth_date.split("-") if part.isdigit()]
    if not parts:
        return None
    year, month, day = (*parts, 1, 1)[:3]
    return _birthday(year + MAJORITY_YEARS, month, day)


def _birthday(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 3, 1)  # born on 29 February
