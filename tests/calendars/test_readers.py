"""Calendars are read alike by programs that are not ours, and say what the agenda says."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings

from portal.scheduling.calendar.events import Event, Rule, Said, State
from portal.scheduling.calendar.writing import Options, write
from tests.calendars.agendas import Agenda, agendas
from tests.calendars.readers import IcalJs, ical_js, meant, seen_by_ical_js, seen_by_icalendar

OPTIONS = Options(
    name="Rendez-vous",
    time_zone="Europe/Paris",
    at=datetime(2026, 3, 1, tzinfo=UTC),
    alarm_minutes=60,
)
_calm = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def mozilla() -> Iterator[IcalJs]:
    yield from ical_js()


@_calm
@given(agenda=agendas())
def test_icalendar_reads_what_is_meant(agenda: Agenda) -> None:
    calendar = write(agenda.events, agenda.rules, OPTIONS)
    assert seen_by_icalendar(calendar) == meant(agenda.events)


@_calm
@given(agenda=agendas())
def test_ical_js_reads_what_is_meant(mozilla: IcalJs, agenda: Agenda) -> None:
    calendar = write(agenda.events, agenda.rules, OPTIONS)
    assert seen_by_ical_js(mozilla, calendar) == meant(agenda.events)


@_calm
@given(agenda=agendas())
def test_every_line_is_folded_and_every_zone_described(agenda: Agenda) -> None:
    written = write(agenda.events, agenda.rules, OPTIONS)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"")
    used = set(re.findall(rb";TZID=([^:;\r]+)", written))
    described = {str(one["TZID"]).encode() for one in _zones(written)}
    assert used <= described
    assert written == write(agenda.events, agenda.rules, OPTIONS)


def test_a_visit_that_ends_in_the_hour_that_comes_twice(mozilla: IcalJs) -> None:
    """From midnight to two, on the night of 31 October 2027, when two o'clock comes twice."""
    nights = [datetime(2027, 10, day, 22, tzinfo=UTC) for day in range(26, 31)]
    said = Said(summary="Veille")
    agenda = Agenda(
        [
            Event(
                uid=str(night),
                version=1,
                state=State.CONFIRMED,
                starts_at=night,
                ends_at=night + timedelta(hours=2),
                time_zone="Europe/Paris",
                said=said,
                changed_at=night,
                series_id=UUID(int=1),
                recurrence_start=night,
            )
            for night in nights
        ],
        {
            UUID(int=1): Rule(
                uid="series",
                rrule="FREQ=DAILY",
                at="00:00:00",
                time_zone="Europe/Paris",
                version=1,
                changed_at=nights[0],
            )
        },
    )
    calendar = write(agenda.events, agenda.rules, OPTIONS)
    assert b"RRULE:FREQ=DAILY" in calendar
    assert seen_by_ical_js(mozilla, calendar) == meant(agenda.events)
    assert seen_by_icalendar(calendar) == meant(agenda.events)


def _zones(written: bytes) -> list[icalendar.Component]:
    calendar = icalendar.Calendar.from_ical(written)
    assert isinstance(calendar, icalendar.Calendar)
    return list(calendar.walk("VTIMEZONE"))
