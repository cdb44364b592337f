"""Until when a place lasts: the last day counts, where the patient lives."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.identity import birth_dates

USUAL_MONTHS = 6
ENDS_SOON = timedelta(days=30)
LONGEST = timedelta(days=5 * 366)


def later(day: date, *, months: int = USUAL_MONTHS) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def end_of(day: date, *, time_zone: str) -> datetime:
    """The midnight that ends that day."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def last_day(end: datetime, *, time_zone: str) -> date:
    """A place that ends at midnight lasted until the day before."""
    return (end - timedelta(microseconds=1)).astimezone(ZoneInfo(time_zone)).date()


def day_of(text: str | None) -> date | None:
    read = birth_dates.read(text or "")
    return date.fromisoformat(read) if read else None


def written(day: date) -> str:
    """As people type it."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"
