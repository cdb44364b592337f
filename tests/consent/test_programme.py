"""Taking part in an education programme: asked only while there is one, and a no ends it."""

import json
from base64 import urlsafe_b64decode

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.consent import ConsentPurpose, ConsentStatus
from portal.models.directory import Organization
from portal.models.programme import EducationProgramme, ProgrammeState
from tests.consent.circle import Circle, decisions, entered, make_carer, paper, say_no, say_yes
from tests.education.programme.papers import make_programme
from tests.pages import PageClient
from tests.statements import counted

PROGRAMME, PURPOSE = "programme", ConsentPurpose.EDUCATION_PROGRAMME


@pytest.fixture
def programme(session: Session, keys: KeyRing, circle: Circle) -> EducationProgramme:
    house = session.get_one(Organization, circle.patient.organization_id)
    found = make_programme(session, keys, circle.patient, house, circle.nadia.user)
    session.commit()
    return found


def _state(session: Session, programme: EducationProgramme) -> ProgrammeState:
    session.expunge_all()
    session.rollback()
    key = (programme.patient_id, programme.id)
    return session.get_one(EducationProgramme, key).state


def _mark_of(name: str) -> str:
    """The hexadecimal mark in an `ni:` name."""
    return urlsafe_b64decode(name.partition(";")[2] + "=").hex()


def test_nothing_is_asked_before_a_programme_is_proposed(
    session: Session, jeanne: PageClient, circle: Circle
) -> None:
    page = jeanne.get(circle.path).text
    assert "l’équipe n’en a pas proposé" in page
    assert 'value="programme"' not in page
    assert say_yes(jeanne, circle, PROGRAMME, purpose=PURPOSE).status_code == 404
    assert say_no(jeanne, circle, PROGRAMME).status_code == 404
    assert decisions(session, circle.patient.id) == []


def test_a_yes_after_its_text_begins_it_and_a_no_ends_it_at_once(
    session: Session, jeanne: PageClient, circle: Circle, programme: EducationProgramme
) -> None:
    page = jeanne.get(circle.path).text
    assert "votre réponse est attendue" in page
    text = jeanne.get(f"{circle.path}/yes?about={PROGRAMME}").text
    assert "Participer au programme d’éducation" in text
    assert "Rien ne change dans vos soins" in text
    assert _state(session, programme) is ProgrammeState.PROPOSED
    assert say_yes(jeanne, circle, PROGRAMME, purpose=PURPOSE).status_code == 303
    assert _state(session, programme) is ProgrammeState.ACCEPTED
    assert say_no(jeanne, circle, PROGRAMME).status_code == 303
    assert _state(session, programme) is ProgrammeState.ENDED
    found = decisions(session, circle.patient.id)
    assert [one.status for one in found] == [ConsentStatus.GIVEN, ConsentStatus.WITHDRAWN]
    page = jeanne.get(circle.path).text
    assert "il est terminé, rien n’est demandé" in page
    assert "Participer à un programme d’éducation" in page, "among the past choices"


def test_a_yes_to_the_programme_opens_nothing_else(
    session: Session,
    jeanne: PageClient,
    lucie: PageClient,
    circle: Circle,
    programme: EducationProgramme,
) -> None:
    say_yes(jeanne, circle, PROGRAMME, purpose=PURPOSE)
    assert {one.purpose for one in decisions(session, circle.patient.id)} == {PURPOSE}
    assert lucie.get(circle.home).status_code == 404


def test_the_receipt_says_what_was_agreed_to_for_readers_and_for_software(
    session: Session, jeanne: PageClient, circle: Circle, programme: EducationProgramme
) -> None:
    say_yes(jeanne, circle, PROGRAMME, purpose=PURPOSE)
    [row] = decisions(session, circle.patient.id)
    assert "Participer à un programme d’éducation" in jeanne.get(f"{circle.path}/{row.id}").text
    body = json.loads(jeanne.get(f"{circle.path}/{row.id}/fhir").data)
    assert body["scope"]["coding"][0]["code"] == "treatment"
    assert body["provision"]["type"] == "permit"
    assert row.text_hash == _mark_of(body["policy"][0]["uri"])


def test_a_signed_sheet_begins_it_and_the_patient_can_take_that_back(
    session: Session,
    jeanne: PageClient,
    claire: PageClient,
    circle: Circle,
    programme: EducationProgramme,
) -> None:
    day = now().strftime("%d/%m/%Y")
    assert paper(claire, circle, PROGRAMME, "yes", day).status_code == 303
    assert _state(session, programme) is ProgrammeState.ACCEPTED
    [row] = decisions(session, circle.patient.id)
    assert jeanne.post(f"{circle.path}/{row.id}/take-back").status_code == 303
    assert _state(session, programme) is ProgrammeState.ENDED


def test_nobody_else_decides_it(
    app: Flask,
    session: Session,
    keys: KeyRing,
    nadia: PageClient,
    circle: Circle,
    programme: EducationProgramme,
) -> None:
    paul = entered(app, session, make_carer(session, keys, circle, "education:act"))
    for reader in (paul, nadia):
        assert say_yes(reader, circle, PROGRAMME, purpose=PURPOSE).status_code == 403
        assert say_no(reader, circle, PROGRAMME).status_code == 403
    assert _state(session, programme) is ProgrammeState.PROPOSED


def test_the_page_of_choices_costs_no_more(
    app: Flask, jeanne: PageClient, circle: Circle, programme: EducationProgramme
) -> None:
    jeanne.get(circle.path)
    with counted(app) as statements:
        assert jeanne.get(circle.path).status_code == 200
    assert len(statements) <= 5
