"""A FHIR Appointment in a patient's agenda."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from portal.clock import now
from portal.fhir import ImportReport, Outcome
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Practitioner
from tests.fhir.conftest import Import
from tests.fhir.files import (
    Json,
    appointment,
    concept,
    location,
    name,
    organization,
    patient,
    practitioner,
    related_person,
)

Said = Callable[[ImportReport], list[str]]
ATTENDER = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
STRANGER = patient("b", name=[name("Petit", "Lucien")])
ROUX = practitioner("roux", name=[name("Roux", "Luc", prefix=["Dr"])])


def _one(session: Session) -> Appointment:
    return session.exec(select(Appointment)).one()


def _actor(reference: str = "", **more: Any) -> Json:
    actor = {"reference": reference} if reference else {}
    return {"actor": actor | more, "status": "accepted"}


def _timeless(**more: Any) -> Json:
    body = appointment(**more)
    del body["start"], body["end"]
    return body


def test_an_appointment_is_in_the_agenda(take: Import, session: Session) -> None:
    visit = appointment(
        "Practitioner/leroy",
        "Location/hopital",
        "RelatedPerson/paul",
        comment="Venir à jeun.\r\nApporter la carte Vitale.",
        patientInstruction="Sonner deux fois.",
        minutesDuration=30,
    )
    take(patient(), practitioner(), location(), related_person(), visit)
    row = _one(session)
    assert (row.title, row.status, row.kind) == ("Contrôle", "booked", AppointmentKind.OTHER)
    assert row.starts_at == datetime(2031, 5, 5, 7, tzinfo=UTC)
    assert row.ends_at == datetime(2031, 5, 5, 7, 30, tzinfo=UTC)
    assert (row.time_zone, row.source, row.duration_minutes) == ("Europe/Paris", "fhir", 30)
    assert row.practitioner_id == session.exec(select(Practitioner)).one().id
    assert row.companion_id == session.exec(select(RelatedPerson)).one().id
    assert (row.place, row.address) == ("Hôpital Sud", "1 rue du Bois, 35000 Rennes")
    assert row.instructions == ("Venir à jeun.\nApporter la carte Vitale.\n\nSonner deux fois.")


def test_the_attender_comes_first_and_the_others_in_words(take: Import, session: Session) -> None:
    attends = _actor("Practitioner/leroy") | {"type": [concept(ATTENDER, "ATND")]}
    take(
        patient(),
        practitioner(),
        ROUX,
        appointment("Practitioner/roux", attends, _actor(display="Interprète")),
    )
    row = _one(session)
    leroy = session.exec(select(Practitioner).where(Practitioner.family_name == "Leroy")).one()
    assert row.practitioner_id == leroy.id
    assert row.performer_text == "Dr Luc Roux, Interprète"


def test_who_declined_does_not_attend(take: Import, session: Session) -> None:
    declined = _actor("Practitioner/leroy") | {"status": "declined"}
    nobody = _actor(display="Dr Nemo") | {"status": "declined"}
    take(patient(), practitioner(), appointment(declined, nobody))
    assert (_one(session).practitioner_id, _one(session).performer_text) == (None, "")


def test_an_unknown_professional_is_named_in_words_and_told(
    take: Import, session: Session, said: Said
) -> None:
    report = take(patient(), appointment(_actor("Practitioner/f202", display="Luigi Maas")))
    assert _one(session).performer_text == "Luigi Maas"
    assert [entry.name for entry in report.entries if entry.piece] == ["Luigi Maas"]
    assert said(report)[0].startswith("Appointment/controle participant[1].actor: ")


def test_an_unknown_place_is_named_in_words(take: Import, session: Session) -> None:
    take(patient(), appointment(_actor("Location/x", display="Aile sud")))
    assert (_one(session).place, _one(session).performer_text) == ("Aile sud", "")


def test_two_patients_have_a_row_each_and_never_see_each_other(
    take: Import, session: Session
) -> None:
    far = related_person("far", patient={"reference": "Patient/b"}, name=[name("Petit", "Zoé")])
    visit = appointment(
        "Patient/b",
        "RelatedPerson/far",
        _actor("Patient/c", display="Madame Secret"),
        _actor(display="Monsieur Secret", type="Patient"),
    )
    take(patient(), STRANGER, related_person(), far, visit)
    names = {row.id: row.family_name for row in session.exec(select(Patient))}
    rows = {names[row.patient_id]: row for row in session.exec(select(Appointment))}
    assert rows.keys() == {"Morel", "Petit"}
    assert rows["Morel"].performer_text == rows["Petit"].performer_text == ""
    assert (rows["Morel"].companion_id is None, rows["Petit"].companion_id is None) == (True, False)
    assert take(visit).counts()[Outcome.UNCHANGED] == 1
    take(appointment())
    session.expire_all()
    assert (rows["Morel"].status, rows["Petit"].status) == ("booked", "cancelled")


@pytest.mark.parametrize("status", list(AppointmentStatus))
def test_every_status_is_kept(take: Import, session: Session, status: AppointmentStatus) -> None:
    take(patient(), appointment())
    take(appointment(status=status))
    assert _one(session).status is status


@pytest.mark.parametrize(
    ("visit", "reason"),
    [
        (_timeless(), "an appointment that is booked needs a start (FHIR rule app-3)"),
        (
            _timeless(status="proposed") | {"end": "2031-05-05T07:00:00Z"},
            "it has an end and no start (FHIR rule app-2)",
        ),
        (
            appointment(end="2031-05-05T06:59:59Z"),
            "it ends (2031-05-05T06:59:59Z) before it starts (2031-05-05T07:00:00Z)",
        ),
        (appointment(status="entered-in-error"), "it was entered in error"),
    ],
)
def test_an_appointment_that_cannot_take_place_is_left_out(
    take: Import, said: Said, visit: Json, reason: str
) -> None:
    assert said(take(patient(), visit)) == [f"Appointment/controle: {reason}"]
    assert take.tables()["appointment"] == []


def test_a_proposal_without_a_time_keeps_the_days_asked_for(take: Import, session: Session) -> None:
    asked = {"start": "2031-06-02", "end": "2031-06-09T22:30:00Z"}
    take(patient(), _timeless(status="proposed", requestedPeriod=[asked]))
    row = _one(session)
    assert (row.starts_at, row.requested_start) == (None, date(2031, 6, 2))
    assert row.requested_end == date(2031, 6, 10)  # after midnight in Paris


def test_an_end_is_made_of_the_duration(take: Import, session: Session) -> None:
    visit = appointment(minutesDuration=45)
    del visit["end"]
    take(patient(), visit)
    assert _one(session).ends_at == datetime(2031, 5, 5, 7, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("extension", "zone"),
    [
        ("Indian/Reunion", "Indian/Reunion"),
        ("Mars/Olympus", "Europe/Paris"),
        ("/etc", "Europe/Paris"),
    ],
)
def test_the_zone_of_the_place_is_taken_when_it_is_told(
    take: Import, session: Session, extension: str, zone: str
) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/tz-code"
    told = {"extension": [{"url": url, "valueCode": extension}]}
    take(patient(), appointment(_start=told))
    assert _one(session).time_zone == zone


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"description": None, "serviceType": [{"text": "Radio"}]}, "Radio"),
        ({"description": None, "reasonCode": [{"text": "Douleur"}]}, "Douleur"),
        ({"description": None, "appointmentType": concept("urn:x", "F", "Suivi")}, "Suivi"),
        ({"description": None}, "Rendez-vous"),
    ],
)
def test_a_title_is_made_of_what_is_there(
    take: Import, session: Session, more: Json, title: str
) -> None:
    take(patient(), appointment(**more))
    assert _one(session).title == title


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        (
            {"appointmentType": concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "VR")},
            AppointmentKind.TELECONSULTATION,
        ),
        ({"appointmentType": concept("urn:local", "VR")}, AppointmentKind.OTHER),
    ],
)
def test_a_kind_is_told_only_when_it_is_certain(
    take: Import, session: Session, more: Json, kind: AppointmentKind
) -> None:
    take(patient(), appointment(**more))
    assert _one(session).kind is kind


def test_the_kind_and_structure_of_the_place_count(take: Import, session: Session) -> None:
    place = location(
        type=[concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "HOSP")],
        managingOrganization={"reference": "Organization/cabinet"},
    )
    take(patient(), organization(), place, appointment("Location/hopital"))
    row = _one(session)
    assert (row.kind, row.organization_id is None) == (AppointmentKind.HOSPITAL, False)


def test_a_cancellation_says_why(take: Import, session: Session) -> None:
    take(patient(), _timeless(status="cancelled", cancelationReason={"text": "grève"}))
    assert (_one(session).status, _one(session).cancellation_reason) == ("cancelled", "grève")


def test_what_was_changed_by_hand_stays_when_the_file_says_nothing_new(
    take: Import, session: Session
) -> None:
    take(patient(), related_person(), appointment(comment="À jeun."))
    row = _one(session)
    row.companion_id = session.exec(select(RelatedPerson)).one().id
    row.instructions, row.status = "À jeun depuis minuit.", AppointmentStatus.CANCELLED
    session.commit()
    take(appointment(comment="À jeun.", description="Contrôle annuel"))
    row = _one(session)
    assert (row.title, row.instructions) == ("Contrôle annuel", "À jeun depuis minuit.")
    assert (row.status, row.companion_id is None) == ("cancelled", False)


def test_times_moved_by_hand_and_in_the_file_stay_in_order(take: Import, session: Session) -> None:
    take(patient(), appointment())
    row = _one(session)
    row.ends_at, row.is_window = row.starts_at, True
    session.commit()
    take(appointment(start="2031-05-05T07:10:00Z"))
    row = _one(session)
    assert row.starts_at is not None
    assert row.ends_at == row.starts_at + timedelta(minutes=20)


def test_a_place_that_moves_takes_the_appointments_to_come_with_it(
    take: Import, session: Session
) -> None:
    past = appointment("Location/hopital", id="passe", start="2020-01-01T10:00:00Z")
    past["end"] = "2020-01-01T11:00:00Z"
    take(patient(), location(), past, appointment("Location/hopital"))
    take(location(name="Hôpital Nord", address={"city": "Brest"}))
    rows = session.exec(select(Appointment)).all()
    places = {(row.starts_at or now()) > now(): (row.place, row.address) for row in rows}
    assert places[True] == ("Hôpital Nord", "Brest")
    assert places[False] == ("Hôpital Sud", "1 rue du Bois, 35000 Rennes")
