"""Markup stored in any text of a record stays text on every page."""

import html5lib
import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    '<a hx-get="/sign-out" hx-trigger="load">x</a>',
    '" autofocus onfocus="alert(1)',
    "</title><script>alert(1)</script>",
    "{{ 7*7 }}{% include 'errors/problem.html' %}",
    "<iframe srcdoc='x'>",
    "&lt;b&gt;",
]
HARMLESS = "x"


def _record(session: Session, keys: KeyRing, text: str) -> tuple[object, dict[str, str]]:
    house = factories.make_organization(session, name=text, phone=text, address=text)
    patient = factories.make_patient(
        session, given_name=text, family_name=text, birth_date=text[:10], organization_id=house.id
    )
    nurse = factories.make_practitioner(
        session,
        prefix=text[:50],
        given_name=text,
        family_name=text,
        profession_text=text,
        profession="",
        phone=text[:50],
    )
    relative = factories.make_relative(
        session,
        patient=patient,
        given_name=text,
        family_name=text,
        relationship="",
        relationship_text=text,
        phone=text[:50],
    )
    words = {"role_text": text, "contact_for": text, "phone": text[:50], "functions": [text]}
    words["availability_text"] = text
    for place in ("practitioner_id", "organization_id", "related_person_id"):
        key = {"practitioner_id": nurse, "organization_id": house}.get(place, relative).id
        factories.make_member(session, patient=patient, **{place: key}, **words)
    visit = factories.make_appointment(
        session,
        patient=patient,
        title=text,
        place=text,
        address=text,
        phone=text[:50],
        video_url=f"https://{text}",
        instructions=f"{text}\n{text}",
        performer_text=text,
        practitioner_id=nurse.id,
        organization_id=house.id,
        companion_id=relative.id,
        cancellation_reason=text,
    )
    user, _ = factories.make_user(session, keys, given_name=text, family_name=text)
    factories.make_link(
        session,
        patient=patient,
        user=user,
        kind=CareLinkKind.CARER,
        relationship_text=text,
        grants=("agenda:see", "care_team:see"),
    )
    base = f"/p/{patient.id}"
    paths = (f"{base}/", f"{base}/agenda", f"{base}/agenda?view=list", f"{base}/agenda/{visit.id}")
    return user, {
        path.replace(base, ""): path
        for path in (*paths, f"{base}/care-team", "/people", "/account")
    }


def _shape(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element with the names of its attributes, in order."""
    document = html5lib.parse(html, namespaceHTMLElements=False)
    return [
        (str(element.tag), tuple(sorted(element.attrib)))
        for element in document.iter()
        if isinstance(element.tag, str)
    ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_page_has_the_same_elements_and_attributes_whatever_the_texts_hold(
    app: Flask, session: Session, keys: KeyRing, attack: str
) -> None:
    shapes = []
    for text in (HARMLESS, attack):
        user, paths = _record(session, keys, text)
        reader = PageClient(app)
        reader.enter(session, user)  # type: ignore[arg-type]  # a User
        answers = {key: reader.client.get(path) for key, path in paths.items()}
        assert {one.status_code for one in answers.values()} == {200}
        if "7*7" in text:
            assert "{{ 7*7 }}" in answers["/people"].text, "shown as it was typed"
        shapes.append([_shape(one.text) for one in answers.values()])
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_typed_into_a_form_comes_back_as_text(
    reader: PageClient, session: Session, attack: str
) -> None:
    usual = reader.post("/sign-in", data={"email": "x", "password": "y"})
    hostile = reader.post("/sign-in", data={"email": attack, "password": "y"})
    assert hostile.status_code == 422
    assert _shape(hostile.text) == _shape(usual.text)
