"""Today: what is next, whom to call, and for whom."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.care import Patient
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient


@pytest.fixture
def patient(reader: PageClient, session: Session, keys: KeyRing) -> Patient:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys, locale="en")
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    reader.enter(session, user)
    return patient


def _home(reader: PageClient, session: Session, patient: Patient) -> str:
    session.commit()
    return reader.get(f"/p/{patient.id}/").text


def test_the_next_visit_is_neither_cancelled_nor_over(
    reader: PageClient, session: Session, patient: Patient
) -> None:
    now = clock.now()
    states = {"Off": "cancelled", "Missed": "noshow", "Done": "fulfilled", "Next": "booked"}
    for hours, (title, status) in enumerate(states.items(), start=1):
        factories.make_appointment(
            session,
            patient=patient,
            title=title,
            status=status,
            starts_at=now + timedelta(hours=hours),
        )
    html = _home(reader, session, patient)
    assert '<h3 class="next-visit-title">Next</h3>' in html
    assert not any(title in html for title in ("Off", "Missed", "Done"))


def test_a_window_that_is_still_open_is_next(
    reader: PageClient, session: Session, patient: Patient
) -> None:
    now = clock.now()
    factories.make_appointment(
        session,
        patient=patient,
        title="Nurse",
        is_window=True,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1),
    )
    assert '<h3 class="next-visit-title">Nurse</h3>' in _home(reader, session, patient)


def test_an_empty_file_says_so(reader: PageClient, session: Session, patient: Patient) -> None:
    html = _home(reader, session, patient)
    assert "Nothing is planned for now" in html
    assert "The care team is not filled in yet." in html


def test_whom_to_call_is_the_coordinator_and_the_regular_doctor(
    reader: PageClient, session: Session, patient: Patient
) -> None:
    for name, functions in (("Zola", []), ("Doctor", ["medecin_traitant"])):
        one = factories.make_practitioner(session, family_name=name)
        factories.make_member(session, patient=patient, practitioner_id=one.id, functions=functions)
    html = _home(reader, session, patient).partition("Whom to call now?")[2]
    assert "Doctor" in html
    assert "Zola" not in html


def test_the_front_door_leads_where_the_reader_belongs(
    reader: PageClient, session: Session, keys: KeyRing, patient: Patient
) -> None:
    assert reader.get("/").headers["Location"] == f"/p/{patient.id}/"
    operator, _ = factories.make_user(session, keys, is_operator=True)
    reader.enter(session, operator)
    assert reader.get("/").headers["Location"] == "/ops/accounts"
    nobody, _ = factories.make_user(session, keys, locale="en")
    reader.enter(session, nobody)
    assert reader.get("/").headers["Location"] == "/people"
    assert "No file is open to you yet" in reader.get("/people").text


def test_a_proposal_far_ahead_is_not_hidden_by_daily_visits(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    patient = factories.make_patient(session)
    factories.make_link(session, patient=patient, user=user, grants=("agenda:see",))
    for day in range(1, 20):
        factories.make_appointment(
            session, patient=patient, starts_at=clock.now() + timedelta(days=day)
        )
    factories.make_appointment(
        session,
        patient=patient,
        title="Échographie",
        status="proposed",
        starts_at=clock.now() + timedelta(days=25),
    )
    reader.enter(session, user)
    assert "Échographie" in reader.get(f"/p/{patient.id}/").text
