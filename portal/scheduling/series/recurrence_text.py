"""Reading a rule as RFC 5545 writes it; what Relais does not repeat by is refused, not left out."""

import re
from datetime import date

from portal.scheduling.series.recurrence import DAYS, Frequency, Recurrence, RecurrenceError

_LONGEST = 300
_PART = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)", re.ASCII)
_WEEKDAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"})


def parse(text: str) -> Recurrence:
    """Of an RRULE; the value alone, without its name. Raises `RecurrenceError`."""
    parts = _parts(text)
    if unknown := parts.keys() - _KNOWN:
        raise RecurrenceError("unknown_part", f"not supported: {', '.join(sorted(unknown))}")
    if parts.get("FREQ") in ("SECONDLY", "MINUTELY", "HOURLY"):
        raise RecurrenceError("too_often", "nothing repeats within a day")
    if parts.get("FREQ") not in Frequency.__members__:
        raise RecurrenceError("unreadable", "FREQ is missing or unknown")
    frequency = Frequency(parts["FREQ"])
    interval = _number(parts.get("INTERVAL", "1"))
    _check_week_start(parts.get("WKST", "MO"), frequency, interval)
    weekdays = _weekdays(parts.get("BYDAY"))
    days = tuple(day for _nth, day in weekdays)
    if frequency is Frequency.DAILY and days and interval == 1:
        # "Each day, on working days only" is a weekly rule in other words.
        frequency = Frequency.WEEKLY
    return Recurrence(
        frequency=frequency,
        interval=interval,
        weekdays=days,
        ordinals=tuple(nth for nth, _day in weekdays) if any(nth for nth, _ in weekdays) else (),
        month_days=_month_days(parts.get("BYMONTHDAY")),
        count=_number(parts["COUNT"]) if "COUNT" in parts else None,
        until=_local_day(parts["UNTIL"]) if "UNTIL" in parts else None,
    )


def _parts(text: str) -> dict[str, str]:
    if len(text) > _LONGEST:
        raise RecurrenceError("unreadable", "the rule is too long")
    parts: dict[str, str] = {}
    for part in text.upper().strip().rstrip(";").split(";"):
        match = _PART.fullmatch(part)
        if match is None or match[1] in parts:
            raise RecurrenceError("unreadable", "a part is unreadable, or there twice")
        parts[match[1]] = match[2]
    return parts


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise RecurrenceError("unreadable", f"not a number: {text}")
    return int(text)


def _local_day(text: str) -> date:
    match = _DAY.fullmatch(text)
    if match is None:
        raise RecurrenceError("unreadable", "UNTIL is a local date, without a time")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise RecurrenceError("unreadable", f"not a date: {text}") from None


def _weekdays(text: str | None) -> list[tuple[int, int]]:
    """Ordinal (0 without one) and day."""
    found = []
    for part in (text or "").split(",") if text else ():
        match = _WEEKDAY.fullmatch(part)
        if match is None:
            raise RecurrenceError("unreadable", f"not a weekday: {part}")
        found.append((int(match[1] or 0), DAYS.index(match[2])))
    return found


def _month_days(text: str | None) -> tuple[int, ...]:
    return tuple(_number(part) for part in text.split(",")) if text else ()


def _check_week_start(day: str, frequency: Frequency, interval: int) -> None:
    """Elsewhere it makes no difference, and is left out of the canonical text."""
    if day not in DAYS:
        raise RecurrenceError("unreadable", f"not a weekday: {day}")
    if day != "MO" and frequency is Frequency.WEEKLY and interval > 1:
        raise RecurrenceError("unknown_part", "weeks begin on Monday")
