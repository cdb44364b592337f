"""Agendas in the database, for the tests of what leaves: one by hand, and drawn ones."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import Session

from portal import clock
from portal.fhir.export import Profile, export_circle
from portal.models import metadata
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.care import Patient
from portal.models.series import AppointmentSeries
from tests import factories
from tests.fhir.drawn_circles import names, phones, rows, words, zones
from tests.fhir.files import Json

SOON = datetime(2031, 5, 5, 7, tzinfo=UTC)
_many_lines = st.lists(words, max_size=3).map("\n".join)
_moments = st.integers(-500_000, 500_000).map(
    lambda minutes: clock.now() + timedelta(minutes=minutes)
)

APPOINTMENTS = rows(
    title=names,
    kind=st.sampled_from(AppointmentKind),
    status=st.sampled_from([one for one in AppointmentStatus if one != "entered-in-error"]),
    starts_at=st.none() | _moments,
    length=st.none() | st.integers(0, 9000),
    is_window=st.booleans(),
    time_zone=zones,
    requested_start=st.none() | st.dates(date(2030, 1, 1), date(2031, 1, 1)),
    requested_end=st.none() | st.dates(date(2032, 1, 1), date(2033, 1, 1)),
    respond_before=st.none() | st.dates(date(2026, 1, 1), date(2031, 1, 1)),
    duration_minutes=st.none() | st.integers(1, 600),
    performer_text=words,
    place=words,
    address=words,
    phone=phones,
    video_url=st.sampled_from(("", "https://example.org/visio")),
    companion_confirmed=st.booleans(),
    needs_companion=st.booleans(),
    transport=words,
    preparation=_many_lines,
    instructions=_many_lines,
    cancellation_reason=words,
    source=st.sampled_from(("portal", "own", "calendar", "demo", "fhir")),
    source_name=words,
    has_practitioner=st.booleans(),
    has_organization=st.booleans(),
    has_companion=st.booleans(),
    has_series=st.booleans(),
)
AGENDAS = st.lists(APPOINTMENTS, min_size=1, max_size=5)


def agenda_exported(session: Session, patient_id: UUID, profile: str = "hl7") -> Json:
    """With the circle, as of now; the session has nothing in its memory afterwards."""
    body = export_circle(
        session,
        patient_id=patient_id,
        profile=Profile(profile),
        is_full=True,
        at=clock.now(),
        has_agenda=True,
    )
    session.rollback()
    session.expunge_all()
    session.info.clear()
    return body


def emptied(session: Session) -> None:
    session.rollback()
    session.info.clear()
    session.expunge_all()
    for table in reversed(metadata.sorted_tables):
        session.execute(delete(table))
    session.commit()
    session.expunge_all()


def write_agenda(session: Session, agenda: list[dict[str, Any]]) -> Patient:
    patient = factories.make_patient(session)
    links = _links(session, patient)
    for number, drawn in enumerate(agenda):
        _appointment(session, patient, links, number, dict(drawn))
    session.commit()
    return patient


def _links(session: Session, patient: Patient) -> dict[str, Any]:
    son = factories.make_relative(session, patient=patient, given_name="Paul")
    factories.make_member(session, patient=patient, related_person_id=son.id)
    series = AppointmentSeries(
        patient_id=patient.id,
        rrule="FREQ=WEEKLY;BYDAY=MO",
        first_day=date(2026, 11, 2),
        at=time(9, 30),
        window_minutes=90,
        left_out=["2026-12-28"],
        skips_holidays=True,
        title="Kinésithérapie",
    )
    session.add(series)
    session.flush()
    return {
        # Whoever receives need not have a place in the circle.
        "practitioner_id": factories.make_practitioner(session).id,
        "organization_id": factories.make_organization(session).id,
        "companion_id": son.id,
        "series_id": series.id,
    }


def _appointment(
    session: Session, patient: Patient, links: dict[str, Any], number: int, drawn: dict[str, Any]
) -> None:
    length, starts_at = drawn.pop("length"), drawn["starts_at"]
    is_timed = starts_at is not None and length is not None
    drawn["ends_at"] = starts_at + timedelta(minutes=length) if is_timed else None
    drawn["is_window"] = drawn["is_window"] and is_timed
    chosen = {name: links[name] for name in links if drawn.pop(f"has_{name.removesuffix('_id')}")}
    if "series_id" in chosen:
        chosen["recurrence_start"] = SOON + timedelta(days=number)
    session.add(Appointment(patient_id=patient.id, **drawn, **chosen))
    session.flush()


def rich_appointment(session: Session) -> Appointment:
    """With every column filled."""
    patient = factories.make_patient(session)
    links = _links(session, patient)
    row = Appointment(
        patient_id=patient.id,
        title="Consultation de cardiologie",
        kind=AppointmentKind.TELECONSULTATION,
        starts_at=SOON,
        ends_at=SOON + timedelta(minutes=90),
        is_window=True,
        time_zone="Indian/Reunion",
        respond_before=date(2031, 5, 1),
        duration_minutes=30,
        performer_text="Interprète",
        place="Hôpital Sud",
        address="1 rue du Bois, 35000 Rennes",
        phone="02 99 00 00 01",
        video_url="https://example.org/visio",
        companion_confirmed=False,
        needs_companion=True,
        transport="VSL réservé",
        preparation="Carte Vitale\nOrdonnance",
        instructions="Venir à jeun.\nSonner deux fois.",
        source="calendar",
        source_name="CHU",
        external_uid="x@chu.example.org",
        recurrence_start=SOON - timedelta(hours=1),
        **links,
    )
    session.add(row)
    session.commit()
    return row
