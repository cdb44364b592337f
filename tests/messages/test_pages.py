"""The family's pages: the list, one conversation, a new one."""

from uuid import uuid4

import brotli  # type: ignore[import-untyped]  # publishes no types
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.messaging import Message, Thread, ThreadReader, ThreadState
from portal.models.rights import CareLink
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes
from tests.statements import counted


def _begun(session: Session, keys: KeyRing, circle: WritingCircle, **about: object) -> Message:
    message = family_writes(session, keys, circle, to=circle.nadias_place, **about)  # type: ignore[arg-type]
    session.commit()
    return message


def _url(circle: WritingCircle, rest: str = "") -> str:
    return f"/p/{circle.patient.id}/messages{rest}"


def test_the_list_says_with_whom_about_what_and_by_when(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    _begun(session, keys, circle, by=circle.paul)
    text = as_(circle.jeanne).get(_url(circle)).text
    assert "Nadia Belkacem" in text
    assert "Pansement" in text
    assert "Paul (fils), pour Jeanne Morel" in text
    assert "Réponse prévue avant" in text
    assert "conversation is-unread" in text
    assert "Urgence" in text


def test_who_may_not_read_messages_finds_none(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    message = _begun(session, keys, circle)
    sylvie = as_(circle.sylvie)
    assert sylvie.get(_url(circle)).status_code == 403
    assert sylvie.get(_url(circle, f"/{message.thread_id}")).status_code == 403
    assert sylvie.get(_url(circle, "/new")).status_code == 403


def test_an_empty_list_says_so(circle: WritingCircle, as_: Browsing) -> None:
    text = as_(circle.jeanne).get(_url(circle)).text
    assert "Écrire à l’équipe" in text
    assert "Qui répond" in text


def test_a_new_conversation_goes_to_whom_was_chosen(
    session: Session, circle: WritingCircle, as_: Browsing
) -> None:
    paul = as_(circle.paul)
    page = paul.get(_url(circle, "/new")).text
    assert "Jeanne lit aussi" in page
    assert "Envoyer pour Jeanne" in page
    key = str(uuid4())
    data = {
        "to": str(circle.nadias_place.id),
        "subject": "Compresses",
        "body": "Il en reste 4.",
        "key": key,
    }
    first = paul.post(_url(circle, "/new"), data=data)
    again = paul.post(_url(circle, "/new"), data=data)
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    (thread,) = session.exec(select(Thread)).all()
    assert thread.practitioner_id == circle.nadia.user.practitioner_id
    shown = paul.get(first.headers["Location"]).text
    assert "Vous (Paul), pour Jeanne Morel" in shown
    assert "Il en reste 4." in shown


def test_what_is_missing_is_said_and_what_was_typed_stays(
    circle: WritingCircle, as_: Browsing
) -> None:
    answer = as_(circle.paul).post(
        _url(circle, "/new"), data={"subject": "Compresses", "body": "Il en reste 4."}
    )
    assert answer.status_code == 422
    assert "Choisissez à qui écrire" in answer.text
    assert "Il en reste 4." in answer.text


def test_a_place_that_nobody_holds_is_refused_with_the_text_kept(
    session: Session, circle: WritingCircle, as_: Browsing
) -> None:
    for to in (str(uuid4()), "nobody"):
        answer = as_(circle.paul).post(
            _url(circle, "/new"),
            data={"to": to, "subject": "Compresses", "body": "Il en reste 4."},
        )
        assert answer.status_code == 409
        assert "Il en reste 4." in answer.text
    assert session.exec(select(Thread)).all() == []


def test_only_the_patient_keeps_a_conversation_from_relatives(
    session: Session, circle: WritingCircle, as_: Browsing
) -> None:
    data = {
        "to": "coordination",
        "subject": "Entre nous",
        "body": "C’est personnel.",
        "private": "1",
        "key": str(uuid4()),
    }
    jeanne, paul = as_(circle.jeanne), as_(circle.paul)
    assert "aucun proche ne lit" in jeanne.get(_url(circle, "/new")).text
    assert "aucun proche ne lit" not in paul.get(_url(circle, "/new")).text
    location = jeanne.post(_url(circle, "/new"), data=data).headers["Location"]
    assert jeanne.get(location).status_code == 200
    assert paul.get(location).status_code == 404
    assert "Entre nous" not in paul.get(_url(circle)).text


def test_a_message_is_sent_once_whatever_is_tapped_twice(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = _begun(session, keys, circle)
    url, jeanne = _url(circle, f"/{first.thread_id}"), as_(circle.jeanne)
    data = {"body": "Merci.", "key": str(uuid4())}
    one, two = jeanne.post(url, data=data), jeanne.post(url, data=data)
    assert one.headers["Location"] == two.headers["Location"]
    assert len(session.exec(select(Message)).all()) == 2


def test_other_words_under_the_same_key_are_kept_on_the_page_with_a_fresh_key(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = _begun(session, keys, circle)
    url, jeanne, key = _url(circle, f"/{first.thread_id}"), as_(circle.jeanne), str(uuid4())
    jeanne.post(url, data={"body": "Merci.", "key": key})
    answer = jeanne.post(url, data={"body": "Autre chose.", "key": key})
    assert answer.status_code == 409
    assert "Autre chose." in answer.text
    assert key not in answer.text
    assert len(session.exec(select(Message)).all()) == 2


def test_to_look_is_to_read_and_who_wrote_sees_it(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = _begun(session, keys, circle)
    url = _url(circle, f"/{first.thread_id}")
    assert "envoyé" in as_(circle.jeanne).get(url).text
    as_(circle.paul).get(url)
    assert "lu par Paul" in as_(circle.jeanne).get(url).text
    unread = session.exec(
        select(ThreadReader.unread).where(ThreadReader.user_id == circle.paul.id)
    ).one()
    assert unread == 0


def test_to_look_as_a_relative_marks_nothing_read_and_shows_no_draft(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = _begun(session, keys, circle)
    url = _url(circle, f"/{first.thread_id}")
    as_(circle.paul).post(f"{url}/draft", data={"body": "Secret.", "key": str(uuid4())})
    link = session.exec(select(CareLink.id).where(CareLink.user_id == circle.paul.id)).one()
    shown = as_(circle.jeanne).get(f"{url}?preview={link}")
    assert shown.status_code == 200
    assert "Secret." not in shown.text
    assert 'id="composer"' not in shown.text
    unread = session.exec(
        select(ThreadReader.unread).where(ThreadReader.user_id == circle.paul.id)
    ).one()
    assert unread == 1


def test_a_conversation_is_closed_and_opened_again_with_its_promise(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = _begun(session, keys, circle)
    url, jeanne = _url(circle, f"/{first.thread_id}"), as_(circle.jeanne)
    location = jeanne.post(f"{url}/close", data={"version": "1"}).headers["Location"]
    assert "Cette conversation est terminée" in jeanne.get(location).text
    assert jeanne.post(f"{url}/close", data={"version": "1"}).status_code == 409
    jeanne.post(f"{url}/reopen", data={"version": "2"})
    session.expire_all()
    thread = session.exec(select(Thread)).one()
    assert thread.state is ThreadState.WAITING
    assert thread.due_at is not None


def test_to_write_in_a_closed_conversation_opens_it_again(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = _begun(session, keys, circle)
    url, jeanne = _url(circle, f"/{first.thread_id}"), as_(circle.jeanne)
    jeanne.post(f"{url}/close", data={"version": "1"})
    jeanne.post(url, data={"body": "Encore une chose.", "key": str(uuid4())})
    session.expire_all()
    assert session.exec(select(Thread.state)).one() is ThreadState.WAITING


def test_older_messages_are_one_page_back(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = _begun(session, keys, circle, body="Le tout premier.")
    url, jeanne = _url(circle, f"/{first.thread_id}"), as_(circle.jeanne)
    for number in range(12):
        jeanne.post(url, data={"body": f"Message {number}.", "key": str(uuid4())})
    newest = jeanne.get(url).text
    assert "Le tout premier." not in newest
    assert "Message 11." in newest
    before = newest.split("before=")[1].split('"')[0]
    older = jeanne.get(f"{url}?before={before}").text
    assert "Le tout premier." in older
    assert "Message 11." not in older


def test_each_page_asks_the_database_five_times_at_most(
    app: Flask, session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = _begun(session, keys, circle)
    jeanne = as_(circle.jeanne)
    for path in ("", "/new", f"/{first.thread_id}"):
        jeanne.get(_url(circle, path))
        with counted(app) as statements:
            assert jeanne.get(_url(circle, path)).status_code == 200
        assert len(statements) <= 5, statements


def test_a_later_page_is_small(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    """As a browser gets it that has the styles and scripts already."""
    first = _begun(session, keys, circle, by=circle.paul)
    jeanne, url = as_(circle.jeanne), _url(circle, f"/{first.thread_id}")
    for number in range(9):
        body = f"Message {number}. " + "Le pansement tient bien depuis la visite de mardi. " * 3
        jeanne.post(url, data={"body": body, "key": str(uuid4())})
    for path in ("", f"/{first.thread_id}"):
        assert len(brotli.compress(jeanne.get(_url(circle, path)).data, quality=4)) <= 6_000
