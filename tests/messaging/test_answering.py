"""Taking in charge, letting go, handing on: who may, and for whom something is new."""

from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.errors import ChangedMeanwhileError
from portal.messaging.answering import ThreadClosedError, hand_over, release, take
from portal.messaging.closing import close_thread
from portal.messaging.recipients import read_recipients
from portal.messaging.sending import Written, send_message
from portal.models.messaging import Message, MessageKind, Thread, ThreadEvent, ThreadReader
from tests.letters import waiting
from tests.messaging.circle import Account, WritingCircle, author, family_writes
from tests.messaging.passing import MONDAY, settled_circle


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    return settled_circle(session, keys)


@pytest.fixture
def thread(session: Session, keys: KeyRing, circle: WritingCircle) -> Thread:
    first = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    return session.exec(select(Thread).where(Thread.id == first.thread_id)).one()


def _unread(session: Session, thread: Thread) -> dict[UUID, int]:
    """Of whoever has something new there."""
    rows = session.exec(
        select(ThreadReader)
        .where(ThreadReader.thread_id == thread.id, ThreadReader.unread > 0)
        .execution_options(populate_existing=True)
    )
    return {row.user_id: row.unread for row in rows}


def _hand(
    session: Session,
    keys: KeyRing,
    thread: Thread,
    *,
    by: Account,
    to: UUID | None,
    note: str = "La dose change-t-elle ?",
) -> None:
    recipients = read_recipients(session, patient_id=thread.patient_id, at=MONDAY)
    recipient = recipients.find(to)
    assert recipient is not None
    hand_over(
        session,
        thread,
        recipient,
        recipients,
        note=Written(body=note, key=uuid4()),
        by=author(by, "professional"),
        keys=keys,
        at=MONDAY,
    )


def test_one_hand_over_is_one_thing_new_and_one_letter(
    session: Session, keys: KeyRing, circle: WritingCircle, thread: Thread
) -> None:
    before = _unread(session, thread)
    _hand(session, keys, thread, by=circle.nadia, to=circle.haddads_place.id)
    assert _unread(session, thread)[circle.haddad.id] == 1
    family = (circle.jeanne.id, circle.paul.id)
    assert [_unread(session, thread).get(one, 0) for one in family] == [
        before.get(one, 0) for one in family
    ]
    session.commit()
    told = [one.to for one in waiting(session, keys, "message_new")]
    assert told.count(circle.haddad.user.email) == 1


def test_what_was_new_before_the_hand_over_stays_so(
    session: Session, keys: KeyRing, circle: WritingCircle, thread: Thread
) -> None:
    """Handed there, back and there again without a look between: each note counts once."""
    for by, to in (
        (circle.nadia, circle.haddads_place.id),
        (circle.nadia, None),
        (circle.claire, circle.haddads_place.id),
    ):
        _hand(session, keys, thread, by=by, to=to)
    unread = _unread(session, thread)
    notes = session.exec(select(Message).where(Message.kind == MessageKind.NOTE)).all()
    assert len(notes) == 3
    assert unread[circle.haddad.id] == 3, "took part since the first note, and read none"
    assert circle.claire.id not in unread, "she wrote after she was handed it"


def test_who_answers_from_now_on_goes_on_reading_when_it_is_handed_further(
    session: Session, keys: KeyRing, circle: WritingCircle, thread: Thread
) -> None:
    _hand(session, keys, thread, by=circle.nadia, to=circle.haddads_place.id)
    rows = session.exec(select(ThreadReader).where(ThreadReader.thread_id == thread.id))
    assert {row.user_id for row in rows if row.is_participant} == {
        circle.nadia.id,
        circle.haddad.id,
    }


def test_only_who_took_it_lets_it_go(
    session: Session, circle: WritingCircle, thread: Thread
) -> None:
    nadia, haddad = (author(one, "professional") for one in (circle.nadia, circle.haddad))
    take(session, thread, by=nadia, at=MONDAY)
    version, events = thread.version, len(session.exec(select(ThreadEvent)).all())
    with pytest.raises(ChangedMeanwhileError):
        release(session, thread, by=haddad, at=MONDAY)
    assert (thread.taken_by, thread.taken_at, thread.version) == (circle.nadia.id, MONDAY, version)
    assert len(session.exec(select(ThreadEvent)).all()) == events
    for _ in range(2):
        release(session, thread, by=nadia, at=MONDAY)
    assert (thread.taken_by, thread.taken_at, thread.version) == (None, None, version + 1)


def test_what_is_finished_is_neither_taken_nor_handed_on(
    session: Session, keys: KeyRing, circle: WritingCircle, thread: Thread
) -> None:
    nadia = author(circle.nadia, "professional")
    close_thread(session, thread, by=nadia, at=MONDAY)
    for act in (take, release):
        with pytest.raises(ThreadClosedError):
            act(session, thread, by=nadia, at=MONDAY)
    with pytest.raises(ThreadClosedError):
        _hand(session, keys, thread, by=circle.nadia, to=circle.haddads_place.id)
    assert thread.member_id == circle.nadias_place.id


def test_whoever_read_all_has_the_note_alone_to_read(
    session: Session, keys: KeyRing, circle: WritingCircle, thread: Thread
) -> None:
    """Dr Haddad stands there already: he wrote in it, and knows what was said."""
    send_message(
        session,
        thread,
        Written(body="Je regarde.", key=uuid4(), kind=MessageKind.NOTE),
        by=author(circle.haddad, "professional"),
        is_family=False,
        keys=keys,
        at=MONDAY,
    )
    _hand(session, keys, thread, by=circle.nadia, to=circle.haddads_place.id)
    assert _unread(session, thread)[circle.haddad.id] == 1
