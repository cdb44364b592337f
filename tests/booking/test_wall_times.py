"""What somebody types is one instant, on the nights when clocks change too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.scheduling.clocks import NoSuchTimeError, typed_instant_of
from portal.web.time_zones import TIME_ZONES
from tests.booking.circle import Circle

SPRING = datetime.fromisoformat("2027-03-28T02:30")
AUTUMN = datetime.fromisoformat("2027-10-31T02:30")
YEARS = (datetime.fromisoformat("2020-01-01T00:00"), datetime.fromisoformat("2040-01-01T00:00"))


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(NoSuchTimeError):
        typed_instant_of(SPRING, "Europe/Paris")
    assert typed_instant_of(SPRING, "Indian/Reunion") == datetime(2027, 3, 27, 22, 30, tzinfo=UTC)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    first = typed_instant_of(AUTUMN, "Europe/Paris")
    assert first == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(
    wall=st.datetimes(*YEARS),
    zone=st.sampled_from(sorted(TIME_ZONES)),
)
def test_every_other_time_comes_back_as_it_was_typed(wall: datetime, zone: str) -> None:
    try:
        instant = typed_instant_of(wall, zone)
    except NoSuchTimeError:
        # Skipped means: an hour later on the same wall there is another offset than before.
        later, before = (
            (wall + timedelta(hours=hours)).replace(tzinfo=ZoneInfo(zone)) for hours in (1, -1)
        )
        assert later.utcoffset() > before.utcoffset()  # type: ignore[operator]  # zones have one
        return
    back = instant.astimezone(ZoneInfo(zone))
    assert (back.replace(tzinfo=None), back.fold) == (wall, 0)


def test_the_form_says_that_the_time_does_not_exist(
    circle: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2027, 3, 20, 9, tzinfo=UTC)
    circle.enter("claire")
    monkeypatch.setattr("portal.blueprints.booking.pages.now", lambda: start)
    answer = circle.post("book", **circle.answers(day="2027-03-28", starts="02:30"))
    assert answer.status_code == 422
    assert "Cette heure n’existe pas" in answer.text
    assert 'value="02:30"' in answer.text
