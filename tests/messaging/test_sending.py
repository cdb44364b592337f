"""A message exists once, for those who may read it."""

from uuid import uuid4

import pytest
from sqlalchemy import bindparam, func
from sqlmodel import Session, select

from portal import clock
from portal.access import thread_facts
from portal.crypto import KeyRing
from portal.errors import NotFoundError
from portal.messaging.acts import locked
from portal.messaging.conversations import read_conversation
from portal.messaging.listing import read_threads
from portal.messaging.sealing import body_cell, open_text
from portal.messaging.sending import KeyUsedError, Written, send_message
from portal.messaging.visibility import Reader
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.directory import Absence
from portal.models.messaging import Message, MessageKind, ThreadReader, ThreadState
from tests.messaging.circle import Account, author, family_writes, make_circle

_user = columns(User)


def test_what_jeanne_writes_is_new_for_nadia_and_paul_and_for_nobody_else(
    session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place)
    rows = {
        row.user_id: row.unread
        for row in session.exec(
            select(ThreadReader).where(ThreadReader.thread_id == message.thread_id)
        )
    }
    assert rows == {circle.jeanne.id: 0, circle.paul.id: 1, circle.nadia.id: 1}
    assert open_text(keys, message.body_sealed, body_cell(message.id)) == "Le pansement se décolle."


def test_the_same_send_again_is_the_same_message_and_other_words_are_refused(
    session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    reader = Reader(circle.paul.id, None, is_family=True)
    thread = locked(
        session,
        patient_id=circle.patient.id,
        thread_id=first.thread_id,
        reader=reader,
        at=clock.now(),
    )
    key = uuid4()
    sent = [
        send_message(
            session,
            thread,
            Written(body="Je passe demain.", key=key),
            by=author(circle.paul, "carer"),
            is_family=True,
            keys=keys,
            at=clock.now(),
        )
        for _ in range(2)
    ]
    assert sent[0].id == sent[1].id
    assert sent[0].relationship == "SON"
    with pytest.raises(KeyUsedError):
        send_message(
            session,
            thread,
            Written(body="Autre chose.", key=key),
            by=author(circle.paul, "carer"),
            is_family=True,
            keys=keys,
            at=clock.now(),
        )
    assert len(session.exec(select(Message)).all()) == 2


def test_an_answer_and_a_note_are_read_by_those_they_are_for(
    session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    nadia = Reader(circle.nadia.id, circle.nadias_place.practitioner_id, is_family=False)
    about = {"patient_id": circle.patient.id, "thread_id": first.thread_id, "at": clock.now()}
    thread = locked(session, reader=nadia, **about)
    assert thread.state is ThreadState.WAITING
    for kind in (MessageKind.NOTE, MessageKind.MESSAGE):
        send_message(
            session,
            thread,
            Written(body=f"{kind} de Nadia", key=uuid4(), kind=kind),
            by=author(circle.nadia, "professional"),
            is_family=False,
            keys=keys,
            at=clock.now(),
        )
    assert (thread.state, thread.due_at) == (ThreadState.ANSWERED, None)
    jeanne = Reader(circle.jeanne.id, None, is_family=True)
    seen = {
        reader: [one.kind for one in read_conversation(session, reader=reader, **about).messages]
        for reader in (jeanne, nadia)
    }
    assert seen[jeanne] == [MessageKind.MESSAGE, MessageKind.MESSAGE]
    assert seen[nadia] == [MessageKind.MESSAGE, MessageKind.NOTE, MessageKind.MESSAGE]
    listed, has_more, _drafts = read_threads(
        session, patient_id=circle.patient.id, reader=jeanne, at=clock.now()
    )
    assert ([one.unread for one in listed], has_more) == ([1], False)
    assert listed[0].given_name == "Nadia"


def test_another_professional_of_the_circle_does_not_find_it(
    session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    for one, practitioner_id in (
        (circle.haddad, circle.haddads_place.practitioner_id),
        (circle.claire, None),
    ):
        reader = Reader(one.id, practitioner_id, is_family=False)
        with pytest.raises(NotFoundError):
            read_conversation(
                session,
                patient_id=circle.patient.id,
                thread_id=first.thread_id,
                reader=reader,
                at=clock.now(),
            )


def test_what_jeanne_keeps_to_herself_is_not_there_for_paul(
    session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    family_writes(session, keys, circle, to=circle.nadias_place, is_private=True)
    paul = Reader(circle.paul.id, None, is_family=True)
    found = read_threads(session, patient_id=circle.patient.id, reader=paul, at=clock.now())
    assert found == ([], False, [])


def test_the_badge_of_who_stood_in_ends_with_the_absence(session: Session, keys: KeyRing) -> None:
    circle = make_circle(session, keys)
    today = clock.now().date()
    absence = Absence(
        practitioner_id=circle.nadias_place.practitioner_id,
        starts_on=today,
        ends_on=today,
        replacement_id=circle.haddads_place.practitioner_id,
    )
    session.add(absence)
    session.flush()
    family_writes(session, keys, circle, to=circle.nadias_place)
    assert _unread_at_work(session, circle.haddad) == 1
    session.delete(absence)
    session.flush()
    assert _unread_at_work(session, circle.haddad) == 0
    assert _unread_at_work(session, circle.nadia) == 1


def _unread_at_work(session: Session, account: Account) -> int:
    counted = thread_facts.unread_at_work(
        _user.id, _user.practitioner_id, func.date(bindparam("now", type_=UtcDateTime))
    )
    found = session.execute(select(counted).where(_user.id == account.id), {"now": clock.now()})
    return int(found.scalar_one())
