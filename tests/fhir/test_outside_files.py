"""The care-circle files from outside the project, as an operator would take them in."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from portal.errors import ImportRefusedError
from portal.fhir import ImportReport, Outcome
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.care import CareTeam, CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.interop import FhirResource
from tests.fhir.conftest import Import

Said = Callable[[ImportReport], list[str]]


@pytest.fixture
def outside(shared_data: Path) -> list[Path]:
    fhir = shared_data / "fhir"
    return [fhir / "cercle-de-soins-transaction.json", fhir / "hl7-r4-examples"]


def _patient(session: Session, family: str) -> Patient:
    return session.exec(select(Patient).where(Patient.family_name == family)).one()


def _members(session: Session, patient: Patient) -> list[CareTeamMember]:
    query = select(CareTeamMember).where(CareTeamMember.patient_id == patient.id)
    return list(session.exec(query))


def test_jacques_thobois_arrives_with_his_circle(
    take: Import, session: Session, outside: list[Path]
) -> None:
    take(*outside)
    jacques = _patient(session, "Thobois")
    assert (jacques.given_name, jacques.birth_date) == ("Jacques", "1984-10-02")
    circle = session.get_one(CareTeam, jacques.id)
    assert circle.name == "Cercle de soins de Mr Jacques Thobois"
    people = session.exec(select(RelatedPerson).where(RelatedPerson.patient_id == jacques.id))
    neighbour = people.one()
    assert (neighbour.relationship, neighbour.is_emergency_contact) == ("NBOR", True)
    assert neighbour.address == "12 Rue de la Paix, 75004 Paris"
    practice = session.exec(
        select(Organization).where(Organization.name == "Cabinet médical CC CC")
    )
    place = practice.one()
    assert (place.kind_text, place.address) == ("Médical", "12 rue du paris, 35000 Rennes")
    assert jacques.organization_id == place.id
    members = {
        member.related_person_id or member.organization_id: member
        for member in _members(session, jacques)
    }
    assert members.keys() == {neighbour.id, place.id}
    assert members[neighbour.id].functions == ["contact_urgence"]


def test_an_ins_with_a_wrong_key_is_not_used(
    take: Import, session: Session, outside: list[Path], said: Said
) -> None:
    report = take(*outside)
    assert _patient(session, "Thobois").ins is None
    assert any("the key of the INS is wrong: 44 instead of 12" in line for line in said(report))
    number = col(FhirResource.content).contains("123456789012244")
    kept = session.exec(select(FhirResource).where(number))
    assert len(kept.all()) == 1


def test_peter_chalmers_arrives_with_circle_practitioner_place_and_appointments(
    take: Import, session: Session, outside: list[Path]
) -> None:
    take(*outside)
    peter = _patient(session, "Chalmers")
    assert (peter.given_name, peter.phone) == ("Peter James", "(03) 3410 5613")
    people = {
        member.practitioner_id or member.related_person_id: member
        for member in _members(session, peter)
    }
    wife = session.exec(select(RelatedPerson).where(RelatedPerson.given_name == "Bénédicte")).one()
    dietician = session.exec(
        select(Practitioner).where(Practitioner.family_name == "Dietician")
    ).one()
    assert people[wife.id].period_end is None
    assert people[dietician.id].role_text == "adviser"
    ended = people[dietician.id].period_end
    assert ended is not None
    assert ended.isoformat() == "2013-01-01T22:59:59+00:00"
    adam = session.exec(select(Practitioner).where(Practitioner.family_name == "Careful")).one()
    role = session.exec(select(PractitionerRole)).one()
    assert role.practitioner_id == adam.id
    assert role.hours[1] == {"days": ["thu", "fri"], "from": "09:00", "to": "12:00"}
    assert role.absences[0]["to"] == "2017-05-20"
    query = select(Appointment).where(Appointment.patient_id == peter.id)
    visits = {visit.status: visit for visit in session.exec(query.order_by("starts_at"))}
    assert visits[AppointmentStatus.PROPOSED].requested_start is not None
    assert visits[AppointmentStatus.BOOKED].practitioner_id == adam.id
    assert visits[AppointmentStatus.BOOKED].place == "South Wing, second floor"


def test_what_is_left_out_is_said_with_the_reason(
    take: Import, outside: list[Path], said: Said
) -> None:
    lines = said(take(*outside))
    unknown = "is unknown: not in these files, not imported before"
    assert "CarePlan/example: Relais does not read CarePlan yet" in lines
    assert f"RelatedPerson/peter: its patient Patient/animal {unknown}" in lines
    by_name = f"Practitioner/f202 {unknown}; shown by name only"
    assert f"Appointment/2docs participant[2].actor: {by_name}" in lines
    assert f"Patient/example managingOrganization: Organization/1 {unknown}" in lines


def test_the_second_run_changes_nothing_at_all(take: Import, outside: list[Path]) -> None:
    first = take(*outside)
    before = take.tables()
    second = take(*outside)
    assert take.tables() == before
    assert second.counts()[Outcome.UNCHANGED] == first.counts()[Outcome.CREATED] == 23
    assert second.counts()[Outcome.CREATED] == second.counts()[Outcome.UPDATED] == 0
    assert second.patients == first.patients


def test_the_whole_folder_in_one_call_is_the_same(take: Import, outside: list[Path]) -> None:
    take(*outside)
    again = take(outside[0].parent)
    assert again.counts()[Outcome.CREATED] == again.counts()[Outcome.UPDATED] == 0


WRONG = [[], {}, "zzz", 7, True, {"resourceType": "Zzz"}, [["x"]], "9999-12-31T00:00:00-11:00"]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in inside:
            yield from _places(item, (*path, key))


def _replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = deepcopy(document)
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return copy


def test_a_wrong_value_anywhere_is_refused_or_taken_and_never_an_error(
    take: Import, outside: list[Path]
) -> None:
    document = json.loads(outside[0].read_text())
    take(document)
    before, refusals = take.tables(), list[ImportRefusedError]()
    for path in _places(document):
        for wrong in WRONG:
            try:
                report = take.trial(_replaced(document, path, wrong))
            except ImportRefusedError as refusal:
                refusals.append(refusal)
                continue
            assert all(e.reason for e in report.entries if e.outcome == Outcome.LEFT_OUT)
    assert len(refusals) > 500
    assert all(refusal.file and refusal.reason for refusal in refusals)
    assert take.tables() == before
