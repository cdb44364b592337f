"""By when an answer is promised: working days of whoever answers, where they work.

The day of writing does not count. What arrives from 18:00 on, or on a day that is no working day,
counts as having arrived on the next working day. The answer is promised before 18:00, in the wall
time of the place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.teams.availability import never
from portal.teams.holidays import is_holiday

END_OF_DAY = time(18)
_SATURDAY = 5
_LOOK_AHEAD_DAYS = 400


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Where and how somebody answers: the days that count, and how many of them."""

    answer_days: int
    time_zone: str
    holiday_region: str = ""
    """As of `Organization`; empty for what the time zone says."""
    is_away: Callable[[date], bool] = never
    """Whether they are absent that day and nobody stands in for them."""

    def is_open(self, day: date) -> bool:
        """Neither a weekend nor a public holiday there."""
        return day.weekday() < _SATURDAY and not is_holiday(
            day, region=self.holiday_region, time_zone=self.time_zone
        )

    def counts(self, day: date) -> bool:
        return self.is_open(day) and not self.is_away(day)


def arrives_on(sent_at: datetime, working: WorkingDays) -> date:
    """The working day on which a message is taken to arrive."""
    local = sent_at.astimezone(ZoneInfo(working.time_zone))
    is_late = local.time() >= END_OF_DAY
    if not is_late and working.counts(local.date()):
        return local.date()
    return _next_working_day(local.date(), working)


def due_at(sent_at: datetime, working: WorkingDays) -> datetime:
    """The promised instant, in UTC."""
    day = arrives_on(sent_at, working)
    for _ in range(max(working.answer_days, 1)):
        day = _next_working_day(day, working)
    return datetime.combine(day, END_OF_DAY, ZoneInfo(working.time_zone)).astimezone(UTC)


def next_after(at: datetime, working: WorkingDays) -> datetime:
    """18:00 of the next day that is worked there: when the next one hears that an answer is late.

    Nobody's absence counts here: what is late does not wait for who is away.
    """
    day = at.astimezone(ZoneInfo(working.time_zone)).date() + timedelta(days=1)
    while not working.is_open(day):
        day += timedelta(days=1)
    return datetime.combine(day, END_OF_DAY, ZoneInfo(working.time_zone)).astimezone(UTC)


def _next_working_day(after: date, working: WorkingDays) -> date:
    """Whoever is away for longer than a year is not waited for: absences do not count then."""
    ahead = [after + timedelta(days=n) for n in range(1, _LOOK_AHEAD_DAYS)]
    there = (day for day in ahead if working.counts(day))
    return next(there, None) or next(day for day in ahead if working.is_open(day))
