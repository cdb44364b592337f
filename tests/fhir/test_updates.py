"""Importing again: nothing changes, or only what changed, and it takes seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlmodel import Session, select

from portal.db import Database
from portal.fhir import Outcome
from portal.models.care import Patient
from portal.models.directory import Organization
from tests.fhir.conftest import Import
from tests.fhir.files import (
    Json,
    appointment,
    bundle,
    care_team,
    location,
    member,
    name,
    organization,
    patient,
    practitioner,
    related_person,
)

EVERYTHING = (
    patient(telecom=[{"system": "phone", "value": "0601", "use": "mobile"}]),
    practitioner(),
    organization(),
    location(),
    related_person(),
    care_team(member("Practitioner/leroy"), member("#p1"), contained=[practitioner("p1")]),
    appointment("Practitioner/leroy", "Location/hopital", "Practitioner/unknown"),
)


def _jeanne(session: Session) -> Patient:
    return session.exec(select(Patient)).one()


def test_a_second_run_writes_nothing_at_all(take: Import, database: Database) -> None:
    take(*EVERYTHING)
    before = take.tables()
    with _statements(database) as statements:
        report = take(*EVERYTHING)
    assert take.tables() == before
    assert report.counts() == {
        Outcome.CREATED: 0,
        Outcome.UPDATED: 0,
        Outcome.UNCHANGED: 8,
        Outcome.LEFT_OUT: 0,
    }
    assert not [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_another_spelling_of_the_same_json_is_no_change(take: Import) -> None:
    take(patient(meta={"lastUpdated": "2026-01-01T00:00:00Z", "versionId": "1"}))
    shuffled = dict(reversed(patient(meta={"versionId": "2"}).items()))
    assert take(bundle(shuffled, base="https://a.example")).counts()[Outcome.UNCHANGED] == 1


def test_a_changed_file_updates_only_its_resource(take: Import, session: Session) -> None:
    take(*EVERYTHING)
    report = take(*EVERYTHING[:-1], organization(name="Cabinet des Roses"))
    assert report.counts()[Outcome.UPDATED] == 1
    assert session.exec(select(Organization)).one().name == "Cabinet des Roses"


def test_what_was_corrected_by_hand_stays(take: Import, session: Session) -> None:
    take(EVERYTHING[0])
    row = _jeanne(session)
    row.phone, row.email = "0707", "jeanne@example.org"
    session.commit()
    take(EVERYTHING[0] | {"gender": "other"})
    row = _jeanne(session)
    assert (row.gender, row.phone, row.email) == ("other", "0707", "jeanne@example.org")


def test_what_the_file_does_not_say_any_more_is_emptied(take: Import, session: Session) -> None:
    take(EVERYTHING[0])
    assert _jeanne(session).phone == "0601"
    take(patient())
    assert _jeanne(session).phone == ""


def test_a_row_that_was_deleted_comes_back(take: Import, session: Session) -> None:
    take(organization())
    session.delete(session.exec(select(Organization)).one())
    session.commit()
    take(patient(managingOrganization={"reference": "Organization/cabinet"}))
    assert _jeanne(session).organization_id is None
    take(organization())
    assert session.exec(select(Organization)).one().name == "Cabinet des Lilas"


def test_the_report_gives_names_and_ids_in_the_order_of_the_files(
    take: Import, session: Session
) -> None:
    report = take(*EVERYTHING)
    assert report.patients == {_jeanne(session).id: "Jeanne Morel"}
    assert list(report.organizations.values()) == ["Cabinet des Lilas"]
    assert list(report.practitioners.values()) == ["Anne Leroy", "Anne Leroy"]
    labels = [entry.label for entry in report.entries if not entry.piece]
    assert labels == [
        "Patient/jeanne",
        "Practitioner/leroy",
        "Organization/cabinet",
        "Location/hopital",
        "RelatedPerson/paul",
        "CareTeam/cercle",
        "CareTeam/cercle#p1",
        "Appointment/controle",
    ]


def _crowd(number: int) -> Iterator[Json]:
    for n in range(number):
        who = {"reference": f"Patient/{n}"}
        doctor = f"Practitioner/d{n}"
        yield practitioner(f"d{n}", name=[name(f"Docteur{n}", "A")])
        yield patient(str(n), name=[name(f"Morel{n}", "Jeanne")])
        yield related_person(f"r{n}", patient=who)
        yield care_team(member(doctor), member(f"RelatedPerson/r{n}"), id=f"c{n}", subject=who)
        visit = appointment(doctor, id=f"a{n}")
        visit["participant"][0]["actor"] = who
        yield visit


def test_thousands_of_resources_take_seconds_and_few_statements(
    take: Import, database: Database
) -> None:
    crowd = bundle(*_crowd(1000), type="searchset", base="https://a.example/fhir")
    began = time.monotonic()
    with _statements(database) as statements:
        report = take(crowd)
    assert report.counts()[Outcome.CREATED] == 5000
    assert len(statements) < 150
    assert time.monotonic() - began < 60
    with _statements(database) as statements:
        assert take(crowd).counts()[Outcome.UNCHANGED] == 5000
    assert len(statements) < 150


@contextmanager
def _statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
