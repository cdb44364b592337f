"""Those who answer: the desk, answers and notes, taking in charge, handing on, closing."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.messaging import (
    Message,
    MessageKind,
    Thread,
    ThreadAct,
    ThreadEvent,
    ThreadReader,
    ThreadState,
)
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes
from tests.statements import counted


@pytest.fixture
def asked(session: Session, keys: KeyRing, circle: WritingCircle) -> UUID:
    message = family_writes(session, keys, circle, by=circle.paul, to=circle.nadias_place)
    session.commit()
    thread_id = message.thread_id
    _let_go(session)
    return thread_id


def _url(circle: WritingCircle, thread_id: UUID, rest: str = "") -> str:
    return f"/p/{circle.patient.id}/messages/{thread_id}{rest}"


def _let_go(session: Session) -> None:
    """What was read stays as it was, and holds no transaction."""
    session.expunge_all()
    session.rollback()


def _thread(session: Session, thread_id: UUID) -> Thread:
    _let_go(session)
    found = session.exec(select(Thread).where(Thread.id == thread_id)).one()
    _let_go(session)
    return found


def test_nadia_reads_who_wrote_for_whom_and_answers(
    session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia = as_(circle.nadia)
    text = nadia.get(_url(circle, asked)).text
    assert "Paul (fils), pour Jeanne Morel" in text
    assert "Jeanne et Paul lisent votre réponse" in text
    key = uuid4()
    for _ in range(2):  # a double click
        sent = nadia.post(
            _url(circle, asked, "/answer"),
            data={"body": "Je passe ce soir.", "key": str(key), "kind": "message"},
        )
        assert sent.status_code == 303
    thread = _thread(session, asked)
    assert (thread.state, thread.due_at, thread.taken_by) == (
        ThreadState.ANSWERED,
        None,
        circle.nadia.id,
    )
    assert len(session.exec(select(Message)).all()) == 2
    _let_go(session)
    assert "Je passe ce soir." in as_(circle.jeanne).get(_url(circle, asked)).text


def test_a_note_is_for_professionals_alone(
    session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia = as_(circle.nadia)
    page = nadia.get(_url(circle, asked, "?kind=note")).text
    assert "Jeanne et ses proches ne voient pas cette note" in page
    sent = nadia.post(
        _url(circle, asked, "/answer"),
        data={"body": "Demander au médecin", "key": str(uuid4()), "kind": "note"},
    )
    assert sent.status_code == 303
    assert _thread(session, asked).state is ThreadState.WAITING
    assert "Demander au médecin" in nadia.get(_url(circle, asked)).text
    for one in (circle.jeanne, circle.paul):
        family = as_(one)
        for page in (f"/p/{circle.patient.id}/messages", _url(circle, asked)):
            assert "Demander au médecin" not in family.get(page).text


def test_an_empty_answer_is_refused_and_what_is_too_long_stays(
    circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia = as_(circle.nadia)
    for body in ("", "é" * 5001):
        answer = nadia.post(
            _url(circle, asked, "/answer"),
            data={"body": body, "key": str(uuid4()), "kind": "message"},
        )
        assert answer.status_code == 422
        assert body in answer.text


def test_taking_in_charge_is_seen_by_the_family_and_a_stale_form_changes_nothing(
    session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia, version = as_(circle.nadia), _thread(session, asked).version
    assert nadia.post(_url(circle, asked, "/take"), data={"version": version}).status_code == 303
    assert "Nadia Belkacem" in as_(circle.jeanne).get(_url(circle, asked)).text
    assert _thread(session, asked).taken_by == circle.nadia.id
    stale = nadia.post(_url(circle, asked, "/answer/close"), data={"version": version})
    assert stale.status_code == 409
    assert _thread(session, asked).state is ThreadState.WAITING
    version = _thread(session, asked).version
    assert nadia.post(_url(circle, asked, "/release"), data={"version": version}).status_code == 303
    assert _thread(session, asked).taken_by is None


def test_closing_has_an_undo_that_keeps_the_promise(
    session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia, thread = as_(circle.nadia), _thread(session, asked)
    promised = thread.due_at
    nadia.post(_url(circle, asked, "/answer/close"), data={"version": thread.version})
    thread = _thread(session, asked)
    assert thread.state is ThreadState.CLOSED
    assert "Annuler" in nadia.get(_url(circle, asked, "?done=closed")).text
    nadia.post(_url(circle, asked, "/answer/reopen"), data={"version": thread.version})
    thread = _thread(session, asked)
    assert (thread.state, thread.due_at) == (ThreadState.WAITING, promised)


def test_handing_on_needs_a_note_and_keeps_the_promise(
    session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia, before = as_(circle.nadia), _thread(session, asked)
    promised, version = before.due_at, before.version
    to = str(circle.haddads_place.id)
    assert "Samir Haddad" in nadia.get(_url(circle, asked, "/hand-over")).text
    wanted = {"to": to, "key": str(uuid4()), "version": version}
    refused = nadia.post(_url(circle, asked, "/hand-over"), data=wanted | {"body": ""})
    assert refused.status_code == 422
    wanted |= {"body": "La dose change-t-elle ?"}
    for _ in range(2):  # a double click
        handed = nadia.post(_url(circle, asked, "/hand-over"), data=wanted)
        assert handed.status_code == 303, handed.text
    thread = _thread(session, asked)
    assert (thread.member_id, thread.due_at) == (circle.haddads_place.id, promised)
    acts = session.exec(select(ThreadEvent.act)).all()
    assert acts == [ThreadAct.HANDED_OVER]
    notes = session.exec(select(Message).where(Message.kind == MessageKind.NOTE)).all()
    assert len(notes) == 1
    rows = session.exec(select(ThreadReader).where(ThreadReader.unread > 0)).all()
    assert circle.haddad.id in {row.user_id for row in rows}
    _let_go(session)
    assert "La dose change-t-elle ?" in as_(circle.haddad).get(_url(circle, asked)).text
    # Whoever handed it on goes on reading it; the family sees who answers now, and no note.
    assert nadia.get(_url(circle, asked)).status_code == 200
    seen = as_(circle.jeanne).get(_url(circle, asked)).text
    assert "Samir Haddad" in seen
    assert "La dose" not in seen


def test_it_cannot_be_handed_to_somebody_outside_or_by_somebody_who_does_not_see_it(
    session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    wanted = {"body": "note", "key": str(uuid4()), "version": 1}
    nowhere = as_(circle.nadia).post(
        _url(circle, asked, "/hand-over"), data=wanted | {"to": str(uuid4())}
    )
    assert nowhere.status_code == 422
    for one in (circle.haddad, circle.claire):
        client = as_(one)
        assert client.get(_url(circle, asked)).status_code == 404
        for act in ("/answer", "/take", "/release", "/answer/close", "/answer/reopen", "/unread"):
            wanted = {"body": "x", "key": str(uuid4()), "kind": "message", "version": 1}
            assert client.post(_url(circle, asked, act), data=wanted).status_code == 404, act
    paul = as_(circle.paul)
    assert paul.post(_url(circle, asked, "/take"), data={"version": 1}).status_code == 403
    assert _thread(session, asked).taken_by is None


def test_marked_as_not_read_it_is_counted_again(
    session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia = as_(circle.nadia)
    nadia.get(_url(circle, asked))
    nadia.post(_url(circle, asked, "/unread"), data={})
    _let_go(session)
    row = session.exec(select(ThreadReader).where(ThreadReader.user_id == circle.nadia.id)).one()
    assert row.unread == 1


def test_the_desk_takes_five_statements(
    app: Flask, session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia = as_(circle.nadia)
    nadia.get(_url(circle, asked))
    with counted(app) as statements:
        nadia.get(_url(circle, asked))
    assert len(statements) <= 5, "\n".join(statements)


def test_a_form_brought_back_with_another_name_is_not_taken_for_the_first(
    session: Session, circle: WritingCircle, as_: Browsing, asked: UUID
) -> None:
    nadia = as_(circle.nadia)
    wanted = {"key": str(uuid4()), "version": 1, "body": "Première note"}
    to_haddad = wanted | {"to": str(circle.haddads_place.id)}
    assert nadia.post(_url(circle, asked, "/hand-over"), data=to_haddad).status_code == 303
    again = wanted | {"to": "coordination", "body": "Seconde note"}
    refused = nadia.post(_url(circle, asked, "/hand-over"), data=again)
    assert refused.status_code == 409
    assert "Seconde note" in refused.text
    assert _thread(session, asked).member_id == circle.haddads_place.id
