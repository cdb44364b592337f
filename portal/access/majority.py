"""When a child comes of age: at midnight of their 18th birthday, where they live."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

MAJORITY_YEARS = 18
"""Code civil, article 414."""


def is_minor(birth_date: str, *, time_zone: str, at: datetime) -> bool:
    """Whether somebody is known to be under 18.

    `birth_date` may be a year or a month only (FHIR date). Then the earliest possible birthday
    counts, so that nobody keeps the rights of a parent over an adult.
    """
    parts = [int(part) for part in birth_date.split("-") if part.isdigit()]
    if not parts:
        return False
    year, month, day = (*parts, 1, 1)[:3]
    today = at.astimezone(ZoneInfo(time_zone)).date()
    return today < _birthday(year + MAJORITY_YEARS, month, day)


def _birthday(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 3, 1)  # born on 29 February
