"""Who can be reached now, until when, and else from when."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from portal.teams.availability import availability

PARIS = ZoneInfo("Europe/Paris")
WEEK = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "12:00"}]
AFTERNOON = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "12:00", "to": "18:00"}]
ALWAYS = [
    {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}
]


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    """In the week of Monday 23 November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


def test_nothing_is_promised_without_hours() -> None:
    assert availability(hours=[], absences=[], local_now=_at(23, 10)) is None


@pytest.mark.parametrize(("hour", "is_open"), [(8, False), (9, True), (11, True), (12, False)])
def test_a_span_holds_its_start_and_not_its_end(hour: int, is_open: bool) -> None:
    found = availability(hours=WEEK, absences=[], local_now=_at(23, hour))
    assert found is not None
    assert found.is_open == is_open


def test_spans_that_touch_are_one() -> None:
    found = availability(hours=AFTERNOON + WEEK, absences=[], local_now=_at(23, 10))
    assert found is not None
    assert found.open_until == _at(23, 18)


def test_spans_with_a_gap_are_two() -> None:
    later = [{"days": ["mon"], "from": "14:00", "to": "18:00"}]
    found = availability(hours=WEEK + later, absences=[], local_now=_at(23, 10))
    assert found is not None
    assert found.open_until == _at(23, 12)
    noon = availability(hours=WEEK + later, absences=[], local_now=_at(23, 13))
    assert noon is not None
    assert noon.resumes_at == _at(23, 14)


def test_after_friday_comes_monday() -> None:
    found = availability(hours=WEEK, absences=[], local_now=_at(27, 12))
    assert found is not None
    assert found.resumes_at == _at(30, 9)
    assert not found.absent_today


def test_an_absence_closes_its_days_included() -> None:
    away = [{"from": "2026-11-23", "to": "2026-11-25"}]
    found = availability(hours=WEEK, absences=away, local_now=_at(23, 10))
    assert found is not None
    assert (found.is_open, found.absent_today, found.resumes_at) == (False, True, _at(26, 9))
    back = availability(hours=WEEK, absences=away, local_now=_at(26, 10))
    assert back is not None
    assert back.is_open


def test_an_absence_without_an_end_in_sight_promises_no_return() -> None:
    away = [{"from": "2026-11-01", "to": "2027-12-31"}]
    found = availability(hours=WEEK, absences=away, local_now=_at(23, 10))
    assert found is not None
    assert (found.is_open, found.resumes_at) == (False, None)


def test_just_before_midnight_the_next_day_is_next() -> None:
    found = availability(hours=WEEK, absences=[], local_now=_at(23, 23, 59))
    assert found is not None
    assert found.resumes_at == _at(24, 9)


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (12, 0), (23, 58)])
def test_around_the_clock_is_open(hour: int, minute: int) -> None:
    found = availability(hours=ALWAYS, absences=[], local_now=_at(28, hour, minute))
    assert found is not None
    assert found.is_open


def test_the_clock_change_moves_no_opening_hour() -> None:
    saturday = datetime(2026, 10, 24, 20, 0, tzinfo=PARIS)
    found = availability(hours=WEEK, absences=[], local_now=saturday)
    assert found is not None
    assert found.resumes_at is not None
    assert found.resumes_at.isoformat() == "2026-10-26T09:00:00+01:00"


def test_a_night_goes_on_past_midnight() -> None:
    night = [{"days": ["mon"], "from": "22:00", "to": "06:00"}]
    evening = availability(hours=night, absences=[], local_now=_at(23, 23))
    morning = availability(hours=night, absences=[], local_now=_at(24, 5))
    assert evening is not None
    assert morning is not None
    assert evening.open_until == morning.open_until == _at(24, 6)
    after = availability(hours=night, absences=[], local_now=_at(24, 7))
    assert after is not None
    assert after.resumes_at == _at(30, 22)
