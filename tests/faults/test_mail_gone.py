"""The mail server is away while people write: nobody notices but the one who waits for a letter."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlmodel import Session, select

from portal.clock import now
from portal.messaging.letters import GROUPED_FOR
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox import Letter
from portal.outbox.transport import TransportDownError
from portal.outbox.worker import Worker
from tests.faults.writer import Writer
from tests.mailbox import Mailbox
from tests.outbox.conftest import MakeWorker

LATER = GROUPED_FOR + timedelta(seconds=1)


def _letter_to_nadia(session: Session, paul: Writer) -> OutboxMessage:
    """The only one, as it is now."""
    session.rollback()
    session.expire_all()
    to_nadia = select(OutboxMessage).where(
        OutboxMessage.letter == Letter.MESSAGE_NEW,
        OutboxMessage.user_id == paul.circle.nadia.id,
    )
    return session.exec(to_nadia).one()


def _mails_to_nadia(mailbox: Mailbox, paul: Writer) -> int:
    return len(mailbox.to(paul.circle.nadia.user.email or ""))


def test_the_letter_of_a_message_waits_for_the_mail_server_and_leaves_once(
    session: Session, paul: Writer, mailbox: Mailbox, make_worker: MakeWorker
) -> None:
    mailbox.stop()
    assert paul.send().status_code == 303
    with time_machine.travel(now() + LATER):
        for _ in range(3):
            with pytest.raises(TransportDownError):
                make_worker().drain()
        letter = _letter_to_nadia(session, paul)
        assert (letter.state, letter.attempts) == (OutboxState.PENDING, 0)
        assert "ConnectionRefusedError" in letter.last_error
        mailbox.start()
        make_worker().drain()
        assert paul.send().status_code == 303, "the same send again tells nobody again"
        make_worker().drain()
    assert _mails_to_nadia(mailbox, paul) == 1
    assert _letter_to_nadia(session, paul).state is OutboxState.SENT


def test_whatever_is_written_meanwhile_is_one_letter_when_the_mail_server_is_back(
    session: Session, paul: Writer, mailbox: Mailbox, make_worker: MakeWorker
) -> None:
    mailbox.stop()
    worker = make_worker()
    with time_machine.travel(now() + LATER):
        for number in range(4):
            paul.key = uuid4()
            assert paul.send(f"Encore {number}").status_code == 303
            with pytest.raises(TransportDownError):
                worker.drain()
        mailbox.start()
        worker.drain()
    assert _mails_to_nadia(mailbox, paul) == 1
    assert _letter_to_nadia(session, paul).state is OutboxState.SENT


def test_a_server_that_says_not_now_is_asked_again_with_longer_pauses(
    session: Session, paul: Writer, mailbox: Mailbox, make_worker: MakeWorker
) -> None:
    address = paul.circle.nadia.user.email or ""
    mailbox.refuse[address] = "451 4.7.1 try again later"
    assert paul.send().status_code == 303
    waits: list[timedelta] = []
    with time_machine.travel(now() + LATER, tick=False) as clock:
        for _ in range(4):
            worker: Worker = make_worker()
            worker.drain()
            letter = _letter_to_nadia(session, paul)
            assert letter.state is OutboxState.PENDING
            waits.append(letter.available_at - now())
            clock.move_to(letter.available_at)
        assert waits == sorted(waits)
        assert waits[0] < waits[-1]
        mailbox.refuse.clear()
        for _ in range(2):
            make_worker().drain()
    assert _mails_to_nadia(mailbox, paul) == 1
    assert _letter_to_nadia(session, paul).state is OutboxState.SENT
