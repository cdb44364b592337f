"""A page asks the database at most five times, and as often for a thousand rows as for one."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Practitioner
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MANY = 1_000
MOST = 5


def _read(app: Flask, reader: PageClient, path: str) -> int:
    with counted(app) as statements:
        answer = reader.get(path)
    assert answer.status_code == 200, path
    return len(statements)


def _agenda(session: Session, patient: Patient, *, rows: int) -> Appointment:
    """Half of them past, half to come, ten on each day."""
    start = clock.now() - timedelta(hours=1.2 * rows)
    session.add_all(
        Appointment(
            patient_id=patient.id,
            title="Pansement",
            starts_at=start + timedelta(hours=2.4 * number),
        )
        for number in range(rows)
    )
    return factories.make_appointment(session, patient=patient)


def _circle(session: Session, patient: Patient, *, rows: int) -> None:
    people = [Practitioner(family_name=f"Nom {number}") for number in range(rows)]
    session.add_all(people)
    session.flush()
    session.add_all(
        CareTeamMember(patient_id=patient.id, practitioner_id=person.id) for person in people
    )
    session.flush()


def _file(session: Session, keys: KeyRing, *, rows: int) -> tuple[User, dict[str, str]]:
    patient = factories.make_patient(session)
    one = _agenda(session, patient, rows=rows)
    _circle(session, patient, rows=rows)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, grants=("agenda:see", "care_team:see"))
    base = f"/p/{patient.id}"
    return user, {
        "home": f"{base}/",
        "week": f"{base}/agenda",
        "list": f"{base}/agenda?view=list",
        "past": f"{base}/agenda?view=past",
        "appointment": f"{base}/agenda/{one.id}",
        "team": f"{base}/care-team",
    }


def test_pages_about_a_patient_cost_the_same_for_one_row_and_for_a_thousand(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    counts = []
    for rows in (1, MANY):
        user, paths = _file(session, keys, rows=rows)
        reader = PageClient(app)
        reader.enter(session, user)
        counts.append({key: _read(app, reader, path) for key, path in paths.items()})
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= MOST, counts[0]
    assert min(counts[0].values()) >= 2, "guard and data are read"


def _people(session: Session, user: User, *, rows: int) -> None:
    for number in range(rows):
        patient = factories.make_patient(session, given_name=f"Anne {number}")
        link = factories.make_link(session, patient=patient, user=user)
        factories.make_grant(session, link=link, category="agenda")
        factories.make_appointment(session, patient=patient)


@pytest.mark.parametrize("path", ["/people", "/account"])
def test_the_lists_of_ones_people_cost_the_same(
    app: Flask, session: Session, keys: KeyRing, path: str
) -> None:
    counts = []
    for rows in (1, 40):
        user, _ = factories.make_user(session, keys)
        _people(session, user, rows=rows)
        reader = PageClient(app)
        reader.enter(session, user)
        counts.append(_read(app, reader, path))
    assert counts[0] == counts[1] <= MOST


def test_the_list_of_patients_costs_the_same(app: Flask, session: Session, keys: KeyRing) -> None:
    counts = []
    for rows in (1, MANY):
        nurse = factories.make_practitioner(session)
        user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
        patients = [Patient(family_name=f"Nom {number}") for number in range(rows)]
        session.add_all(patients)
        session.flush()
        session.add_all(CareTeam(patient_id=one.id) for one in patients)
        session.flush()
        session.add_all(
            CareTeamMember(patient_id=one.id, practitioner_id=nurse.id) for one in patients
        )
        reader = PageClient(app)
        reader.enter(session, user)
        counts.append(_read(app, reader, "/professional/patients"))
    assert counts[0] == counts[1] <= MOST


def test_the_list_of_accounts_costs_the_same(app: Flask, session: Session, keys: KeyRing) -> None:
    operator, _ = factories.make_user(session, keys, is_operator=True)
    reader = PageClient(app)
    reader.enter(session, operator)
    first = _read(app, reader, "/ops/accounts")
    session.add_all(
        User(email=f"a{n}@example.org", given_name="A", family_name="B", password_hash="-")
        for n in range(MANY)
    )
    session.commit()
    assert first == _read(app, reader, "/ops/accounts") <= MOST
