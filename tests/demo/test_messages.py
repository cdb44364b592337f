"""The conversations of the demo: believable on any day, there once, left alone when lived in."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.demo.messages import TALKS
from portal.demo.renewal import renew
from portal.messaging.listing import read_threads
from portal.messaging.sealing import open_text, subject_cell
from portal.messaging.sending import Written, send_message
from portal.messaging.visibility import Reader
from portal.models.account import User
from portal.models.care import Patient
from portal.models.messaging import Message, Thread, ThreadReader, ThreadState
from portal.models.outbox import OutboxMessage

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 3, 0, tzinfo=UTC)


def _subjects(session: Session, keys: KeyRing) -> dict[str, Thread]:
    return {
        open_text(keys, one.subject_sealed, subject_cell(one.id)): one
        for one in session.exec(select(Thread))
    }


def _user(session: Session, name: str) -> User:
    return session.exec(select(User).where(User.email == f"{name}@example.org")).one()


def _seen(session: Session, keys: KeyRing, name: str) -> set[str]:
    user = _user(session, name)
    jeanne = session.exec(select(Patient).where(Patient.given_name == "Jeanne")).one()
    reader = Reader(user.id, user.practitioner_id, user.practitioner_id is None)
    rows, _more, _drafts = read_threads(session, patient_id=jeanne.id, reader=reader, at=NOW)
    return {open_text(keys, one.subject_sealed, subject_cell(one.id)) for one in rows}


@pytest.mark.parametrize("now", [NOW, CHRISTMAS])
def test_every_conversation_is_there_on_any_day_and_nothing_is_of_the_future(
    seed_at, keys: KeyRing, now: datetime
) -> None:
    session = seed_at(now)

    assert set(_subjects(session, keys)) == {one.subject for one in TALKS}
    assert all(one.at < now for one in session.exec(select(Message)))


def test_one_answer_is_owed_and_one_is_late(demo: Session, keys: KeyRing) -> None:
    threads = _subjects(demo, keys)

    waiting = threads["Vertiges le matin"]
    late = threads["Prise de sang : à jeun ou non ?"]
    assert waiting.state is late.state is ThreadState.WAITING
    assert late.due_at < NOW < waiting.due_at
    assert threads["Livraison des bas de contention"].state is ThreadState.CLOSED


def test_paul_and_jeanne_have_something_new_and_nobody_is_written_to(demo: Session) -> None:
    unread = {
        (row.user_id, row.thread_id)
        for row in demo.exec(select(ThreadReader).where(ThreadReader.unread > 0))
    }
    readers = {user for user, _thread in unread}

    assert {_user(demo, name).id for name in ("paul", "jeanne", "legoff", "nadia")} <= readers
    assert _user(demo, "sylvie").id not in readers
    assert demo.exec(select(OutboxMessage)).first() is None


def test_what_jeanne_keeps_for_herself_is_hers(demo: Session, keys: KeyRing) -> None:
    assert "Une question pour moi" in _seen(demo, keys, "jeanne")
    assert "Une question pour moi" not in _seen(demo, keys, "paul")


def test_on_another_day_they_are_there_once_and_new(demo: Session, keys: KeyRing) -> None:
    later = NOW + timedelta(days=14)

    assert renew(demo, keys=keys, now=later)
    demo.commit()

    assert len(demo.exec(select(Thread)).all()) == len(TALKS)
    assert max(one.at for one in demo.exec(select(Message))) > later - timedelta(days=2)


def test_a_conversation_in_which_somebody_wrote_stays_as_it_is(
    demo: Session, keys: KeyRing
) -> None:
    thread = _subjects(demo, keys)["Vertiges le matin"]
    by = Author(_user(demo, "paul").id, "carer")
    sent = send_message(
        demo,
        thread,
        Written(body="Elle va mieux.", key=uuid4()),
        by=by,
        is_family=True,
        keys=keys,
        at=NOW,
    )
    demo.commit()

    assert renew(demo, keys=keys, now=NOW + timedelta(days=14))
    demo.commit()

    assert demo.get(Message, (sent.patient_id, sent.id)) is not None
    assert len(demo.exec(select(Thread)).all()) == len(TALKS)
