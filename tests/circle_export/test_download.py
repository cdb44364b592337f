"""The circle to take away: who may, how much of it, and how it arrives."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.fhir.elements import Json
from portal.models.audit import AccessEvent
from portal.models.care import Patient
from portal.models.need import Need
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

INS = "248033500123473"


@pytest.fixture
def patient(session: Session) -> Patient:
    place = factories.make_organization(session)
    return factories.make_patient(session, ins=INS, organization_id=place.id)


def _path(patient: Patient, query: str = "") -> str:
    return f"/p/{patient.id}/circle-export{query}"


def _enter(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient, **link: Any
) -> None:
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, **link)
    reader.enter(session, user)


def _ids(bundle: Json) -> str:
    people = (entry["resource"] for entry in bundle["entry"])
    told = next(one for one in people if one["resourceType"] == "Patient")
    return json.dumps(told["identifier"])


def test_the_patient_takes_the_whole_circle_away(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    _enter(reader, session, keys, patient, kind=CareLinkKind.SELF)
    answer = reader.get(_path(patient))
    assert answer.status_code == 200
    assert answer.mimetype == "application/fhir+json"
    assert answer.headers["Content-Disposition"] == "attachment; filename=cercle-de-soins.json"
    assert "no-store" in answer.headers["Cache-Control"]
    bundle = json.loads(answer.get_data())
    assert bundle["type"] == "transaction"
    assert INS in _ids(bundle)


def test_the_profile_can_be_chosen(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    _enter(reader, session, keys, patient, kind=CareLinkKind.SELF)
    plain = json.loads(reader.get(_path(patient, "?profile=hl7")).get_data())
    assert plain["type"] == "collection"
    assert reader.get(_path(patient, "?profile=zzz")).status_code == 404


def test_a_carer_takes_away_what_the_team_page_shows(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    _enter(reader, session, keys, patient, grants=("care_team:see",))
    answer = reader.get(_path(patient))
    assert answer.status_code == 200
    assert INS not in answer.get_data(as_text=True)


@pytest.mark.parametrize(("kind", "is_said"), [("carer", False), ("self", True)])
def test_why_somebody_left_is_not_told_to_relatives(
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    patient: Patient,
    kind: str,
    is_said: bool,
) -> None:
    nurse = factories.make_practitioner(session)
    values = {"period_end": factories.LONG_AGO, "end_reason": "patient_wish"}
    factories.make_member(session, patient=patient, practitioner_id=nurse.id, **values)
    grants = ("care_team:see",) if kind == "carer" else ()
    _enter(reader, session, keys, patient, kind=CareLinkKind(kind), grants=grants)
    told = reader.get(_path(patient)).get_data(as_text=True)
    assert nurse.family_name in told
    assert ("patient_wish" in told) == is_said


def test_a_coordinator_has_the_identity(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    user, _ = factories.make_user(session, keys)
    assert patient.organization_id is not None
    factories.make_coordination(session, user=user, organization_id=patient.organization_id)
    reader.enter(session, user)
    assert INS in reader.get(_path(patient)).get_data(as_text=True)


def test_a_professional_of_the_circle_has_less_and_leaves_a_line_in_the_log(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    reader.enter(session, user)
    answer = reader.get(_path(patient))
    assert (answer.status_code, INS in answer.get_data(as_text=True)) == (200, False)
    lines = session.exec(select(func.count()).select_from(AccessEvent)).one()
    assert lines == 1


def test_without_the_right_there_is_nothing_to_take(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    _enter(reader, session, keys, patient, grants=("agenda:see",))
    assert reader.get(_path(patient)).status_code == 403


def test_a_stranger_does_not_learn_that_there_is_a_circle(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    assert reader.get(_path(patient)).status_code == 404


@pytest.mark.parametrize("rows", [1, 40])
def test_it_costs_the_same_for_one_and_for_many(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, patient: Patient, rows: int
) -> None:
    for number in range(rows):
        nurse = factories.make_practitioner(session, family_name=f"Nom {number}")
        seat = factories.make_member(session, patient=patient, practitioner_id=nurse.id)
        session.add(Need(patient_id=patient.id, code="meals", owner_id=seat.id))
    session.flush()
    _enter(reader, session, keys, patient, grants=("care_team:see",))
    with counted(app) as statements:
        answer = reader.get(_path(patient))
    assert answer.status_code == 200
    assert len(json.loads(answer.get_data())["entry"]) == rows + 4
    assert len(statements) <= 5
