"""The receipt: the exact text, who, when, and the same for other software."""

import json
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256

import pytest
from fhir.resources.R4B.consent import Consent
from flask import Flask
from sqlmodel import Session

from portal.consents.texts import current_text
from portal.crypto import KeyRing
from portal.models.consent import ConsentDecision, ConsentPurpose
from tests import factories
from tests.consent.circle import (
    COORDINATION,
    Circle,
    decisions,
    entered,
    make_carer,
    paper,
    say_no,
    say_yes,
)
from tests.pages import PageClient

OUTSIDE = ConsentPurpose.OUTSIDE_CARE_TEAM


@pytest.fixture
def given(session: Session, jeanne: PageClient, circle: Circle) -> ConsentDecision:
    say_yes(jeanne, circle, circle.lucie.key, purpose=OUTSIDE)
    return decisions(session, circle.patient.id)[0]


def test_the_receipt_shows_the_text_of_its_mark(
    jeanne: PageClient, circle: Circle, given: ConsentDecision
) -> None:
    text = current_text(OUTSIDE, locale="fr")
    assert given.text_hash == text.sha256 == sha256(text.canonical.encode()).hexdigest()
    page = jeanne.get(f"{circle.path}/{given.id}").text
    words = page.replace("\N{NO-BREAK SPACE}", " ").replace("’", "'")
    for sentence in (text.words.title, *text.words.what, *text.words.refusal):
        assert sentence in words
    assert text.sha256[:8] in page
    assert "Lucie" in page
    assert "Par vous, le" in page


def test_the_file_for_other_software_is_fhir_and_names_text_actor_and_recipient(
    jeanne: PageClient, circle: Circle, given: ConsentDecision
) -> None:
    answer = jeanne.get(f"{circle.path}/{given.id}/fhir")
    assert answer.mimetype == "application/fhir+json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    body = json.loads(answer.text)
    Consent.model_validate(body)
    digest = urlsafe_b64encode(bytes.fromhex(given.text_hash)).decode().rstrip("=")
    assert body["policy"] == [{"uri": f"ni:///sha-256;{digest}"}]
    attached = b64decode(body["sourceAttachment"]["data"])
    assert sha256(attached).hexdigest() == given.text_hash
    assert body["performer"] == [{"reference": f"Patient/{circle.patient.id}"}]
    assert (body["status"], body["provision"]["type"]) == ("active", "permit")
    recipient = body["provision"]["actor"][0]["reference"]["reference"]
    assert recipient == f"Practitioner/{circle.lucie.practitioner.id}"


def test_every_kind_of_answer_is_fhir(
    session: Session, jeanne: PageClient, claire: PageClient, circle: Circle
) -> None:
    social = ConsentPurpose.SOCIAL_SERVICES
    say_yes(jeanne, circle, circle.odile.key, purpose=social)
    say_no(jeanne, circle, circle.odile.key)
    say_no(jeanne, circle, COORDINATION)
    paper(claire, circle, circle.lucie.key, "no", "01/11/2026")
    found = [
        json.loads(jeanne.get(f"{circle.path}/{row.id}/fhir").text)
        for row in decisions(session, circle.patient.id)
    ]
    for body in found:
        Consent.model_validate(body)
    assert [(one["status"], one["provision"]["type"]) for one in found] == [
        ("active", "permit"),
        ("inactive", "deny"),
        ("rejected", "deny"),
        ("rejected", "deny"),
    ]
    assert "2026-11-01" in found[-1]["sourceAttachment"]["title"]


def test_the_answer_of_another_patient_is_not_there(
    app: Flask, session: Session, keys: KeyRing, circle: Circle, given: ConsentDecision
) -> None:
    other = factories.make_patient(session, given_name="Marcel")
    marcel, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=other, user=marcel, kind="self")
    reader = entered(app, session, marcel)
    for path in (f"/p/{other.id}/consents/{given.id}", f"/p/{other.id}/consents/{given.id}/fhir"):
        assert reader.get(path).status_code == 404
    assert reader.post(f"/p/{other.id}/consents/{given.id}/take-back").status_code == 404
    assert reader.get(f"{circle.path}/{given.id}").status_code == 404
    assert len(decisions(session, circle.patient.id)) == 1


def test_a_carer_who_may_see_the_choices_reads_the_receipt_and_another_does_not(
    app: Flask, session: Session, keys: KeyRing, circle: Circle, given: ConsentDecision
) -> None:
    allowed = entered(app, session, make_carer(session, keys, circle, "consents:see"))
    other = entered(app, session, make_carer(session, keys, circle, "agenda:act"))
    for path in (f"{circle.path}/{given.id}", f"{circle.path}/{given.id}/fhir"):
        assert allowed.get(path).status_code == 200
        assert other.get(path).status_code == 403
    assert "Par Jeanne Morel, le" in allowed.get(f"{circle.path}/{given.id}").text
    assert allowed.post(f"{circle.path}/{given.id}/take-back").status_code == 403


def test_a_row_whose_text_nobody_published_is_no_receipt(
    session: Session, jeanne: PageClient, circle: Circle, given: ConsentDecision
) -> None:
    given.text_version = 99
    session.add(given)
    session.commit()
    assert jeanne.get(f"{circle.path}/{given.id}").status_code == 404
    assert jeanne.get(f"{circle.path}/{given.id}/fhir").status_code == 404
    assert jeanne.get(circle.path).status_code == 200
