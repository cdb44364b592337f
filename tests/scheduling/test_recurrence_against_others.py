"""Random rules, zones and days: the same dates as dateutil and as recurring-ical-events give."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil import rrule
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.scheduling.clocks import instant_of, local_day
from portal.scheduling.series.recurrence import Frequency, Recurrence, RecurrenceError
from portal.scheduling.series.recurrence_text import parse
from portal.web.time_zones import TIME_ZONES

_UNITS = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}
_UNITS |= {"YEARLY": rrule.YEARLY}
_ORDINALS = (1, 2, 3, 4, 5, -1, -2)
# Nights on which clocks change, in Paris and in Saint-Pierre-et-Miquelon.
_NIGHTS = (
    date(2026, 10, 25),
    date(2027, 3, 28),
    date(2026, 11, 1),
    date(2027, 3, 14),
    date(2024, 2, 29),
)
_settings = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def rules(draw: st.DrawFn) -> tuple[Recurrence, date]:
    """A rule, and the day on which it begins: one of its own."""
    around = st.sampled_from(_NIGHTS).flatmap(
        lambda night: st.integers(-40, 40).map(lambda days: night + timedelta(days=days))
    )
    first = draw(st.one_of(around, st.dates(date(2015, 1, 1), date(2030, 12, 31))))
    frequency = draw(st.sampled_from(list(Frequency)))
    parts: dict[str, object] = {}
    if frequency is Frequency.WEEKLY:
        parts["weekdays"] = tuple(sorted(draw(st.sets(st.integers(0, 6), max_size=5))))
    if frequency is Frequency.MONTHLY and draw(st.booleans()):
        pairs = draw(st.sets(st.tuples(st.sampled_from(_ORDINALS), st.integers(0, 6)), max_size=3))
        parts["ordinals"] = tuple(nth for nth, _day in sorted(pairs))
        parts["weekdays"] = tuple(day for _nth, day in sorted(pairs))
    elif frequency is Frequency.MONTHLY:
        days = st.integers(1, 31) | st.integers(-31, -1)
        parts["month_days"] = tuple(sorted(draw(st.sets(days, max_size=3))))
    interval = draw(st.integers(1, 5) | st.integers(1, 60))
    end = draw(st.sampled_from(["none", "count", "until"]))
    if end == "count":
        parts["count"] = draw(st.integers(1, 60))
    rule = Recurrence(frequency=frequency, interval=interval, **parts)  # type: ignore[arg-type]  # of mixed types
    try:
        rule = rule.starting(first)
    except RecurrenceError:
        return draw(rules())
    first = rule.first_on_or_after(first) or first
    if end == "until":
        until = first + timedelta(days=draw(st.integers(0, 800)))
        rule = parse(f"{rule};UNTIL={until:%Y%m%d}")
    return rule, first


def _by_dateutil(rule: Recurrence, first: date, at: time) -> rrule.rrule:
    """As RFC 5545 has it, from the first day on: nothing is jumped over."""
    text = str(rule)
    if rule.until is not None:
        text = text.replace(f"{rule.until:%Y%m%d}", f"{rule.until:%Y%m%d}T235959")
    found = rrule.rrulestr(f"{text};WKST=MO", dtstart=datetime.combine(first, at))
    assert isinstance(found, rrule.rrule)
    return found


@given(drawn=rules(), start=st.integers(0, 1500), length=st.integers(0, 500))
@_settings
def test_a_window_of_any_rule_is_that_of_the_whole_rule(
    drawn: tuple[Recurrence, date], start: int, length: int
) -> None:
    rule, first = drawn
    begin = first + timedelta(days=start)
    end = begin + timedelta(days=length)
    whole = (moment.date() for moment in _by_dateutil(rule, first, time(9)))
    expected = []
    for day in whole:
        if day > end:
            break
        if day >= begin:
            expected.append(day)
    assert list(rule.days(first, start=begin, end=end)) == expected


@given(drawn=rules())
@_settings
def test_a_rule_survives_being_written_and_read(drawn: tuple[Recurrence, date]) -> None:
    rule, first = drawn
    assert parse(str(rule)) == rule
    assert list(islice(rule.days(first), 1)) == [first]


@given(
    drawn=rules(),
    zone=st.sampled_from(sorted(TIME_ZONES)),
    at=st.one_of(st.times(), st.sampled_from([time(1, 30), time(2), time(2, 30), time(3)])),
)
@_settings
def test_the_instants_are_those_of_an_independent_calendar(
    drawn: tuple[Recurrence, date], zone: str, at: time
) -> None:
    rule, first = drawn
    at = at.replace(second=0, microsecond=0, fold=0)
    end = first + timedelta(days=420)
    ours = [instant_of(day, at, zone) for day in rule.days(first, end=end)]
    assert ours == _by_calendar(rule, first, at, zone, end)


def _by_calendar(rule: Recurrence, first: date, at: time, zone: str, end: date) -> list[datetime]:
    place = ZoneInfo(zone)
    event = icalendar.Event()
    event.add("uid", "one@example.org")
    event.add("dtstart", datetime.combine(first, at, place))
    text = str(rule)
    if rule.until is not None:
        # In a file an UNTIL beside a zone is an instant (RFC 5545, 3.3.10).
        last = datetime.combine(rule.until, time(23, 59, 59), place).astimezone(UTC)
        text = text.replace(f"{rule.until:%Y%m%d}", f"{last:%Y%m%dT%H%M%SZ}")
    event.add("rrule", icalendar.vRecur.from_ical(text))
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    after = datetime.combine(end + timedelta(days=1), time.min, place)
    found = recurring_ical_events.of(calendar).between(
        datetime.combine(first, time.min, place), after
    )
    instants = sorted(one["DTSTART"].dt.astimezone(UTC) for one in found)
    return [one for one in instants if local_day(one, zone) <= end]


def test_every_place_of_france_has_a_clock() -> None:
    for zone in TIME_ZONES:
        for month in (1, 7):
            instant = instant_of(date(2027, month, 1), time(8), zone)
            assert instant.astimezone(ZoneInfo(zone)).time() == time(8)
