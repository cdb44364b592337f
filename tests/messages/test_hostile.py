"""Whatever is typed is shown as text, or refused with words."""

from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.messaging import Message
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes

HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "htmx": '<div hx-get="/account" hx-trigger="load">x</div>',
    "quotes": "\" autofocus onfocus='x' </textarea></title>",
    "direction": "avant \u202eerrevne\u202c \u2066x après",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0327",
    "long": "a" * 4900,
    "template": "{{ 7 * 7 }} {% raw %} %(name)s",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_it_is_shown_as_text(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing, body: str
) -> None:
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    url, jeanne = f"/p/{circle.patient.id}/messages/{first.thread_id}", as_(circle.jeanne)
    sent = jeanne.post(url, data={"body": body, "key": str(uuid4())})
    assert sent.status_code == 303
    text = jeanne.get(url).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert '<div hx-get="/account"' not in text
    for part in body.split("<")[:1]:
        assert part.split('"')[0] in text


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_subject_too(circle: WritingCircle, as_: Browsing, body: str) -> None:
    jeanne = as_(circle.jeanne)
    data = {"to": "coordination", "subject": body, "body": body, "key": str(uuid4())}
    answer = jeanne.post(f"/p/{circle.patient.id}/messages/new", data=data)
    assert answer.status_code == (422 if len(body) > 120 else 303)
    text = jeanne.get(f"/p/{circle.patient.id}/messages").text
    assert "<script>alert" not in text
    assert "\u202e" not in text


def test_a_text_of_64_kilobytes_is_refused_and_kept_on_the_page(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    url = f"/p/{circle.patient.id}/messages/{first.thread_id}"
    body = "x" * 65_536
    answer = as_(circle.jeanne).post(url, data={"body": body, "key": str(uuid4())})
    assert answer.status_code == 422
    assert body in answer.text
    assert "5 000 caractères" in answer.text.replace("\u202f", " ").replace("\u00a0", " ")


def test_characters_that_nobody_types_are_left_out(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    url, jeanne = f"/p/{circle.patient.id}/messages/{first.thread_id}", as_(circle.jeanne)
    jeanne.post(url, data={"body": "a\x00b\x08c\x1b[31m\r\n\r\nd", "key": str(uuid4())})
    text = jeanne.get(url).text
    assert "abc[31m" in text
    assert "\x00" not in text
    empty = jeanne.post(url, data={"body": "\x00\x07", "key": str(uuid4())})
    assert empty.status_code == 422


def test_a_key_that_is_none_is_as_good_as_a_missing_one(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    url, jeanne = f"/p/{circle.patient.id}/messages/{first.thread_id}", as_(circle.jeanne)
    for key in ("", "x" * 400, "<b>"):
        data = {"body": f"Bonjour {len(key)}", "key": key}
        assert jeanne.post(url, data=data).status_code == 303
    assert len(session.exec(select(Message)).all()) == 4
