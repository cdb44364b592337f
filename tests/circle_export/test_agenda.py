"""The appointments leave with the circle only when asked for, by those who see them."""

import json

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.audit import AccessEvent
from portal.models.care import Patient
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient
from tests.statements import counted


@pytest.fixture
def patient(session: Session) -> Patient:
    patient = factories.make_patient(session)
    factories.make_appointment(session, patient=patient, title="Écho du cœur")
    return patient


def _path(patient: Patient, query: str = "?agenda=yes") -> str:
    return f"/p/{patient.id}/circle-export{query}"


def test_the_patient_takes_the_agenda_along_when_asked(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    reader.enter(session, user)
    assert "Écho du cœur" not in reader.get(_path(patient, "")).text
    assert "Écho du cœur" in reader.get(_path(patient)).text


def test_a_relative_needs_both_rights_and_leaves_two_lines_in_the_log(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    users = [factories.make_user(session, keys)[0] for _ in range(2)]
    for user, grants in zip(
        users, (("care_team:see",), ("care_team:see", "agenda:see")), strict=True
    ):
        factories.make_link(session, patient=patient, user=user, grants=grants)
    reader.enter(session, users[0])
    assert reader.get(_path(patient)).status_code == 403
    reader.enter(session, users[1])
    assert "Écho du cœur" in reader.get(_path(patient)).text
    lines = session.exec(select(AccessEvent).where(AccessEvent.actor_id == users[1].id)).all()
    assert sorted(line.category for line in lines) == ["agenda", "care_team"]


@pytest.mark.parametrize("visits", [1, 40])
def test_it_costs_the_same_for_one_and_for_many(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, patient: Patient, visits: int
) -> None:
    for _ in range(visits):
        nurse = factories.make_practitioner(session)
        factories.make_appointment(
            session, patient=patient, practitioner_id=nurse.id, starts_at=clock.now()
        )
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, grants=("care_team:see", "agenda:see"))
    reader.enter(session, user)
    with counted(app) as statements:
        answer = reader.get(_path(patient))
    told = [entry["resource"]["resourceType"] for entry in json.loads(answer.get_data())["entry"]]
    assert told.count("Appointment") == visits + 1
    # The circle costs five; the agenda is one more, and its line of the log two.
    assert len(statements) <= 8
