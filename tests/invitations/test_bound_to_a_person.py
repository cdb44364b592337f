"""A sheet is bound to a person: their date of birth, or the name that was written on it."""

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.identity import birth_dates
from portal.models.credential import SecurityEvent
from portal.models.rights import CareLink
from tests import factories
from tests.invitations.offers import (
    NEW_PASSWORD,
    code_on,
    finish_enrolment,
    make_circle,
    only_invitation,
    paper_code,
    write_code,
)
from tests.pages import PageClient

SHEET = "/invitation/sheet"
BORN = "1945-03-17"


def _stranger(app: Flask, code: str) -> PageClient:
    """Another browser, that wrote the code of the sheet."""
    guest = PageClient(app)
    answer = write_code(guest, code)
    assert (answer.status_code, answer.headers["Location"]) == (303, SHEET)
    return guest


def _offer_to_patient(
    reader: PageClient, session: Session, keys: KeyRing, **patient: str
) -> tuple[str, str]:
    """The code of a sheet for Yvonne, and the path of her circle's invitations."""
    circle = make_circle(session, keys)
    values = {"given_name": "Yvonne", "family_name": "Kervella", "birth_date": BORN} | patient
    person = factories.make_patient(session, organization_id=circle.organization.id, **values)
    session.commit()
    path = f"/p/{person.id}/invitations"
    reader.enter(session, circle.claire)
    answer = reader.post(f"{path}/patient", data={"way": "paper"})
    return code_on(answer), path


def test_a_patient_proves_the_sheet_by_their_date_of_birth(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    code, _path = _offer_to_patient(reader, session, keys)
    guest = _stranger(app, code)
    page = guest.get(SHEET)
    assert "Votre date de naissance" in page.text
    assert "ervella" not in page.text, "no name before it is right"
    skipped = guest.post(SHEET, data={"password": NEW_PASSWORD, "username": "yvonne.kervella"})
    assert skipped.status_code == 422
    right = guest.post(SHEET, data={"birth_date": "17.3.1945"})
    assert right.status_code == 200
    assert "yvonne.kervella" in right.text
    form = {"birth_date": "17.3.1945", "password": NEW_PASSWORD, "username": "yvonne.kervella"}
    assert guest.post(SHEET, data=form).headers["Location"] == "/enrolment"
    finish_enrolment(guest, session, keys)
    session.rollback()
    link = session.exec(select(CareLink).where(CareLink.starts_at > factories.LONG_AGO)).one()
    assert link.kind == "self"
    assert only_invitation(session).failures == 0


@pytest.mark.parametrize(
    "typed", ["17/03/1945", "17 03 1945", "1945-03-17", "17031945", "17-3-1945"]
)
def test_a_date_of_birth_is_read_as_people_write_it(typed: str) -> None:
    assert birth_dates.read(f" {typed} ") == BORN


@pytest.mark.parametrize(
    "typed", ["", "1945", "31/02/1945", "17/03/45", "mars", "17/03/1945x", "٣"]
)
def test_what_is_no_date_costs_no_try(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, typed: str
) -> None:
    code, _path = _offer_to_patient(reader, session, keys)
    answer = _stranger(app, code).post(SHEET, data={"birth_date": typed})
    assert answer.status_code == 422
    assert only_invitation(session).failures == 0


def test_five_wrong_dates_withdraw_the_invitation_and_the_inviter_is_told(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    code, path = _offer_to_patient(reader, session, keys)
    guest = _stranger(app, code)
    answers = [guest.post(SHEET, data={"birth_date": f"0{n}/03/1945"}) for n in range(1, 6)]
    assert [one.status_code for one in answers] == [422, 422, 422, 422, 404]
    assert "Il vous reste 1 essai" in answers[3].text.replace("\xa0", " ")
    assert guest.post(SHEET, data={"birth_date": "17/03/1945"}).status_code == 404
    row = only_invitation(session)
    assert row.withdrawn_at is not None
    line = session.exec(select(SecurityEvent).where(SecurityEvent.user_id == row.invited_by)).one()
    assert line.kind == "invitation_locked"
    session.rollback()
    assert "retirée le" in reader.get(path).text


def test_without_a_full_date_in_the_record_none_is_asked(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    code, _path = _offer_to_patient(reader, session, keys, birth_date="1945-03")
    assert "yvonne.kervella" in _stranger(app, code).get(SHEET).text


@pytest.mark.parametrize(
    ("given", "family", "is_theirs"),
    [
        ("Sylvie", "Morel", True),
        ("SYLVIE", "morel", True),
        ("Sylvié", "Mo-rel", True),
        ("Sylvia", "Morel", False),
        ("Morel", "Sylvie", False),
    ],
)
def test_an_account_takes_a_sheet_of_its_own_name_only(
    app: Flask,
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    given: str,
    family: str,
    is_theirs: bool,
) -> None:
    circle = make_circle(session, keys)
    user, _ = factories.make_user(session, keys, given_name=given, family_name=family)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    guest = _stranger(app, code)
    assert guest.get("/invitation").headers["Location"] == SHEET, "signing in comes back here"
    guest.enter(session, user)
    page = guest.get(SHEET)
    assert ("Accepter l’invitation" in page.text) == is_theirs
    if not is_theirs:
        assert "pour un autre compte" in page.text
        assert "Sylvie" not in page.text.replace("Sylvie", "", given == "Sylvie")
    assert guest.post(SHEET).status_code == (303 if is_theirs else 404)
    assert (only_invitation(session).accepted_at is not None) == is_theirs
    assert guest.get(f"/p/{circle.patient.id}/").status_code == (200 if is_theirs else 404)


def test_the_patients_account_shows_the_date_of_birth_too(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    code, _path = _offer_to_patient(reader, session, keys)
    user, _ = factories.make_user(session, keys, given_name="Yvonne", family_name="Kervella")
    session.commit()
    guest = _stranger(app, code)
    guest.enter(session, user)
    assert 'name="birth_date"' in guest.get(SHEET).text
    assert guest.post(SHEET).status_code == 422
    assert guest.post(SHEET, data={"birth_date": "16/03/1945"}).status_code == 422
    assert guest.post(SHEET, data={"birth_date": "17/03/1945"}).status_code == 303


def test_nobody_takes_the_place_that_they_offered(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle, given_name="Claire", family_name="Morvan")
    assert write_code(reader, code).status_code == 303
    assert "pour un autre compte" in reader.get(SHEET).text
    assert reader.post(SHEET).status_code == 404
