"""What a calendar says of a place's clock is what tzdata says, to the second."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from portal.scheduling.calendar.repeating import is_clear
from portal.scheduling.calendar.zones import timezone_of
from portal.web.time_zones import TIME_ZONES

ZONES = [*TIME_ZONES, "Africa/Casablanca", "America/New_York", "Europe/Dublin"]
_SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("name", ZONES)
def test_a_clock_changes_at_the_instant_that_is_written(name: str) -> None:
    zone = ZoneInfo(name)
    for observance in timezone_of(name, first=2026, last=2027).subcomponents:
        before, after = observance["TZOFFSETFROM"].td, observance["TZOFFSETTO"].td
        if before == after:
            continue
        # DTSTART is the wall time of the clock before it is changed (RFC 5545, 3.6.5).
        instant = observance["DTSTART"].dt.replace(tzinfo=UTC) - before
        assert (instant - _SECOND).astimezone(zone).utcoffset() == before
        assert instant.astimezone(zone).utcoffset() == after


@pytest.mark.parametrize("name", ZONES)
def test_an_independent_reader_finds_every_hour_of_two_years(name: str) -> None:
    written = timezone_of(name, first=2026, last=2027).to_ical().decode()
    read, zone = tzical(StringIO(written)).get(name), ZoneInfo(name)
    wall = datetime(2026, 1, 1)  # noqa: DTZ001 # a wall time
    while wall.year < 2028:
        if is_clear(wall, zone):
            assert read.utcoffset(wall) == wall.replace(tzinfo=zone).utcoffset(), wall
        wall += timedelta(hours=1)


def test_mainland_france_is_two_rules() -> None:
    written = timezone_of("Europe/Paris", first=2026, last=2027).to_ical().decode()
    assert "DTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in written
    assert "DTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in written
