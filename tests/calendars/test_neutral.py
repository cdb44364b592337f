"""A neutral calendar contains no word that tells a disease, a profession, a place or a name."""

import re
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel.sql.sqltypes import AutoString

from portal.models import columns
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.series import AppointmentSeries
from tests import factories
from tests.calendars.scene import Scene, soon

CANARY = "zzcanaryzz"
_COLUMNS = """
    title performer_text place address phone video_url instructions preparation transport
    cancellation_reason source_name external_uid external_revision
"""
TEXTS = _COLUMNS.split()
_WORD = re.compile(r"[^\W\d_]{2,}")
# Of the format, of tzdata, and the few that the calendar says itself.
_KNOWN = """
    begin end vcalendar vevent vtimezone standard daylight valarm prodid relais agenda fr version
    calscale gregorian name wr calname refresh interval value duration published ttl pt dtstart
    tzid tzname tzoffsetfrom tzoffsetto uid sequence status class private dtstamp last modified
    dtend summary transp transparent action display description trigger date rrule freq byday
    bymonth until exdate recurrence id confirmed tentative cancelled europe paris indian reunion
    cet cest su mo tu we th sa daily weekly yearly time
    rendez vous entre et annulé confirmer
    """


def test_every_text_of_an_appointment_holds_the_canary() -> None:
    texts = {one.name for one in columns(Appointment) if isinstance(one.type, AutoString)}
    assert texts - {"time_zone", "source"} == set(TEXTS)


visits = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(AppointmentKind),
        "status": st.sampled_from(AppointmentStatus),
        "starts": st.integers(-50 * 24, 390 * 24),
        "length": st.sampled_from([None, 0, 30, 120, 3 * 24 * 60]),
        "is_window": st.booleans(),
        "time_zone": st.sampled_from(["Europe/Paris", "Indian/Reunion"]),
        "is_mine": st.booleans(),
        "of_series": st.booleans(),
    }
)


@pytest.mark.parametrize("of_all", [False, True])
def test_no_word_of_the_agenda_is_in_a_neutral_calendar(scene: Scene, of_all: bool) -> None:
    scene.patient.given_name = scene.patient.family_name = CANARY
    paul = scene.relative("agenda:see", given_name=CANARY, family_name=CANARY)
    people = _people(scene, paul.id)
    address = scene.feed(paul, of_all=of_all, alarm_minutes=60)
    seen = 0

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(drawn=st.lists(visits, min_size=1, max_size=15))
    def walk(drawn: list[dict[str, Any]]) -> None:
        nonlocal seen
        rows = [_row(scene, number, one, people) for number, one in enumerate(drawn)]
        scene.session.add_all(rows)
        scene.session.commit()
        answer = scene.fetch(address)
        assert answer.status_code == 200
        seen += answer.text.count("BEGIN:VEVENT")
        assert CANARY not in str(answer.headers)
        _check(answer.text.replace("\r\n ", ""), rows, people)
        for row in rows:
            scene.session.delete(row)
        scene.session.commit()

    walk()
    assert seen > 50


def _people(scene: Scene, user_id: UUID) -> dict[str, UUID]:
    """Everybody who could be named, and the series that they come in."""
    names = {"given_name": CANARY, "family_name": CANARY, "phone": CANARY}
    nurse = factories.make_practitioner(scene.session, profession_text=CANARY, **names)
    house = factories.make_organization(scene.session, name=CANARY)
    relative = factories.make_relative(
        scene.session, patient=scene.patient, given_name=CANARY, family_name=CANARY
    )
    series = AppointmentSeries(
        patient_id=scene.patient.id,
        rrule="FREQ=DAILY",
        first_day=date(2026, 1, 1),
        at=time(9),
        title=CANARY,
        performer_text=CANARY,
        place=CANARY,
        address=CANARY,
        instructions=CANARY,
    )
    scene.session.add(series)
    scene.session.commit()
    return {
        "practitioner_id": nurse.id,
        "organization_id": house.id,
        "companion_id": relative.id,
        "series_id": series.id,
        "created_by": user_id,
    }


def _row(scene: Scene, number: int, drawn: dict[str, Any], people: dict[str, UUID]) -> Appointment:
    starts = soon(hours=drawn["starts"])
    if drawn["of_series"]:
        starts = (starts + timedelta(days=number)).replace(hour=8, minute=0)
    length = drawn["length"]
    is_series = drawn["of_series"]
    texts = dict.fromkeys(TEXTS, f"{CANARY} {number}")
    return Appointment(
        patient_id=scene.patient.id,
        kind=drawn["kind"],
        status=drawn["status"],
        starts_at=starts,
        ends_at=None if length is None else starts + timedelta(minutes=length),
        is_window=drawn["is_window"] and length is not None,
        time_zone=drawn["time_zone"],
        recurrence_start=starts + timedelta(seconds=number) if is_series else None,
        source=CANARY,
        **texts,
        **{k: v for k, v in people.items() if is_series or k != "series_id"},
    )


def _check(text: str, rows: list[Appointment], people: dict[str, UUID]) -> None:
    assert CANARY not in text.lower()
    for row_id in (*(row.id for row in rows), *people.values()):
        assert str(row_id) not in text
        assert row_id.hex not in text
    # Not only the planted words: no other word at all, but in the made-up UIDs.
    words = _WORD.findall(re.sub(r"UID:\S+", "", text).lower())
    assert {word for word in words if word not in _KNOWN.split()} <= {"dt", "tz"}


def test_a_uid_is_another_one_for_another_reader(scene: Scene) -> None:
    paul, anne = scene.relative("agenda:see"), scene.relative("agenda:see")
    scene.visit()
    uids = [
        str(event["UID"])
        for user in (paul, paul, anne)
        for event in scene.read(scene.feed(user)).values()
    ]
    assert uids[0] == uids[1] != uids[2]
