"""When somebody can be reached, with absences and public holidays, for a page to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from portal.teams.availability import availability, never
from portal.teams.holidays import is_holiday


@dataclass(frozen=True, slots=True)
class Presence:
    """`open_until` when reachable now, else `resumes_at`; neither when no hours are known.

    Both in the wall time of the place. `absent_until` is the last day of the absence of today.
    """

    open_until: datetime | None = None
    resumes_at: datetime | None = None
    absent_until: date | None = None
    is_holiday: bool = False
    has_hours: bool = False

    @property
    def is_open(self) -> bool:
        return self.open_until is not None


def presence_of(
    hours: Sequence[dict[str, Any]],
    absences: Sequence[dict[str, Any]],
    *,
    local_now: datetime,
    works_on_holidays: bool,
    region: str,
) -> Presence:
    """`region` is that of the public holidays; empty for what the clock of the place says."""
    closes = partial(is_holiday, region=region, time_zone=str(local_now.tzinfo))
    found = availability(
        hours=hours,
        absences=absences,
        local_now=local_now,
        is_holiday=never if works_on_holidays else closes,
    )
    absent_until = None if found and found.is_open else _last_day_away(absences, local_now.date())
    if found is None:
        return Presence(absent_until=absent_until)
    return Presence(
        found.open_until, found.resumes_at, absent_until, found.is_holiday, has_hours=True
    )


def _last_day_away(absences: Sequence[dict[str, Any]], today: date) -> date | None:
    """Absences that touch or overlap are one."""
    last, spans = None, sorted((one["from"], one["to"]) for one in absences)
    for start, end in spans:
        until = last + timedelta(days=1) if last else today
        if start <= until.isoformat() and end >= today.isoformat():
            day = date.fromisoformat(end[:10])
            last = day if last is None else max(last, day)
    return last
