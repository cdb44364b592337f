"""What holds for the fictional agendas on whichever day of two years the demo is started."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from portal.demo.cast import Cast, gather
from portal.demo.circle import agenda
from portal.models.agenda import Appointment, AppointmentStatus

PARIS = ZoneInfo("Europe/Paris")
HASH = "a-hash"

OPEN = {AppointmentStatus.BOOKED, AppointmentStatus.PROPOSED}
OVER = {AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW}
AT_HOME = {"Pansement et prise de sang", "Préparation du pilulier", "Coiffeuse à domicile"}
"""Jeanne's visits that come on any day, Sundays too; the others keep office days."""
ON_SATURDAYS_TOO = "Cuisiner avec moins de sel"
CLOSED = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
EASTER_MONDAYS = {date(2026, 4, 6), date(2027, 3, 29)}


@dataclass(frozen=True)
class Start:
    now: datetime
    cast: Cast
    appointments: list[Appointment]

    @property
    def of_jeanne(self) -> list[Appointment]:
        jeanne = self.cast.patients["jeanne"]
        dated = (a for a in self.appointments if a.patient_id == jeanne.id and a.starts_at)
        return sorted(dated, key=_begin)


@pytest.fixture(scope="module")
def starts() -> list[Start]:
    """One a day, in the morning and in the evening by turns, computed without a database."""
    return [
        Start(now, cast, agenda(cast, now=now))
        for now in _moments()
        for cast in [gather(now=now, password_hash=HASH)]
    ]


def _moments() -> Iterator[datetime]:
    first = date(2026, 1, 1)
    for days in range(730):
        yield datetime.combine(first + timedelta(days=days), time((10, 20)[days % 2]), PARIS)


def _begin(appointment: Appointment) -> datetime:
    """In Jeanne's wall time."""
    assert appointment.starts_at is not None
    return appointment.starts_at.astimezone(PARIS)


def _do_not_overlap(appointments: list[Appointment]) -> bool:
    in_order = sorted(appointments, key=_begin)
    ends = [a.ends_at for a in in_order if a.ends_at is not None]
    assert len(ends) == len(in_order)
    following = [_begin(a) for a in in_order[1:]]
    return all(end <= begin for end, begin in zip(ends, following, strict=False))


def test_no_past_visit_is_still_open_and_no_coming_one_is_over(starts: list[Start]) -> None:
    for start in starts:
        for appointment in start.appointments:
            if appointment.starts_at is not None:
                is_ahead = appointment.starts_at > start.now
                assert appointment.status not in (OVER if is_ahead else OPEN), appointment.title


def test_a_proposal_can_still_be_answered_and_before_its_day(starts: list[Start]) -> None:
    for start in starts:
        asked = [a for a in start.appointments if a.respond_before is not None]
        assert len(asked) == 2
        for appointment in asked:
            assert appointment.respond_before is not None
            assert start.now.date() < appointment.respond_before < _begin(appointment).date()


def test_jeanne_never_has_two_visits_at_once(starts: list[Start]) -> None:
    for start in starts:
        assert _do_not_overlap(start.of_jeanne), start.now


def test_a_professional_is_never_at_two_exact_visits_at_once(starts: list[Start]) -> None:
    for start in starts:
        exact = [
            a
            for a in start.appointments
            if a.duration_minutes and a.status is not AppointmentStatus.CANCELLED
        ]
        for key, practitioner in start.cast.practitioners.items():
            mine = [a for a in exact if a.practitioner_id == practitioner.id]
            assert _do_not_overlap(mine), (start.now, key)


def test_visits_to_a_practice_are_each_on_a_day_of_their_own(starts: list[Start]) -> None:
    for start in starts:
        days = [_begin(a).date() for a in start.of_jeanne if a.address and a.title not in AT_HOME]
        ahead = [day for day in days if day > start.now.date()]
        assert all(earlier < later for earlier, later in pairwise(ahead)), start.now


def test_an_office_visit_is_never_on_a_weekend_or_a_public_holiday(starts: list[Start]) -> None:
    for start in starts:
        for appointment in start.of_jeanne:
            if appointment.title in AT_HOME:
                continue
            begin = _begin(appointment)
            last_weekday = 5 if appointment.title == ON_SATURDAYS_TOO else 4
            assert begin.weekday() <= last_weekday, (start.now, appointment.title)
            assert (begin.month, begin.day) not in CLOSED, (start.now, appointment.title)
            assert begin.date() not in EASTER_MONDAYS, (start.now, appointment.title)


def test_the_dressing_is_always_what_comes_next_and_within_a_day(starts: list[Start]) -> None:
    for start in starts:
        coming = next(a for a in start.of_jeanne if _begin(a) > start.now)

        assert coming.title == "Pansement et prise de sang"
        assert coming.status is AppointmentStatus.BOOKED
        assert _begin(coming) - start.now < timedelta(days=1)
