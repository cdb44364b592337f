"""The same words right after themselves are one message; everything else is another one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.messaging.closing import close_thread
from portal.messaging.said_again import SAME_FOR, send_once, start_once
from portal.messaging.sending import NewThread, Written
from portal.models.messaging import Message, MessageKind, Thread, ThreadReader, ThreadState
from tests.messaging.circle import Account, WritingCircle, author, family_writes
from tests.messaging.passing import MONDAY, settled_circle

SOON = timedelta(minutes=1)


class Said:
    """Who says what in one conversation, each time under a key of its own."""

    def __init__(self, session: Session, keys: KeyRing) -> None:
        self.session, self.keys = session, keys
        self.circle: WritingCircle = settled_circle(session, keys)
        first = family_writes(session, keys, self.circle, to=self.circle.nadias_place, at=MONDAY)
        self.thread = session.exec(select(Thread).where(Thread.id == first.thread_id)).one()

    def again(self, body: str, at: datetime, **about: Any) -> Message:
        who: Account = about.pop("by", self.circle.paul)
        is_family = who is self.circle.paul
        return send_once(
            self.session,
            self.thread,
            Written(body=body, key=uuid4(), **about),
            by=author(who, "carer" if is_family else "professional"),
            is_family=is_family,
            keys=self.keys,
            at=at,
        )

    def begun(self, at: datetime, **about: Any) -> Message:
        values = {"member_id": self.circle.nadias_place.id, "subject": "Repas"} | about
        return start_once(
            self.session,
            NewThread(**values),
            Written(body="Elle mange peu.", key=uuid4()),
            patient_id=self.circle.patient.id,
            by=author(self.circle.paul, "carer"),
            is_family=True,
            keys=self.keys,
            at=at,
        )


@pytest.fixture
def said(session: Session, keys: KeyRing) -> Said:
    return Said(session, keys)


def test_the_same_words_at_once_are_the_message_that_is_there_and_count_once(
    session: Session, said: Said
) -> None:
    one, two = (
        said.again("Et demain ?", MONDAY + SOON),
        said.again("Et demain ?", MONDAY + 2 * SOON),
    )
    assert one.id == two.id
    nadia = session.exec(
        select(ThreadReader).where(ThreadReader.user_id == said.circle.nadia.id)
    ).one()
    assert nadia.unread == 2, "the first message and this one"


@pytest.mark.parametrize("between", ["other words", "an answer", "a note", "a while", "the end"])
def test_what_is_said_again_after_something_else_is_another_message(
    session: Session, said: Said, between: str
) -> None:
    one, at = said.again("Oui.", MONDAY + SOON), MONDAY + 2 * SOON
    if between == "other words":
        said.again("Enfin, je crois.", at)
    elif between == "an answer":
        said.again("Toujours ?", at, by=said.circle.nadia)
    elif between == "a note":
        said.again("À revoir.", at, by=said.circle.nadia, kind=MessageKind.NOTE)
    elif between == "a while":
        at = MONDAY + SOON + SAME_FOR
    else:
        close_thread(session, said.thread, by=author(said.circle.nadia, "professional"), at=at)
    two = said.again("Oui.", at + timedelta(seconds=1))
    assert one.id != two.id
    assert said.thread.state is ThreadState.WAITING


def test_the_same_words_of_somebody_else_or_as_a_note_are_another_message(said: Said) -> None:
    found = {
        said.again("Demain.", MONDAY + SOON).id,
        said.again("Demain.", MONDAY + SOON, by=said.circle.nadia).id,
        said.again("Demain.", MONDAY + SOON, by=said.circle.nadia, kind=MessageKind.NOTE).id,
    }
    assert len(found) == 3


def test_a_conversation_is_not_begun_twice(said: Said) -> None:
    one = said.begun(MONDAY)
    assert said.begun(MONDAY + SOON).id == one.id
    others = {
        said.begun(MONDAY + SOON, subject="Sommeil").id,
        said.begun(MONDAY + SOON, member_id=None).id,
        said.begun(MONDAY + SAME_FOR).id,
    }
    assert len(others - {one.id}) == 3


def test_a_conversation_that_was_finished_meanwhile_is_begun_anew(
    session: Session, said: Said
) -> None:
    one = said.begun(MONDAY)
    thread = session.exec(select(Thread).where(Thread.id == one.thread_id)).one()
    close_thread(session, thread, by=author(said.circle.nadia, "professional"), at=MONDAY + SOON)
    assert said.begun(MONDAY + 2 * SOON).thread_id != one.thread_id
