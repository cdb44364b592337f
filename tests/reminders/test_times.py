"""When a reminder is due: in the reader's own time, across nights of every kind."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.scheduling.reminders.times import (
    FURTHEST,
    LONGEST_BEFORE,
    LONGEST_QUIET,
    due_times,
    quiet_since,
)
from portal.web.time_zones import TIME_ZONES

PARIS, REUNION, NOUMEA = "Europe/Paris", "Indian/Reunion", "Pacific/Noumea"
SIX, NINE_PM, SEVEN = time(18), time(21), time(7)


class Chosen(NamedTuple):
    evening_before: time | None = None
    minutes_before: int | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None


START = datetime(2024, 1, 1, tzinfo=UTC)
EVENING = Chosen(evening_before=SIX)
AN_HOUR = Chosen(minutes_before=60)
QUIET_NIGHT = Chosen(SIX, 60, NINE_PM, SEVEN)
LATE_EVENING = Chosen(time(23), None, NINE_PM, SEVEN)
AFTER_MIDNIGHT = Chosen(time(2, 30))
NAP = Chosen(None, 60, time(13), time(15))

TABLE = {
    "18 h in Réunion for a visit there": (
        EVENING, REUNION, "2026-11-24 09:00 Indian/Reunion", "2026-11-23 18:00 Indian/Reunion",
    ),
    "18 h in Réunion for a visit in Paris": (
        EVENING, REUNION, "2026-11-24 09:00 Europe/Paris", "2026-11-23 18:00 Indian/Reunion",
    ),
    "the evening before is that of the reader's day": (
        EVENING, NOUMEA, "2026-11-24 23:00 Europe/Paris", "2026-11-24 18:00 Pacific/Noumea",
    ),
    "the evening before the clocks go back": (
        EVENING, PARIS, "2026-10-25 09:00 Europe/Paris", "2026-10-24 18:00 Europe/Paris",
    ),
    "the evening before the clocks go forward": (
        EVENING, PARIS, "2026-03-29 09:00 Europe/Paris", "2026-03-28 18:00 Europe/Paris",
    ),
    "02:30 in a night without it is an hour later": (
        AFTER_MIDNIGHT, PARIS, "2026-03-30 09:00 Europe/Paris", "2026-03-29 01:30 UTC",
    ),
    "02:30 in a night with two of them is the first": (
        AFTER_MIDNIGHT, PARIS, "2026-10-26 09:00 Europe/Paris", "2026-10-25 00:30 UTC",
    ),
    "an hour before is an hour, in a night that has one more": (
        AN_HOUR, PARIS, "2026-10-25 01:30 UTC", "2026-10-25 00:30 UTC",
    ),
    "an hour before, in a night that has one less": (
        AN_HOUR, PARIS, "2026-03-29 01:10 UTC", "2026-03-29 00:10 UTC",
    ),
    "06:30 in quiet hours over midnight is shortly before they begin": (
        QUIET_NIGHT._replace(evening_before=None), PARIS,
        "2026-11-24 07:30 Europe/Paris", "2026-11-23 20:45 Europe/Paris",
    ),
    "23 h in quiet hours is the same evening": (
        LATE_EVENING, PARIS, "2026-11-24 09:00 Europe/Paris", "2026-11-23 20:45 Europe/Paris",
    ),
    "when quiet hours end, they are over": (
        QUIET_NIGHT._replace(evening_before=None), PARIS,
        "2026-11-24 08:00 Europe/Paris", "2026-11-24 07:00 Europe/Paris",
    ),
    "within a quiet afternoon": (
        NAP, PARIS, "2026-11-24 15:30 Europe/Paris", "2026-11-24 12:45 Europe/Paris",
    ),
    "after a quiet afternoon": (
        NAP, PARIS, "2026-11-24 16:00 Europe/Paris", "2026-11-24 15:00 Europe/Paris",
    ),
    "quiet hours that begin in the hour that a night leaves out": (
        Chosen(None, 30, time(2, 30), SEVEN), PARIS,
        "2026-03-29 01:40 UTC", "2026-03-29 00:55 UTC",
    ),
}  # fmt: skip


def _at(text: str) -> datetime:
    day, clock, zone = text.split()
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("name", TABLE)
def test_the_instant_of_a_reminder(name: str) -> None:
    chosen, zone, starts_at, due = TABLE[name]
    found = due_times(chosen, starts_at=_at(starts_at), time_zone=zone)
    assert list(found.values()) == [_at(due)]


wall_times = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@st.composite
def choices(draw: st.DrawFn) -> Chosen:
    """Any that the page lets people choose, and many that it does not."""
    start = draw(wall_times)
    length = draw(st.integers(0, int(LONGEST_QUIET.total_seconds() // 60)))
    end = (datetime.combine(START, start) + timedelta(minutes=length)).time()
    return Chosen(
        draw(st.none() | wall_times),
        draw(st.none() | st.integers(1, int(LONGEST_BEFORE.total_seconds() // 60))),
        start if length else None,
        end if length else None,
    )


instants = st.integers(0, 6 * 366 * 24 * 60).map(lambda one: START + timedelta(minutes=one))


@given(choices(), instants, st.sampled_from(sorted(TIME_ZONES)))
def test_a_reminder_comes_before_the_visit_and_within_what_is_looked_at(
    chosen: Chosen, starts_at: datetime, zone: str
) -> None:
    for due in due_times(chosen, starts_at=starts_at, time_zone=zone).values():
        assert starts_at - FURTHEST <= due < starts_at


@given(choices(), instants, st.sampled_from(sorted(TIME_ZONES)))
def test_nothing_is_due_in_quiet_hours(chosen: Chosen, starts_at: datetime, zone: str) -> None:
    for due in due_times(chosen, starts_at=starts_at, time_zone=zone).values():
        assert quiet_since(chosen, at=due, time_zone=zone) is None
