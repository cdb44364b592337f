"""Rules: what is read, what is refused, how they are written, how far they are walked."""

import time as clocks
from datetime import UTC, date, datetime, time

import pytest

from portal.scheduling.clocks import instant_of, window_end
from portal.scheduling.series.recurrence import Frequency, Recurrence, RecurrenceError
from portal.scheduling.series.recurrence_text import parse

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("freq=weekly;byday=th,mo;count=20", "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20"),
        ("FREQ=DAILY;INTERVAL=1;WKST=SU", "FREQ=DAILY"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15", "FREQ=MONTHLY;BYMONTHDAY=15,-1"),
        ("FREQ=MONTHLY;BYDAY=-1FR,2TU;INTERVAL=3", "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU,-1FR"),
        ("FREQ=YEARLY;UNTIL=20301231;", "FREQ=YEARLY;UNTIL=20301231"),
    ],
)
def test_the_same_rule_is_always_written_the_same(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical
    assert parse(canonical) == parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable"),
        ("WEEKLY", "unreadable"),
        ("FREQ=WEEKLY;FREQ=DAILY", "unreadable"),
        ("FREQ=FORTNIGHTLY", "unreadable"),
        ("FREQ=WEEKLY;BYDAY=LU", "unreadable"),
        ("FREQ=WEEKLY;UNTIL=20261220T090000Z", "unreadable"),
        ("FREQ=WEEKLY;UNTIL=20260231", "unreadable"),
        ("FREQ=WEEKLY;COUNT=beaucoup", "unreadable"),
        ("FREQ=DAILY;" + "X" * 400, "unreadable"),
        ("FREQ=HOURLY", "too_often"),
        ("FREQ=SECONDLY;COUNT=1", "too_often"),
        ("FREQ=DAILY;BYHOUR=8,20", "unknown_part"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "unknown_part"),
        ("FREQ=YEARLY;BYWEEKNO=20", "unknown_part"),
        ("FREQ=YEARLY;BYDAY=MO", "unknown_part"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "unknown_part"),
        ("FREQ=DAILY;COUNT=5;UNTIL=20261220", "contradiction"),
        ("FREQ=WEEKLY;BYMONTHDAY=15", "contradiction"),
        ("FREQ=WEEKLY;BYDAY=1MO", "contradiction"),
        ("FREQ=MONTHLY;BYDAY=MO", "out_of_range"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "out_of_range"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "out_of_range"),
        ("FREQ=DAILY;INTERVAL=0", "out_of_range"),
        ("FREQ=DAILY;COUNT=0", "out_of_range"),
        ("FREQ=DAILY;COUNT=-3", "out_of_range"),
        ("FREQ=DAILY;COUNT=9999", "out_of_range"),
    ],
)
def test_what_nothing_can_be_made_of_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(RecurrenceError) as refused:
        parse(text)
    assert refused.value.reason == reason


def test_what_the_first_day_says_is_written_into_the_rule() -> None:
    assert str(parse("FREQ=WEEKLY").starting(MONDAY)) == "FREQ=WEEKLY;BYDAY=MO"
    assert str(parse("FREQ=MONTHLY").starting(MONDAY)) == "FREQ=MONTHLY;BYMONTHDAY=30"
    assert str(parse("FREQ=YEARLY").starting(MONDAY)) == "FREQ=YEARLY"


@pytest.mark.parametrize(
    ("text", "first_day"),
    [
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261130", MONDAY),
        ("FREQ=DAILY;UNTIL=20261129", MONDAY),
        # Each February: there is no 30th.
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30", date(2027, 2, 1)),
        # Each second February from an odd year on: never a leap year.
        ("FREQ=MONTHLY;INTERVAL=24;BYMONTHDAY=29", date(2027, 2, 1)),
    ],
)
def test_a_rule_without_any_day_is_refused(text: str, first_day: date) -> None:
    with pytest.raises(RecurrenceError) as refused:
        parse(text).starting(first_day)
    assert refused.value.reason == "never"


def test_a_month_without_the_day_is_left_out() -> None:
    rule = parse("FREQ=MONTHLY;BYMONTHDAY=31")
    found = list(rule.days(date(2027, 1, 31), end=date(2027, 6, 1)))
    assert found == [date(2027, 1, 31), date(2027, 3, 31), date(2027, 5, 31)]


def test_the_29th_of_february_waits_for_the_next_leap_year() -> None:
    days = parse("FREQ=YEARLY").days(date(2028, 2, 29), end=date(2036, 12, 31))
    assert list(days) == [date(2028, 2, 29), date(2032, 2, 29), date(2036, 2, 29)]


def test_a_count_includes_what_lies_before_the_window() -> None:
    rule = parse("FREQ=DAILY;COUNT=10")
    assert list(rule.days(MONDAY, start=date(2026, 12, 8)))[-1] == date(2026, 12, 9)
    assert rule.how_many_before(MONDAY, date(2026, 12, 8)) == 8


def test_the_end_day_still_counts() -> None:
    rule = Recurrence(frequency=Frequency.DAILY, until=date(2026, 12, 2))
    assert list(rule.days(MONDAY))[-1] == date(2026, 12, 2)
    assert str(rule.ending_before(date(2026, 12, 1))) == "FREQ=DAILY;UNTIL=20261130"


@pytest.mark.parametrize("text", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY"])
def test_a_week_of_a_rule_of_a_thousand_years_costs_no_more(text: str) -> None:
    rule, start, end = parse(text), date(2026, 11, 2), date(2026, 11, 8)

    def best(first_day: date) -> float:
        times = []
        for _ in range(20):
            began = clocks.perf_counter()
            list(rule.days(first_day, start=start, end=end))
            times.append(clocks.perf_counter() - began)
        return min(times)

    # A walk from the beginning would take thousands of steps.
    assert best(date(1026, 11, 2)) < 10 * best(date(2026, 10, 2)) + 0.0005


def test_a_time_that_the_spring_night_leaves_out_is_that_much_later() -> None:
    assert instant_of(date(2027, 3, 28), time(2, 30), "Europe/Paris") == datetime(
        2027, 3, 28, 1, 30, tzinfo=UTC
    )
    # Saint-Pierre-et-Miquelon changes its clocks with its neighbours, two weeks earlier.
    assert instant_of(date(2027, 3, 14), time(2, 30), "America/Miquelon") == datetime(
        2027, 3, 14, 5, 30, tzinfo=UTC
    )


def test_a_time_that_the_autumn_night_has_twice_is_the_first() -> None:
    assert instant_of(date(2026, 10, 25), time(2, 30), "Europe/Paris") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    assert instant_of(date(2026, 11, 1), time(1, 30), "America/Miquelon") == datetime(
        2026, 11, 1, 3, 30, tzinfo=UTC
    )


def test_a_window_ends_when_the_clock_says_so() -> None:
    # 22:00 to 6:00 is seven hours on the spring night, and nine on the autumn night.
    for day, hours in ((date(2027, 3, 27), 7), (date(2026, 10, 24), 9), (MONDAY, 8)):
        starts = instant_of(day, time(22), "Europe/Paris")
        length = window_end(day, time(22), 8 * 60, "Europe/Paris") - starts
        assert length.total_seconds() == hours * 3600


def test_a_window_that_lies_in_the_missing_hour_never_ends_before_it_begins() -> None:
    day = date(2027, 3, 28)
    starts = instant_of(day, time(2, 30), "Europe/Paris")
    assert window_end(day, time(2, 30), 30, "Europe/Paris") >= starts
