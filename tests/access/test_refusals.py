"""A refusal tells nothing: not even whether the patient exists."""

import re
from uuid import uuid4

from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from tests import factories
from tests.access.cast import CANARY, carer, make_record
from tests.pages import PageClient

_CHANGING = re.compile(r"R-[0-9a-f]{10}")
_READER = re.compile(r"reader\d+@example\.org|reader=[0-9a-f-]{36}|data-session-seconds=\"\d+\"")


def test_an_unknown_patient_and_somebody_elses_look_the_same(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    user, _secret = factories.make_user(session, keys)
    reader.enter(session, user)
    for path in record.paths().values():
        unknown_path = path.replace(str(record.patient.id), str(uuid4()))
        for htmx in (False, True):
            known, unknown = reader.get(path, htmx=htmx), reader.get(unknown_path, htmx=htmx)
            assert known.status_code == unknown.status_code == 404
            assert _CHANGING.sub("", known.text) == _CHANGING.sub("", unknown.text)
            assert set(known.headers.keys()) == set(unknown.headers.keys())


def test_the_appointment_of_another_patient_is_not_found_under_mine(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    mine = factories.make_patient(session, given_name="Anne")
    user, _secret = factories.make_user(session, keys)
    factories.make_link(session, patient=mine, user=user, grants=("agenda:see",))
    reader.enter(session, user)
    answer = reader.get(f"/p/{mine.id}/agenda/{record.appointment_id}")
    assert answer.status_code == 404
    assert CANARY not in answer.text


def test_a_paused_carer_sees_what_one_without_rights_sees(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    factories.make_appointment(session, patient=record.patient)
    answers = []
    for role in (carer("agenda:see", "care_team:see", status="paused"), carer()):
        browser = PageClient(app)
        browser.enter(session, role(session, keys, record))
        for path in ("/people", "/account", *record.paths().values()):
            answer = browser.get(path)
            answers.append((answer.status_code, _CHANGING.sub("", _READER.sub("", answer.text))))
    half = len(answers) // 2
    assert answers[:half] == answers[half:]
    assert {status for status, _text in answers} == {200, 403}


def test_the_account_page_of_a_paused_carer_lists_no_right(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    user = carer("agenda:see", status="paused")(session, keys, record)
    reader.enter(session, user)
    assert "Voir les rendez-vous" not in reader.get("/account").text


def test_pages_for_others_are_refused_to_those_without_the_role(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    reader.enter(session, carer("agenda:see")(session, keys, record))
    for path in ("/professional/patients", "/ops/accounts"):
        answer = reader.get(path)
        assert answer.status_code == 403
        assert CANARY not in answer.text


def test_a_professional_and_a_coordinator_reach_no_account_list(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    practitioner = factories.make_practitioner(session)
    user, _secret = factories.make_user(session, keys, practitioner_id=practitioner.id)
    reader.enter(session, user)
    assert reader.get("/ops/accounts").status_code == 403
    assert reader.get("/professional/patients").status_code == 200
