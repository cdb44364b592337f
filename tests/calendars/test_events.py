"""What a calendar entry says: states, windows, stays, alarms, versions, series."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.rights import HiddenItem
from portal.models.series import AppointmentSeries
from portal.scheduling.calendar.writing import _moment
from tests import factories
from tests.calendars.scene import Scene, calendar_of, soon

PARIS = ZoneInfo("Europe/Paris")


def _own(scene: Scene, **fields: Any) -> str:
    return scene.feed(scene.herself(), is_detailed=True, **fields)


@pytest.mark.parametrize(
    ("status", "title", "state"),
    [
        ("booked", "Pansement", "CONFIRMED"),
        ("fulfilled", "Pansement", "CONFIRMED"),
        ("proposed", "À confirmer : Pansement", "TENTATIVE"),
        ("waitlist", "À confirmer : Pansement", "TENTATIVE"),
        ("cancelled", "Annulé : Pansement", "CANCELLED"),
        ("noshow", "Annulé : Pansement", "CANCELLED"),
    ],
)
def test_a_state_is_said_in_the_format_and_in_words(
    scene: Scene, status: str, title: str, state: str
) -> None:
    scene.visit(status=AppointmentStatus(status))
    found = scene.read(_own(scene, alarm_minutes=60))
    assert found[title]["STATUS"] == state
    assert bool(found[title].walk("VALARM")) == (state != "CANCELLED")


def test_the_version_is_the_sequence_and_the_last_change_is_said(scene: Scene) -> None:
    changed = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    scene.visit(version=7, updated_at=changed)
    event = scene.read(_own(scene))["Pansement"]
    assert event["SEQUENCE"] == 7
    assert event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt == changed
    assert event["CLASS"] == "PRIVATE"


def test_the_uid_stays_when_a_visit_is_moved(scene: Scene) -> None:
    visit = scene.visit()
    address = _own(scene)
    before = scene.read(address)["Pansement"]
    visit.starts_at, visit.version = soon(days=9), 2
    scene.session.add(visit)
    scene.session.commit()
    after = scene.read(address)["Pansement"]
    assert before["UID"] == after["UID"]
    assert before.start != after.start


@pytest.mark.parametrize("is_detailed", [True, False])
def test_a_window_is_said_in_words(scene: Scene, is_detailed: bool) -> None:
    day = datetime.combine(soon(days=3).date(), time(7), tzinfo=PARIS)
    scene.visit(starts_at=day, ends_at=day + timedelta(hours=2), is_window=True)
    found = scene.read(scene.feed(scene.herself(), is_detailed=is_detailed))
    ((title, event),) = found.items()
    assert title.endswith(", entre 7 h et 9 h")
    assert event.end - event.start == timedelta(hours=2)


def test_a_stay_fills_its_days_and_rings_before_it_begins(scene: Scene) -> None:
    first = datetime.combine(soon(days=5).date(), time(14, 30), tzinfo=PARIS)
    scene.visit(
        title="Hospitalisation",
        kind="admission",
        starts_at=first,
        ends_at=first + timedelta(days=3, hours=-4),
    )
    event = scene.read(_own(scene, alarm_minutes=120))["Hospitalisation"]
    assert event["DTSTART"].dt == first.date()
    assert event["DTEND"].dt == first.date() + timedelta(days=4)
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == first.astimezone(UTC) - timedelta(hours=2)
    assert "14 h 30" in str(event["DESCRIPTION"]).replace("\u00a0", " ")


def test_alarms_ring_before_what_is_to_come_and_for_nothing_past(scene: Scene) -> None:
    scene.visit(title="Demain", starts_at=soon(days=1))
    scene.visit(title="Avant-hier", starts_at=soon(days=-2))
    found = scene.read(_own(scene, alarm_minutes=30))
    (alarm,) = found["Demain"].walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(minutes=-30)
    assert found["Avant-hier"].walk("VALARM") == []


def test_without_a_choice_nothing_rings(scene: Scene) -> None:
    scene.visit()
    assert scene.read(_own(scene))["Pansement"].walk("VALARM") == []


def test_the_hour_that_comes_twice_is_told_apart(scene: Scene) -> None:
    """In the night of 25 October 2026 it is 2.30 twice in Paris."""
    for hour in (0, 1):
        instant = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert _moment(instant, PARIS).astimezone(UTC) == instant
        assert _moment(instant, PARIS).tzinfo is UTC
    plain = datetime(2026, 10, 25, 3, 30, tzinfo=UTC)
    assert _moment(plain, PARIS).tzinfo is PARIS


def _series(scene: Scene, days: int) -> list[Appointment]:
    first = soon(days=1).astimezone(PARIS).date()
    row = AppointmentSeries(
        patient_id=scene.patient.id,
        rrule="FREQ=DAILY;COUNT=400",
        first_day=first,
        at=time(9),
        title="Soins",
    )
    scene.session.add(row)
    scene.session.flush()
    dates = []
    for number in range(days):
        start = datetime.combine(first + timedelta(days=number), time(9), tzinfo=PARIS)
        dates.append(
            factories.make_appointment(
                scene.session,
                patient=scene.patient,
                title="Soins",
                series_id=row.id,
                recurrence_start=start,
                starts_at=start,
            )
        )
    scene.session.commit()
    return dates


def test_a_series_is_one_rule_with_its_exceptions(scene: Scene) -> None:
    dates = _series(scene, 30)
    dates[3].status = AppointmentStatus.CANCELLED
    dates[7].starts_at = dates[7].starts_at + timedelta(hours=2)
    dates[7].version = 2
    scene.session.delete(dates[11])
    scene.session.add_all(dates[3:8])
    scene.session.commit()
    events = calendar_of(scene.fetch(_own(scene))).walk("VEVENT")
    assert len(events) == 3
    pattern, cancelled, moved = events
    assert len({str(one["UID"]) for one in events}) == 1
    assert pattern["RRULE"]["FREQ"] == ["DAILY"]
    assert len(pattern["EXDATE"].dts) == 1
    assert cancelled["STATUS"] == "CANCELLED"
    assert moved["SEQUENCE"] == 2
    assert moved.start - moved["RECURRENCE-ID"].dt == timedelta(hours=2)


def test_a_hidden_date_of_a_series_is_not_there(scene: Scene) -> None:
    dates = _series(scene, 10)
    paul = scene.relative("agenda:see")
    scene.session.add(
        HiddenItem(
            patient_id=scene.patient.id,
            category="agenda",
            item_id=dates[4].id,
            created_at=dates[4].created_at,
            created_by=paul.id,
        )
    )
    scene.session.commit()
    (pattern,) = calendar_of(scene.fetch(scene.feed(paul))).walk("VEVENT")
    (left_out,) = pattern["EXDATE"].dts
    assert left_out.dt == dates[4].starts_at
    assert dates[0].starts_at.date() > date(2026, 1, 1)


def test_of_the_family_only_the_patient_and_the_reader_are_named(scene: Scene) -> None:
    sylvie = factories.make_relative(scene.session, patient=scene.patient, given_name="Sylvie")
    nurse = factories.make_practitioner(scene.session)
    scene.visit(
        companion_id=sylvie.id,
        practitioner_id=nurse.id,
        place="Cabinet des Tilleuls",
        address="3 rue des Lilas",
        preparation="Carte Vitale\nOrdonnance",
        instructions="Sonner deux fois",
    )
    event = scene.read(scene.feed(scene.relative("agenda:see"), is_detailed=True))[
        "Jeanne : Pansement"
    ]
    assert event["LOCATION"] == "Cabinet des Tilleuls, 3 rue des Lilas"
    said = str(event["DESCRIPTION"])
    assert "Nadia Belkacem, infirmière" in said
    assert "– Carte Vitale\n– Ordonnance\nSonner deux fois" in said
    assert "Sylvie" not in said


def test_a_calendar_is_called_after_whose_it_is(scene: Scene) -> None:
    paul, herself = scene.relative("agenda:see"), scene.herself()
    names = {
        ("neutral", scene.feed(paul)): "Rendez-vous",
        ("all", scene.feed(paul, of_all=True)): "Rendez-vous",
        ("hers", scene.feed(paul, is_detailed=True)): "Rendez-vous de Jeanne",
        ("alls", scene.feed(paul, of_all=True, is_detailed=True)): "Rendez-vous de mes proches",
        ("own", scene.feed(herself, is_detailed=True)): "Mes rendez-vous",
    }
    for (_which, address), name in names.items():
        calendar = calendar_of(scene.fetch(address))
        assert calendar["X-WR-CALNAME"] == calendar["NAME"] == name
        assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
        assert calendar.walk("VTIMEZONE")
