"""What is being written outlives the page, and never the send."""

from uuid import uuid4

from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.messaging import Message, MessageDraft
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes


def _thread_url(session: Session, keys: KeyRing, circle: WritingCircle) -> str:
    message = family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    return f"/p/{circle.patient.id}/messages/{message.thread_id}"


def test_a_text_is_kept_and_comes_back_with_its_key(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    url, paul, key = _thread_url(session, keys, circle), as_(circle.paul), str(uuid4())
    answer = paul.post(f"{url}/draft", data={"body": "Pas encore fini", "key": key})
    assert answer.status_code == 303
    shown = paul.get(url).text
    assert "Pas encore fini" in shown
    assert key in shown
    assert "Pas encore fini" in paul.get(url.rsplit("/", 1)[0]).text
    assert "Pas encore fini" not in as_(circle.jeanne).get(url).text
    row = session.exec(select(MessageDraft)).one()
    assert b"Pas encore" not in row.body_sealed


def test_htmx_gets_one_line_alone(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    url, paul = _thread_url(session, keys, circle), as_(circle.paul)
    answer = paul.post(f"{url}/draft", data={"body": "Pas fini", "key": str(uuid4())}, htmx=True)
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<p class="hint" id="draft" role="status">Gardé à ')


def test_what_is_kept_after_the_send_does_not_come_back(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    url, paul, key = _thread_url(session, keys, circle), as_(circle.paul), str(uuid4())
    paul.post(f"{url}/draft", data={"body": "Bonjour", "key": key})
    paul.post(url, data={"body": "Bonjour Nadia", "key": key})
    paul.post(f"{url}/draft", data={"body": "Bonjour", "key": key})
    assert session.exec(select(MessageDraft)).all() == []
    assert len(session.exec(select(Message)).all()) == 2


def test_an_emptied_text_and_a_thrown_away_one_are_forgotten(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    url, paul, key = _thread_url(session, keys, circle), as_(circle.paul), str(uuid4())
    for last in ({"body": " ", "key": key}, None):
        paul.post(f"{url}/draft", data={"body": "Bonjour", "key": key})
        paul.post(f"{url}/draft", data=last) if last else paul.post(f"{url}/draft/discard")
        session.expire_all()
        assert session.exec(select(MessageDraft)).all() == []


def test_a_new_conversation_is_kept_with_all_that_was_chosen(
    session: Session, circle: WritingCircle, as_: Browsing
) -> None:
    url, jeanne = f"/p/{circle.patient.id}/messages/new", as_(circle.jeanne)
    data = {
        "to": str(circle.nadias_place.id),
        "subject": "Compresses",
        "body": "Il en reste",
        "private": "1",
        "key": str(uuid4()),
    }
    assert jeanne.post(f"{url}/draft", data=data).status_code == 303
    shown = jeanne.get(url).text
    assert f'value="{circle.nadias_place.id}" checked' in shown
    assert 'name="private" value="1" checked' in shown
    assert "Compresses" in jeanne.get(url.rsplit("/", 1)[0]).text
    jeanne.post(url, data=data)
    session.expire_all()
    assert session.exec(select(MessageDraft)).all() == []
    jeanne.post(f"{url}/draft", data=data | {"key": str(uuid4())})
    jeanne.post(f"{url}/draft/discard")
    assert session.exec(select(MessageDraft)).all() == []


def test_a_conversation_that_is_not_seen_keeps_nothing(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    paul = as_(circle.paul)
    url = f"/p/{circle.patient.id}/messages/{uuid4()}"
    answer = paul.post(f"{url}/draft", data={"body": "Bonjour", "key": str(uuid4())})
    assert answer.status_code == 404
    assert session.exec(select(MessageDraft)).all() == []
