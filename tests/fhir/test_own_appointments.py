"""An agenda that leaves comes back unchanged, arrives whole, and tells nothing that is hidden."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.fhir import ImportReport, Outcome
from portal.fhir.codes import check_codes
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct, AppointmentChange
from portal.models.rights import Block, GrantCategory, HiddenItem
from portal.models.series import AppointmentSeries
from tests import factories
from tests.fhir.agendas import (
    AGENDAS,
    agenda_exported,
    emptied,
    rich_appointment,
    write_agenda,
)
from tests.fhir.circles import only, resources
from tests.fhir.conftest import Import
from tests.fhir.files import Json, appointment, patient

Said = Callable[[ImportReport], list[str]]
profiles = pytest.mark.parametrize("profile", ["french", "hl7"])


def _outcomes(report: ImportReport) -> set[Outcome]:
    return {entry.outcome for entry in report.entries}


def _checked(body: Json) -> None:
    kind = body["resourceType"]
    check_codes(body, kind=kind, file="export", path=kind)
    model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    model.model_validate_json(json.dumps(body))
    foreign: Any = getattr(import_module(f"fhirclient.models.{kind.lower()}"), kind)
    assert foreign(body, strict=True).as_json() == body


@profiles
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes here
    suppress_health_check=list(HealthCheck),
)
@given(agenda=AGENDAS)
def test_any_agenda_comes_back_unchanged_and_arrives_whole(
    take: Import, session: Session, profile: str, agenda: list[dict[str, Any]]
) -> None:
    emptied(session)
    patient_id = write_agenda(session, agenda).id
    bundle = agenda_exported(session, patient_id, profile)
    for visit in resources(bundle, "Appointment"):
        _checked(visit)
    before = take.tables()
    report = take(bundle)
    assert _outcomes(report) == {Outcome.UNCHANGED}, [
        (entry.label, entry.piece, entry.reason) for entry in report.entries
    ]
    assert take.tables() == before
    emptied(session)
    take(bundle)
    assert agenda_exported(session, patient_id, profile) == bundle
    before = take.tables()
    assert _outcomes(take(bundle)) == {Outcome.UNCHANGED}
    assert take.tables() == before


def test_another_reader_understands_who_when_and_where(session: Session) -> None:
    visit = only(agenda_exported(session, rich_appointment(session).patient_id), "Appointment")
    _checked(visit)
    told = [
        (one["actor"].get("display"), one["status"], one.get("type", [{}])[0].get("coding"))
        for one in visit["participant"]
    ]
    system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
    assert told == [
        ("Jeanne Morel", "accepted", None),
        ("Nadia Belkacem", "accepted", [{"system": system, "code": "ATND"}]),
        ("Paul Morel", "needs-action", [{"system": system, "code": "ESC"}]),
        ("Interprète", "accepted", None),
        ("Hôpital Sud", "accepted", None),
    ]
    assert visit["contained"][0]["telecom"][0]["value"] == "02 99 00 00 01"
    assert visit["start"] == "2031-05-05T07:00:00+00:00"
    assert visit["patientInstruction"] == "Venir à jeun.\nSonner deux fois."
    assert (visit["minutesDuration"], visit["status"]) == (30, "booked")


def test_every_reference_is_in_the_bundle(session: Session) -> None:
    bundle = agenda_exported(session, rich_appointment(session).patient_id)
    names = {entry["fullUrl"] for entry in bundle["entry"]} | {"#place"}
    visit = only(bundle, "Appointment")
    told = [one["actor"].get("reference") for one in visit["participant"]]
    told += [visit["contained"][0]["managingOrganization"]["reference"]]
    assert {one for one in told if one} <= names


def test_a_series_arrives_as_what_it_was_and_writes_no_more_dates(
    take: Import, session: Session
) -> None:
    row = rich_appointment(session)
    patient_id, series_id = row.patient_id, row.series_id
    bundle = agenda_exported(session, patient_id)
    emptied(session)
    take(bundle)
    series = session.exec(select(AppointmentSeries)).one()
    assert (series.id, series.rrule, series.window_minutes) == (
        series_id,
        "FREQ=WEEKLY;BYDAY=MO",
        90,
    )
    assert (series.left_out, series.written_until) == (["2026-12-28"], None)
    arrived = session.exec(select(Appointment)).one()
    assert arrived.series_id == series_id
    assert (arrived.source, arrived.is_window) == ("own", True)
    line = session.exec(select(AppointmentChange)).one()
    assert (line.act, line.actor_id) == (AppointmentAct.ADDED, None)


def test_what_is_hidden_from_anybody_or_was_an_error_never_leaves(
    session: Session, keys: KeyRing
) -> None:
    row = rich_appointment(session)
    user, _ = factories.make_user(session, keys)
    session.add(
        HiddenItem(
            patient_id=row.patient_id,
            category=GrantCategory.AGENDA,
            item_id=row.id,
            created_at=now(),
            created_by=user.id,
        )
    )
    wrong = AppointmentStatus.ENTERED_IN_ERROR
    session.add(
        Appointment(patient_id=row.patient_id, title="Erreur", status=wrong, starts_at=now())
    )
    session.add(Appointment(patient_id=row.patient_id, title="Visite", starts_at=now()))
    session.commit()
    bundle = agenda_exported(session, row.patient_id)
    assert [one["description"] for one in resources(bundle, "Appointment")] == ["Visite"]
    assert "cardiologie" not in str(bundle)


def test_whom_the_patient_keeps_out_is_not_named(session: Session, keys: KeyRing) -> None:
    row = rich_appointment(session)
    user, _ = factories.make_user(session, keys)
    session.add(
        Block(
            patient_id=row.patient_id,
            practitioner_id=row.practitioner_id,
            starts_at=now(),
            created_by=user.id,
        )
    )
    session.commit()
    bundle = agenda_exported(session, row.patient_id)
    assert len(resources(bundle, "Appointment")) == 1
    assert "Belkacem" not in str(bundle)


def test_a_file_changes_no_appointment_that_stands_here(
    take: Import, session: Session, said: Said
) -> None:
    patient_id = rich_appointment(session).patient_id
    bundle = agenda_exported(session, patient_id)
    visit = only(bundle, "Appointment")
    visit["status"], visit["description"] = "cancelled", "Autre chose"
    before = take.tables()
    reasons = said(take(bundle))
    assert take.tables() == before
    assert [reason.partition(": ")[0].rpartition(" ")[2] for reason in reasons] == [
        *("title", "status")
    ]


def test_our_mark_in_the_file_of_another_patient_gives_nothing(
    take: Import, session: Session, said: Said
) -> None:
    row = rich_appointment(session)
    appointment_id = row.id
    bundle = agenda_exported(session, row.patient_id)
    identifier = only(bundle, "Appointment")["identifier"]
    report = take(patient(), appointment(identifier=identifier))
    assert "its id is that of another patient's appointment" in said(report)[0]
    kept = session.exec(select(Appointment)).one()
    assert (kept.id, kept.title) == (appointment_id, "Consultation de cardiologie")


@pytest.mark.parametrize(
    "bend",
    [
        {"end": "2031-05-05T06:00:00Z"},
        {"extension": [{"url": "urn:relais:status", "valueCode": "xx"}]},
        {"extension": [{"url": "urn:relais:is-window", "valueBoolean": True}], "end": None},
        {
            "extension": [
                {
                    "url": "urn:relais:series",
                    "extension": [{"url": "id", "valueUri": "urn:uuid:x"}],
                },
                {"url": "urn:relais:recurrence-start", "valueInstant": "2031-05-05T06:00:00Z"},
            ]
        },
        {"extension": [{"url": "urn:relais:time-zone", "valueString": "../../etc/passwd"}]},
        {"extension": [{"url": "urn:relais:answer-before", "valueDate": "2031"}]},
        {"serviceType": [{"coding": [{"system": "urn:relais:appointment-kind", "code": "bomb"}]}]},
    ],
)
def test_bent_marks_break_nothing(take: Import, session: Session, bend: Json) -> None:
    bundle = agenda_exported(session, rich_appointment(session).patient_id)
    emptied(session)
    visit = only(bundle, "Appointment")
    visit.update(bend)
    bundle["entry"][-1]["resource"] = {name: one for name, one in visit.items() if one is not None}
    take(bundle)
    found = session.exec(select(Appointment)).all()
    assert all(row.time_zone != "../../etc/passwd" and row.series_id is None for row in found) or (
        "extension" not in bend
    )


def test_an_id_of_ours_that_was_never_here_arrives_once(take: Import, session: Session) -> None:
    mark = {"coding": [{"system": "urn:relais:identifier", "code": "row"}]}
    wanted = uuid4()
    told = {"type": mark, "system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{wanted}"}
    for _ in range(2):
        take(patient(), appointment(identifier=[told]))
    assert session.exec(select(Appointment)).one().id == wanted


def test_a_file_of_other_software_that_moves_an_appointment_is_one_act(
    take: Import, session: Session
) -> None:
    take(patient(), appointment())
    take(appointment(start="2031-05-05T08:00:00Z", end="2031-05-05T08:30:00Z"))
    take(appointment(start="2031-05-05T08:00:00Z", end="2031-05-05T08:30:00Z"))
    assert session.exec(select(Appointment)).one().version == 2
    lines = sorted(session.exec(select(AppointmentChange)), key=lambda line: line.id)
    assert [line.act for line in lines] == [AppointmentAct.BOOKED, AppointmentAct.MOVED]
    assert lines[1].fields["starts_at"][1] == "2031-05-05T08:00:00+00:00"
