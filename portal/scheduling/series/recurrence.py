"""Rules of repetition (RFC 5545 RRULE) on local days.

Days first, instants after: a rule names days, the place's clock makes instants of them
(`portal/scheduling/clocks.py`). No rule repeats within a day, so summer time can neither add nor
lose a date.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from math import gcd
from typing import Any

from dateutil import rrule

MOST_TIMES = 1000
LONGEST_INTERVAL = 366
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


_UNITS: dict[Frequency, Any] = {
    Frequency.DAILY: rrule.DAILY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.MONTHLY: rrule.MONTHLY,
    Frequency.YEARLY: rrule.YEARLY,
}


class RecurrenceError(ValueError):
    """A rule that nothing can be made of; the message says which part, in English.

    `reason`: `unreadable`, `unknown_part`, `too_often`, `contradiction`, `out_of_range` or `never`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """One rule. Weekdays count from Monday, which is 0; weeks begin there too."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    """Of a weekly rule; and of a monthly one, whose `ordinals` say which of them."""
    ordinals: tuple[int, ...] = ()
    """Beside each weekday of a monthly rule: 1 for the first of the month, -1 for the last."""
    month_days: tuple[int, ...] = ()
    """Of a monthly rule: 15, or -1 for the last day."""
    count: int | None = None
    until: date | None = None
    """The last local day on which it may still take place."""

    def __post_init__(self) -> None:
        _check(self)
        _put_in_order(self)

    def __str__(self) -> str:
        """The canonical text: the same rule is always written the same."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            parts.append(f"BYDAY={','.join(self._written_weekdays())}")
        if self.month_days:
            parts.append(f"BYMONTHDAY={','.join(str(day) for day in self.month_days)}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)

    def _written_weekdays(self) -> list[str]:
        ordinals = self.ordinals or ("",) * len(self.weekdays)
        return [f"{nth}{DAYS[day]}" for nth, day in zip(ordinals, self.weekdays, strict=True)]

    @property
    def is_endless(self) -> bool:
        return self.count is None and self.until is None

    def starting(self, first_day: date) -> "Recurrence":
        """With everything said that RFC 5545 takes from the first day: weekday, day of the month.

        Raises `RecurrenceError` when no day follows from it.
        """
        whole = self
        if self.frequency is Frequency.WEEKLY and not self.weekdays:
            whole = replace(self, weekdays=(first_day.weekday(),))
        if self.frequency is Frequency.MONTHLY and not (self.weekdays or self.month_days):
            whole = replace(self, month_days=(first_day.day,))
        if whole.first_on_or_after(first_day) is None:
            raise RecurrenceError("never", "no day follows from this rule")
        return whole

    def first_on_or_after(self, first_day: date) -> date | None:
        """The day on which the rule begins; `first_day` itself when it fits."""
        return next(self.days(first_day), None) if self._can_happen(first_day) else None

    def days(
        self, first_day: date, *, start: date | None = None, end: date | None = None
    ) -> Iterator[date]:
        """Its local days from `start` to `end`, both included; without an end, all of them.

        Walks from the last period before `start`, however old the rule is; only a COUNT is
        walked from its beginning, and at most that many steps.
        """
        start = max(start or first_day, first_day)
        last = min((one for one in (self.until, end) if one is not None), default=None)
        if (last is not None and last < start) or not self._can_happen(first_day):
            return
        begin = first_day if self.count is not None else _period_before(self, first_day, start)
        walked = rrule.rrule(
            _UNITS[self.frequency],
            dtstart=_midnight(max(begin, first_day)),
            interval=self.interval,
            wkst=rrule.MO,
            count=self.count,
            until=None if last is None else _midnight(last),
            **_by_parts(self, first_day),
        )
        for moment in walked:
            if moment.date() >= start:
                yield moment.date()

    def how_many_before(self, first_day: date, day: date) -> int:
        """Of a rule with a count: how many of its days come before `day`."""
        return sum(1 for _ in self.days(first_day, end=day - timedelta(days=1)))

    def ending(self, *, until: date | None = None, count: int | None = None) -> "Recurrence":
        """The same days, with another end."""
        return replace(self, until=until, count=count)

    def ending_before(self, day: date) -> "Recurrence":
        return self.ending(until=day - timedelta(days=1))

    def _can_happen(self, first_day: date) -> bool:
        """Whether a month that it reaches has such a day: the 31st, each 12 months from June on."""
        if self.frequency is not Frequency.MONTHLY or not self.month_days:
            return True
        step = gcd(self.interval, 12)
        months = range((first_day.month - 1) % step, 12, step)
        longest = max(_LONGEST_MONTH[month] for month in months)
        return min(abs(day) for day in self.month_days) <= longest


def _put_in_order(rule: Recurrence) -> None:
    """The first ones of a month before its last ones, so that equal rules are equal."""
    ordinals = rule.ordinals or (0,) * len(rule.weekdays)
    pairs = sorted(
        set(zip(ordinals, rule.weekdays, strict=True)), key=lambda one: (one[0] < 0, one)
    )
    days = sorted(set(rule.month_days), key=lambda day: (day < 0, day))
    object.__setattr__(rule, "weekdays", tuple(day for _nth, day in pairs))
    if rule.ordinals:
        object.__setattr__(rule, "ordinals", tuple(nth for nth, _day in pairs))
    object.__setattr__(rule, "month_days", tuple(days))


def _check(rule: Recurrence) -> None:
    if not 1 <= rule.interval <= LONGEST_INTERVAL:
        raise RecurrenceError("out_of_range", "INTERVAL is out of range")
    if rule.count is not None and not 1 <= rule.count <= MOST_TIMES:
        raise RecurrenceError("out_of_range", "COUNT is out of range")
    if rule.count is not None and rule.until is not None:
        raise RecurrenceError("contradiction", "COUNT and UNTIL exclude each other")
    _check_weekdays(rule)
    if rule.month_days and (rule.frequency is not Frequency.MONTHLY or rule.weekdays):
        raise RecurrenceError("contradiction", "BYMONTHDAY stands alone, in a monthly rule")
    if any(not 1 <= abs(day) <= 31 for day in rule.month_days):
        raise RecurrenceError("out_of_range", "BYMONTHDAY is out of range")


def _check_weekdays(rule: Recurrence) -> None:
    if not rule.weekdays:
        return
    if rule.frequency not in (Frequency.WEEKLY, Frequency.MONTHLY):
        raise RecurrenceError("unknown_part", "BYDAY stands in weekly and monthly rules")
    if rule.frequency is Frequency.WEEKLY and rule.ordinals:
        raise RecurrenceError("contradiction", "a week has one of each day")
    is_monthly = rule.frequency is Frequency.MONTHLY
    if is_monthly and (not rule.ordinals or any(not 1 <= abs(nth) <= 5 for nth in rule.ordinals)):
        raise RecurrenceError("out_of_range", "BYDAY of a monthly rule says which of the month")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _period_before(rule: Recurrence, first_day: date, start: date) -> date:
    """The beginning of the period of the rule that `start` falls into, or comes after."""
    if rule.frequency is Frequency.DAILY:
        steps = (start - first_day).days // rule.interval
        return first_day + timedelta(days=steps * rule.interval)
    if rule.frequency is Frequency.WEEKLY:
        monday = first_day - timedelta(days=first_day.weekday())
        weeks = (start - monday).days // 7 // rule.interval * rule.interval
        return monday + timedelta(weeks=weeks)
    if rule.frequency is Frequency.MONTHLY:
        months = (start.year - first_day.year) * 12 + start.month - first_day.month
        months = first_day.month - 1 + months // rule.interval * rule.interval
        return date(first_day.year + months // 12, months % 12 + 1, 1)
    years = (start.year - first_day.year) // rule.interval * rule.interval
    return date(first_day.year + years, 1, 1)


@lru_cache(maxsize=16)
def _nth(day: int, nth: int) -> rrule.weekday:
    return rrule.weekday(day, nth)


def _by_parts(rule: Recurrence, first_day: date) -> dict[str, Any]:
    """What dateutil would take from the first day of its walk, which is not that of the rule."""
    if rule.frequency is Frequency.DAILY:
        return {}
    if rule.frequency is Frequency.WEEKLY:
        return {"byweekday": rule.weekdays or (first_day.weekday(),)}
    if rule.frequency is Frequency.YEARLY:
        return {"bymonth": first_day.month, "bymonthday": first_day.day}
    if rule.ordinals:
        pairs = zip(rule.weekdays, rule.ordinals, strict=True)
        return {"byweekday": [_nth(day, nth) for day, nth in pairs]}
    return {"bymonthday": rule.month_days or (first_day.day,)}
