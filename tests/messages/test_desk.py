"""Beside the conversation: what the reader may know of the patient, and where they go on."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.consent import ConsentStatus
from tests.messages.conftest import Browsing
from tests.messages.sharing import say_of_sharing
from tests.messaging.circle import WritingCircle, family_writes
from tests.statements import counted


def _path(session: Session, keys: KeyRing, circle: WritingCircle, *, to_nadia: bool = True) -> str:
    place = circle.nadias_place if to_nadia else None
    sent = family_writes(session, keys, circle, to=place)
    path = f"/p/{sent.patient_id}/messages/{sent.thread_id}"
    session.commit()
    session.expunge_all()
    session.rollback()
    return path


@pytest.mark.parametrize(("said", "words"), [(ConsentStatus.GIVEN, "oui"), (None, "pas de refus")])
def test_whether_the_patient_agreed_to_share_stands_beside(
    app: Flask,
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    as_: Browsing,
    said: ConsentStatus | None,
    words: str,
) -> None:
    if said is not None:
        say_of_sharing(session, circle, said)
    path, nadia = _path(session, keys, circle), as_(circle.nadia)
    nadia.get(path)  # which writes down what was read
    with counted(app) as statements:
        text = nadia.get(path).text
    assert len(statements) <= 5, "\n".join(statements)
    assert f"Coordination : {words}" in text.replace("\u00a0", " ")


def test_the_team_and_the_agenda_are_a_step_away(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    text = as_(circle.nadia).get(_path(session, keys, circle)).text
    beside = text.partition("<aside")[2].partition("</aside>")[0]
    assert f'href="/p/{circle.patient.id}/care-team"' in beside
    assert f'href="/p/{circle.patient.id}/agenda"' in beside
    # What each choice says is read by who keeps them.
    assert "/consents" not in beside


def test_who_coordinates_goes_on_to_the_choices_of_the_patient(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    claire = as_(circle.claire)
    text = claire.get(_path(session, keys, circle, to_nadia=False)).text
    beside = text.partition("<aside")[2].partition("</aside>")[0]
    assert f'href="/p/{circle.patient.id}/consents"' in beside
    assert claire.get(f"/p/{circle.patient.id}/consents").status_code == 200


def test_a_place_that_opens_messages_alone_leads_nowhere_else(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    place = session.merge(circle.nadias_place)
    place.sees = "messages"
    session.add(place)
    text = as_(circle.nadia).get(_path(session, keys, circle)).text
    beside = text.partition("<aside")[2].partition("</aside>")[0]
    assert "Qui répond" in beside
    for page in ("/care-team", "/agenda", "/consents"):
        assert f'href="/p/{circle.patient.id}{page}"' not in beside
