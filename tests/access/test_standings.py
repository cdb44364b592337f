"""Who may open which page, by each period and status that a standing can have."""

import pytest
from sqlmodel import Session

from portal.crypto import KeyRing
from tests.access.cast import CANARY, ROLES, make_record
from tests.pages import PageClient


@pytest.mark.parametrize("name", ROLES)
def test_every_page_answers_as_the_reader_stands(
    reader: PageClient, session: Session, keys: KeyRing, name: str
) -> None:
    role, expected = ROLES[name]
    record = make_record(session)
    user = role(session, keys, record)
    reader.enter(session, user)
    for key, path in record.paths().items():
        for htmx in (False, True):
            answer = reader.get(path, htmx=htmx)
            assert answer.status_code == expected[key], (key, htmx)
            if answer.status_code != 200:
                assert CANARY not in answer.text, (key, htmx)
                assert CANARY not in str(answer.headers), (key, htmx)


def test_a_page_that_is_allowed_shows_the_record(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    reader.enter(session, ROLES["the patient"][0](session, keys, record))
    for key, path in record.paths().items():
        if key != "past":
            assert CANARY in reader.get(path).text, key


def test_a_carer_without_grants_sees_the_name_and_nothing_else(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    reader.enter(session, ROLES["carer, nothing granted"][0](session, keys, record))
    text = reader.get(record.paths()["home"]).text
    for name in (record.patient.given_name, record.patient.family_name):
        text = text.replace(name, "")
    assert "Pansement" not in text
    assert CANARY not in text


@pytest.mark.parametrize("right", ["agenda", "care_team"])
def test_one_granted_part_says_nothing_of_the_other(
    reader: PageClient, session: Session, keys: KeyRing, right: str
) -> None:
    record = make_record(session)
    reader.enter(
        session,
        ROLES["carer, agenda" if right == "agenda" else "carer, team"][0](session, keys, record),
    )
    text = reader.get(record.paths()["home"]).text
    assert ("Pansement" in text) == (right == "agenda")
    assert (f"02 {CANARY}" in text) == (right == "care_team")
    assert ("/care-team" in text) == (right == "care_team")


def test_a_signed_out_reader_is_sent_to_the_sign_in_page(
    reader: PageClient, session: Session
) -> None:
    record = make_record(session)
    session.commit()
    for path in record.paths().values():
        page, fragment = reader.get(path), reader.get(path, htmx=True)
        assert (page.status_code, fragment.status_code) == (303, 401)
        assert page.headers["Location"].startswith("/sign-in?next=/p/")
        assert fragment.headers["HX-Redirect"].startswith("/sign-in?next=/p/")
        assert CANARY not in page.text + fragment.text
