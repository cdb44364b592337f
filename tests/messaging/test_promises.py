"""The promised day is right: holidays where they work, hours, absences, clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.messaging.promises import WorkingDays, due_at, next_after
from portal.messaging.recipients import read_recipients
from portal.models.directory import Absence, Practitioner
from portal.teams.holidays import ALSACE_MOSELLE
from tests import factories
from tests.messaging.circle import WritingCircle, make_circle

PARIS = "Europe/Paris"


def _at(text: str, zone: str = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _words(instant: datetime, zone: str = PARIS) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("sent", "days", "due"),
    [
        ("2026-11-06T18:00", 2, "Thu 2026-11-12 18:00"),
        ("2026-11-06T17:59", 2, "Tue 2026-11-10 18:00"),
        ("2026-11-07T10:00", 1, "Tue 2026-11-10 18:00"),
        ("2026-11-11T10:00", 1, "Fri 2026-11-13 18:00"),
        ("2026-11-10T09:00", 1, "Thu 2026-11-12 18:00"),
        # The clocks go back on 25 October 2026, and forward on 28 March 2027.
        ("2026-10-23T17:00", 1, "Mon 2026-10-26 18:00"),
        ("2027-03-26T17:00", 1, "Tue 2027-03-30 18:00"),
        ("2026-12-31T19:00", 1, "Tue 2027-01-05 18:00"),
        # At least one day, whatever was stored.
        ("2026-11-16T09:00", 0, "Tue 2026-11-17 18:00"),
    ],
)
def test_the_day_of_writing_does_not_count_nor_do_holidays(sent: str, days: int, due: str) -> None:
    assert _words(due_at(_at(sent), WorkingDays(days, PARIS))) == due


@pytest.mark.parametrize(
    ("zone", "region", "sent", "due"),
    [
        (PARIS, "", "2025-12-24T10:00", "Fri 2025-12-26 18:00"),
        (PARIS, ALSACE_MOSELLE, "2025-12-24T10:00", "Mon 2025-12-29 18:00"),
        # Good Friday 2027 is 26 March; Easter Monday is a holiday everywhere.
        (PARIS, "", "2027-03-25T10:00", "Fri 2027-03-26 18:00"),
        (PARIS, ALSACE_MOSELLE, "2027-03-25T10:00", "Tue 2027-03-30 18:00"),
        # The abolition of slavery: 20 December in La Réunion, which is a Sunday in 2026.
        ("Indian/Reunion", "", "2027-12-17T10:00", "Tue 2027-12-21 18:00"),
        (PARIS, "", "2027-12-17T10:00", "Mon 2027-12-20 18:00"),
        ("America/Martinique", "", "2026-05-21T10:00", "Tue 2026-05-26 18:00"),
        # The region of the place counts, not that of its clocks.
        (PARIS, "974", "2027-12-17T10:00", "Tue 2027-12-21 18:00"),
    ],
)
def test_the_holidays_are_those_of_the_place(zone: str, region: str, sent: str, due: str) -> None:
    working = WorkingDays(1, zone, holiday_region=region)
    assert _words(due_at(_at(sent, zone), working), zone) == due


def test_eighteen_hours_are_those_of_the_place() -> None:
    """17:30 in Paris is 20:30 in La Réunion: it arrives there on the next day."""
    working = WorkingDays(1, "Indian/Reunion")
    assert _words(due_at(_at("2026-11-16T17:30"), working), "Indian/Reunion") == (
        "Wed 2026-11-18 18:00"
    )


def test_whoever_is_away_for_ever_is_not_waited_for() -> None:
    working = WorkingDays(2, PARIS, is_away=lambda _day: True)
    assert _words(due_at(_at("2026-11-06T18:00"), working)) == "Thu 2026-11-12 18:00"


def test_the_next_one_hears_a_working_day_later_whoever_is_away() -> None:
    working = WorkingDays(2, PARIS, is_away=lambda _day: True)
    assert _words(next_after(_at("2026-11-10T18:00"), working)) == "Thu 2026-11-12 18:00"


_PLACES = st.sampled_from(
    [(PARIS, ""), (PARIS, ALSACE_MOSELLE), ("Indian/Reunion", ""), ("Pacific/Noumea", "")]
)
_START = datetime(2024, 1, 1, tzinfo=UTC)
_INSTANTS = st.integers(0, 6 * 366 * 24 * 60).map(lambda n: _START + timedelta(minutes=n))
_AWAY = st.sets(st.integers(0, 20))


def _working(place: tuple[str, str], days: int, away: set[int]) -> WorkingDays:
    zone, region = place
    return WorkingDays(
        days, zone, holiday_region=region, is_away=lambda day: day.toordinal() % 21 in away
    )


@given(_INSTANTS, _PLACES, st.integers(1, 10), _AWAY)
def test_a_promise_is_always_for_the_end_of_a_working_day_to_come(
    sent: datetime, place: tuple[str, str], days: int, away: set[int]
) -> None:
    working = _working(place, days, away)
    due = due_at(sent, working)
    local = due.astimezone(ZoneInfo(place[0]))
    assert due > sent
    assert (local.hour, local.minute) == (18, 0)
    assert working.is_open(local.date())
    assert len(away) > 20 or not working.is_away(local.date())
    assert sent < next_after(sent, working) <= sent + timedelta(days=14)


@given(_INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20)), _PLACES, st.integers(1, 10))
def test_who_writes_later_is_never_answered_earlier(
    sent: datetime, later: timedelta, place: tuple[str, str], days: int
) -> None:
    working = _working(place, days, {3, 4, 5})
    assert due_at(sent, working) <= due_at(sent + later, working)


@given(_INSTANTS, _PLACES, st.integers(1, 9))
def test_one_day_more_is_exactly_one_working_day_later(
    sent: datetime, place: tuple[str, str], days: int
) -> None:
    less, more = (due_at(sent, _working(place, number, set())) for number in (days, days + 1))
    assert next_after(less, _working(place, days, set())) == more


MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def _nadia_is_away(
    session: Session, circle: WritingCircle, replacement: Practitioner | None = None
) -> None:
    session.add(
        Absence(
            practitioner_id=circle.nadia.user.practitioner_id,
            starts_on=date(2026, 11, 16),
            ends_on=date(2026, 11, 20),
            replacement_id=replacement.id if replacement else None,
        )
    )
    session.flush()


def _promise(session: Session, circle: WritingCircle) -> str:
    found = read_recipients(session, patient_id=circle.patient.id, at=MONDAY)
    row = found.find(circle.nadias_place.id)
    assert row is not None
    return _words(found.due_at(row, at=MONDAY))


def test_days_away_do_not_count_without_somebody_who_stands_in(
    session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    assert _promise(session, circle) == "Wed 2026-11-18 18:00"
    _nadia_is_away(session, circle)
    assert _promise(session, circle) == "Wed 2026-11-25 18:00"


def test_they_count_when_who_stands_in_reads(session: Session, keys: KeyRing) -> None:
    circle = make_circle(session, keys)
    haddad = session.get_one(Practitioner, circle.haddad.user.practitioner_id)
    _nadia_is_away(session, circle, haddad)
    assert _promise(session, circle) == "Wed 2026-11-18 18:00"


def test_they_do_not_when_who_stands_in_has_no_place_in_the_circle(
    session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    stranger = factories.make_practitioner(session, given_name="Luc", family_name="Ailleurs")
    factories.make_user(session, keys, practitioner_id=stranger.id)
    _nadia_is_away(session, circle, stranger)
    assert _promise(session, circle) == "Wed 2026-11-25 18:00"
