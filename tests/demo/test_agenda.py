"""When the fictional visits take place, whatever the day of the first start."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select

from portal.demo.cast import gather
from portal.demo.circle import agenda
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.care import Patient, RelatedPerson

PARIS = ZoneInfo("Europe/Paris")
REFERENCE_NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)

Seed = Callable[[datetime], Session]

HASH = "a-hash"

WALL_TIME = {
    "Pansement et prise de sang": time(14, 30),
    "Préparation du pilulier": time(7, 30),
    "Point avec la diététicienne": time(17, 0),
    "Kinésithérapie": time(9, 0),
    "Renouvellement du traitement": time(10, 40),
    "Échographie du cœur": time(9, 15),
    "Consultation de cardiologie": time(14, 0),
    "Consultation de suivi": time(11, 20),
    "Première rencontre avec la coordinatrice": time(15, 0),
    "Cuisiner avec moins de sel": time(10, 0),
    "Coiffeuse à domicile": time(15, 0),
}

STARTS = [
    pytest.param(datetime(2026, 11, 24, 11, 30, tzinfo=PARIS), id="the day of the reference"),
    pytest.param(datetime(2026, 3, 28, 9, 0, tzinfo=PARIS), id="before the clocks go forward"),
    pytest.param(datetime(2026, 3, 28, 23, 59, tzinfo=PARIS), id="a minute before that Sunday"),
    pytest.param(datetime(2026, 3, 29, 9, 0, tzinfo=PARIS), id="the clocks went forward"),
    pytest.param(datetime(2026, 10, 24, 9, 0, tzinfo=PARIS), id="before the clocks go back"),
    pytest.param(datetime(2026, 10, 24, 20, 0, tzinfo=PARIS), id="a Saturday evening"),
    pytest.param(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS), id="the hour comes twice"),
    pytest.param(datetime(2026, 12, 31, 23, 59, tzinfo=PARIS), id="the last minute of a year"),
    pytest.param(datetime(2028, 2, 29, 0, 0, tzinfo=PARIS), id="a leap day at midnight"),
]


def _of(session: Session, given_name: str) -> list[Appointment]:
    query = select(Appointment).join(Patient).where(Patient.given_name == given_name)
    return list(session.exec(query.order_by(col(Appointment.starts_at))))


def _begin(appointment: Appointment) -> datetime:
    """In the wall time of its place."""
    assert appointment.starts_at is not None
    return appointment.starts_at.astimezone(ZoneInfo(appointment.time_zone))


def _end(appointment: Appointment) -> datetime:
    assert appointment.ends_at is not None
    return appointment.ends_at.astimezone(ZoneInfo(appointment.time_zone))


def _next(appointments: list[Appointment], now: datetime) -> Appointment:
    ahead = [
        a for a in appointments if a.starts_at and a.starts_at > now and a.status.value == "booked"
    ]
    return min(ahead, key=_begin)


def test_on_the_reference_day_the_agenda_is_the_reference_page(seed_at: Seed) -> None:
    end = datetime(2026, 12, 4, tzinfo=PARIS)
    shown = [
        (f"{_begin(a):%d/%m %H:%M}", a.title, a.status.value, a.duration_minutes)
        for a in _of(seed_at(REFERENCE_NOW), "Jeanne")
        if a.starts_at and REFERENCE_NOW < a.starts_at < end and not a.is_window
    ]

    assert shown == [
        ("24/11 14:30", "Pansement et prise de sang", "booked", 30),
        ("24/11 17:00", "Point avec la diététicienne", "booked", 20),
        ("26/11 09:00", "Kinésithérapie", "cancelled", 30),
        ("27/11 10:40", "Renouvellement du traitement", "booked", 20),
        ("28/11 10:00", "Cuisiner avec moins de sel", "booked", 90),
        ("03/12 09:15", "Échographie du cœur", "proposed", 30),
    ]


def test_on_the_reference_day_the_details_are_those_of_the_reference(demo: Session) -> None:
    by_title = {
        a.title: a for a in _of(demo, "Jeanne") if a.starts_at and a.starts_at > REFERENCE_NOW
    }
    dressing = by_title["Pansement et prise de sang"]

    assert by_title["Kinésithérapie"].cancellation_reason == (
        "Karim Diallo propose mercredi 2 décembre."
    )
    assert by_title["Échographie du cœur"].respond_before == date(2026, 11, 26)
    assert dressing.phone == "06 39 98 12 07"
    assert (dressing.place, dressing.address) == ("", "12 rue des Tilleuls, Quimper")
    relatives = {r.id: r.given_name for r in demo.exec(select(RelatedPerson))}
    companions = {t: relatives[a.companion_id] for t, a in by_title.items() if a.companion_id}
    assert companions == {
        "Pansement et prise de sang": "Sylvie",
        "Point avec la diététicienne": "Paul",
        "Cuisiner avec moins de sel": "Paul",
        "Consultation de cardiologie": "Paul",
    }


@pytest.mark.parametrize("now", STARTS)
def test_every_visit_of_jeanne_keeps_its_wall_time(seed_at: Seed, now: datetime) -> None:
    dated = [a for a in _of(seed_at(now), "Jeanne") if a.starts_at]

    assert {a.title for a in dated} == set(WALL_TIME)
    for appointment in dated:
        assert _begin(appointment).time() == WALL_TIME[appointment.title], appointment.title


@pytest.mark.parametrize("now", STARTS)
def test_a_visit_ends_when_its_minutes_are_over_and_a_window_at_nine(
    seed_at: Seed, now: datetime
) -> None:
    for appointment in _of(seed_at(now), "Jeanne"):
        if appointment.is_window:
            assert _end(appointment).time() == time(9, 0)
            assert appointment.duration_minutes is None
        elif appointment.starts_at:
            assert appointment.duration_minutes is not None
            length = timedelta(minutes=appointment.duration_minutes)
            assert _end(appointment) - _begin(appointment) == length


@pytest.mark.parametrize(
    ("now", "dressing"),
    [
        # Winter time is one hour ahead of UTC, summer time two.
        ("2026-03-28T09:00+01:00", "2026-03-28T13:30+00:00"),
        ("2026-03-28T23:59+01:00", "2026-03-29T12:30+00:00"),
        ("2026-10-24T09:00+02:00", "2026-10-24T12:30+00:00"),
        ("2026-10-24T20:00+02:00", "2026-10-25T13:30+00:00"),
    ],
)
def test_across_a_change_of_clocks_the_instant_is_the_right_one(
    seed_at: Seed, now: str, dressing: str
) -> None:
    start = datetime.fromisoformat(now)

    upcoming = _next(_of(seed_at(start), "Jeanne"), start)

    assert upcoming.title == "Pansement et prise de sang"
    assert upcoming.starts_at == datetime.fromisoformat(dressing)


@pytest.mark.parametrize(
    ("clock", "days_ahead"),
    [((0, 0), 0), ((11, 30), 0), ((13, 59), 0), ((14, 0), 1), ((23, 59), 1)],
)
def test_late_in_the_day_the_visits_of_today_are_tomorrow(
    seed_at: Seed, clock: tuple[int, int], days_ahead: int
) -> None:
    now = datetime(2026, 11, 24, *clock, tzinfo=PARIS)

    appointments = _of(seed_at(now), "Jeanne")

    upcoming = _next(appointments, now)
    assert upcoming.title == "Pansement et prise de sang"
    assert _begin(upcoming).date() == date(2026, 11, 24 + days_ahead)
    call = next(a for a in appointments if a.video_url)
    assert _begin(call).date() == date(2026, 11, 24 + days_ahead)


def test_two_weeks_later_every_coming_date_is_two_weeks_later(seed_at: Seed) -> None:
    # The weeks around hold no public holiday that would move a visit.
    first = datetime(2026, 1, 20, 11, 30, tzinfo=PARIS)
    second = first + timedelta(days=14)

    assert _coming(second) == {
        (title, tuple(day and day + timedelta(days=14) for day in days))
        for title, days in _coming(first)
    }
    jeanne = _of(seed_at(second), "Jeanne")
    assert _begin(_next(jeanne, second)).date() == date(2026, 2, 3)


def test_the_proposal_without_a_day_names_a_period(demo: Session) -> None:
    undated = [a for a in _of(demo, "Jeanne") if a.starts_at is None]

    assert [(a.status.value, a.requested_start, a.requested_end) for a in undated] == [
        ("proposed", date(2026, 12, 24), date(2027, 1, 23))
    ]


def test_a_teleconsultation_overseas_is_at_the_time_of_the_place(demo: Session) -> None:
    call = next(a for a in _of(demo, "Lucette") if a.video_url)

    assert call.time_zone == "Indian/Reunion"
    assert call.starts_at == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def test_one_agenda_is_empty_and_the_others_have_something_ahead(demo: Session) -> None:
    patients = demo.exec(select(Patient)).all()

    ahead = {
        p.given_name
        for p in patients
        if any(a.starts_at and a.starts_at > REFERENCE_NOW for a in _of(demo, p.given_name))
    }

    assert {p.given_name for p in patients} - ahead == {"Yvonne"}
    assert not _of(demo, "Yvonne")


def test_marcels_carer_has_one_answer_to_give(demo: Session) -> None:
    proposed = [a for a in _of(demo, "Marcel") if a.status is AppointmentStatus.PROPOSED]

    assert [a.respond_before for a in proposed] == [date(2026, 11, 27)]


def test_every_appointment_says_that_it_is_of_the_demo_or_whose_own(demo: Session) -> None:
    written = {a.title: a.source for a in demo.exec(select(Appointment)) if a.source != "demo"}

    assert written == {"Coiffeuse à domicile": "own"}


def _coming(now: datetime) -> set[tuple[str, tuple[date | None, ...]]]:
    """What lies ahead in every agenda, by wall time."""
    return {
        (
            row.title,
            (
                _begin(row).replace(tzinfo=None) if row.starts_at else None,
                row.requested_start,
                row.requested_end,
                row.respond_before,
            ),
        )
        for row in agenda(gather(now=now, password_hash=HASH), now=now)
        if row.starts_at is None or row.starts_at > now
    }
