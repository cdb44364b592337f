"""The days on which the fictional visits take place."""

from datetime import UTC, date, datetime, time

import pytest

from portal.demo import days


@pytest.mark.parametrize(
    "sunday",
    [
        date(1954, 4, 18),
        date(1981, 4, 19),
        date(2008, 3, 23),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
        date(2049, 4, 18),
        date(2076, 4, 19),
    ],
)
def test_easter_is_the_sunday_of_the_calendar(sunday: date) -> None:
    assert days.easter(sunday.year) == sunday


def test_france_has_eleven_public_holidays() -> None:
    holidays = days.public_holidays(2026)

    assert len(holidays) == 11
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} < holidays


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (date(2026, 11, 24), date(2026, 11, 24)),
        (date(2026, 11, 28), date(2026, 11, 30)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2027, 1, 1), date(2027, 1, 4)),
        (date(2026, 5, 23), date(2026, 5, 26)),
    ],
)
def test_a_working_day_is_no_weekend_and_no_holiday(asked: date, given: date) -> None:
    assert days.working_day(asked) == given


def test_a_past_working_day_is_found_backwards() -> None:
    assert days.working_day_before(date(2026, 12, 27)) == date(2026, 12, 24)


def test_a_workshop_may_be_on_a_saturday_but_not_on_a_sunday() -> None:
    assert days.opening_day(date(2026, 11, 28)) == date(2026, 11, 28)
    assert days.opening_day(date(2026, 11, 29)) == date(2026, 11, 30)


def test_a_wednesday_that_is_a_holiday_is_skipped() -> None:
    assert days.weekday_from(date(2026, 11, 5), 2) == date(2026, 11, 18)


def test_the_first_of_a_month_is_said_in_the_french_way() -> None:
    assert days.in_words(date(2026, 12, 1)) == "mardi 1er décembre"
    assert days.in_words(date(2026, 12, 2)) == "mercredi 2 décembre"


def test_the_same_wall_time_is_another_instant_in_summer_and_overseas() -> None:
    noon = time(12, 0)

    assert days.instant(date(2026, 1, 15), noon) == datetime(2026, 1, 15, 11, tzinfo=UTC)
    assert days.instant(date(2026, 7, 15), noon) == datetime(2026, 7, 15, 10, tzinfo=UTC)
    assert days.instant(date(2026, 7, 15), noon, zone="Indian/Reunion") == datetime(
        2026, 7, 15, 8, tzinfo=UTC
    )
