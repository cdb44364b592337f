"""The days that are asked for, in the wall time of whoever works."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.scheduling.workdays import Span

_YEARS = range(1900, 2200)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """One day, or the seven of its week."""

    day: date
    is_week: bool
    zone: ZoneInfo

    @property
    def first(self) -> date:
        return self.day - timedelta(days=self.day.weekday()) if self.is_week else self.day

    @property
    def days(self) -> list[date]:
        return [self.first + n * _DAY for n in range(7 if self.is_week else 1)]

    @property
    def span(self) -> Span:
        """Of as many hours as these days have there."""
        first, after = self.days[0], self.days[-1] + _DAY
        return Span(
            start=datetime.combine(first, time.min, self.zone).astimezone(UTC),
            end=datetime.combine(after, time.min, self.zone).astimezone(UTC),
        )

    @property
    def previous(self) -> date:
        return self.day - len(self.days) * _DAY

    @property
    def following(self) -> date:
        return self.day + len(self.days) * _DAY


def day_of(text: str) -> date | None:
    """None for whatever is no day of an address of ours."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS and text == day.isoformat() else None


def near(day: date) -> Span:
    """The week before and the one after, before it is known in which zone."""
    noon = datetime.combine(day, time(12), UTC)
    return Span(start=noon - timedelta(days=8), end=noon + timedelta(days=8))
