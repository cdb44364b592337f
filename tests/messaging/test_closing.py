"""Closing a conversation by mistake breaks no promise, and hides no late answer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.messaging.acts import locked
from portal.messaging.closing import close_thread, reopen_thread
from portal.messaging.escalation import pass_on
from portal.messaging.visibility import Reader
from portal.models.messaging import Escalation, Thread, ThreadState
from tests.messaging.circle import WritingCircle, author, family_writes, make_circle

SENT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    return make_circle(session, keys)


@pytest.fixture
def thread(session: Session, keys: KeyRing, circle: WritingCircle) -> Thread:
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=SENT)
    reader = Reader(circle.jeanne.id, None, is_family=True)
    about = {"patient_id": circle.patient.id, "thread_id": message.thread_id}
    return locked(session, reader=reader, at=SENT, **about)


def _close_and_reopen(
    session: Session, circle: WritingCircle, thread: Thread, *, at: datetime
) -> None:
    by = author(circle.jeanne, "self")
    close_thread(session, thread, by=by, at=at)
    assert (thread.state, thread.due_at) == (ThreadState.CLOSED, None)
    reopen_thread(session, thread, by=by, at=at + timedelta(minutes=1))


def test_the_undo_gives_the_promise_back_as_it_was(
    session: Session, circle: WritingCircle, thread: Thread
) -> None:
    promised = thread.due_at
    _close_and_reopen(session, circle, thread, at=SENT + timedelta(days=20))
    assert (thread.state, thread.due_at) == (ThreadState.WAITING, promised)
    assert (thread.escalation, thread.escalates_at) == (Escalation.NONE, promised)


def test_whoever_heard_of_the_late_answer_does_not_hear_it_twice(
    session: Session, keys: KeyRing, circle: WritingCircle, thread: Thread
) -> None:
    late = SENT + timedelta(days=10)
    pass_on(session, thread, keys=keys, at=late)
    assert thread.escalation is Escalation.COORDINATION
    _close_and_reopen(session, circle, thread, at=late + timedelta(hours=1))
    assert (thread.escalation, thread.escalates_at) == (Escalation.COORDINATION, None)
