"""Whose fault it is: the server's or the mail's; and what becomes of the others."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from threading import Thread

import pytest
import time_machine
from sqlmodel import Session

from portal.models.outbox import OutboxState
from portal.outbox import Letter
from portal.outbox.transport import Transport, TransportDownError
from portal.outbox.worker import RETRIES, Worker
from tests.mailbox import Mailbox
from tests.outbox.conftest import Look, MakeWorker, Post

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TO = "sylvie@example.org"


def test_a_server_that_is_away_is_nobodys_fault(
    worker: Worker, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    first, second = post_mail(), post_mail()
    mailbox.stop()
    for _ in range(3):
        with pytest.raises(TransportDownError):
            worker.drain()
    row = look(first)
    assert (row.state, row.attempts, row.leased_until) == (OutboxState.PENDING, 0, None)
    assert "ConnectionRefusedError" in row.last_error
    assert look(second).attempts == 0
    mailbox.start()
    assert worker.drain() == 2
    assert [mail.id.partition("@")[0] for mail in mailbox.mails] == [
        f"<{first.id}",
        f"<{second.id}",
    ]


def test_a_server_that_is_away_all_the_time_gets_everything_in_order_once_it_is_back(
    make_worker: MakeWorker, mailbox: Mailbox, post_mail: Post
) -> None:
    mailbox.stop()
    is_over: list[bool] = []
    worker = make_worker(is_over=lambda: bool(is_over), longest_pause=0.05)
    running = Thread(target=worker.run)
    running.start()
    try:
        messages = [post_mail(f"{name}@example.org") for name in "abcabcabc"]
        mailbox.start()
        mailbox.wait_for_count(len(messages))
    finally:
        is_over.append(True)
        running.join(20)
    assert not running.is_alive()
    ids = [mail.id.partition("@")[0] for mail in mailbox.mails]
    assert ids == [f"<{message.id}" for message in messages]


def test_the_pause_grows_and_starts_again_after_a_success(
    make_worker: MakeWorker, mailbox: Mailbox, post_mail: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def rest(_worker: Worker, seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 11:
            mailbox.start()

    monkeypatch.setattr(Worker, "_rest", rest)
    post_mail()
    mailbox.stop()
    make_worker(is_over=lambda: len(pauses) >= 13).run()
    assert pauses[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert pauses[11:] == [1, 1], "sent, and nothing more is due"
    assert len(mailbox.mails) == 1


def test_not_now_is_asked_again_later_and_the_others_go_first(
    worker: Worker, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    mailbox.refuse[TO] = f"451 4.7.1 <{TO}> try again later"
    with time_machine.travel(NOON, tick=False) as time:
        first, other = post_mail(), post_mail("paul@example.org")
        assert worker.drain() == 2
        row = look(first)
        assert (row.state, row.available_at) == (OutboxState.PENDING, NOON + timedelta(minutes=1))
        assert row.last_error == "451 4.7.1 … try again later", "no address in it"
        assert look(other).state is OutboxState.SENT
        time.move_to(NOON + timedelta(seconds=59))
        assert worker.drain() == 0
        time.move_to(NOON + timedelta(minutes=1))
        mailbox.refuse.clear()
        assert worker.drain() == 1
    assert look(first).state is OutboxState.SENT
    assert look(first).last_error == ""
    assert len({mail.id for mail in mailbox.to(TO)}) == 1


def test_not_now_for_three_days_is_given_up(
    worker: Worker, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    mailbox.refuse_text[TO] = "452 mailbox full"
    waits: list[timedelta] = []
    with time_machine.travel(NOON, tick=False) as time:
        message, at = post_mail(), NOON
        while look(message).state is OutboxState.PENDING:
            assert worker.drain() == 1
            waits.append(look(message).available_at - at)
            at = look(message).available_at
            time.move_to(at)
    assert tuple(waits[:-1]) == RETRIES
    assert max(RETRIES) == timedelta(hours=24)
    assert timedelta(days=2, hours=12) < sum(RETRIES, timedelta()) <= timedelta(days=3)
    row = look(message)
    assert (row.state, row.last_error) == (OutboxState.DEAD, "452 mailbox full")
    assert row.values_sealed is not None, "the operator can send it again"


class Unforeseen:
    """Fails at one recipient in a way that nobody thought of."""

    keeps_values = False

    def __init__(self, smtp: Transport) -> None:
        self._smtp = smtp

    def deliver(self, mail: EmailMessage) -> None:
        if TO in mail["To"]:
            raise KeyError("unforeseen")
        self._smtp.deliver(mail)


def test_what_nobody_foresaw_is_not_now_and_does_not_stop_the_others(
    worker: Worker,
    mailbox: Mailbox,
    post_mail: Post,
    look: Look,
    caplog: pytest.LogCaptureFixture,
) -> None:
    worker.transport = Unforeseen(worker.transport)
    message, other = post_mail(), post_mail("paul@example.org")
    with pytest.raises(TransportDownError, match="KeyError"):
        worker.drain()
    row = look(message)
    assert (row.state, row.attempts, row.leased_until) == (OutboxState.PENDING, 0, None)
    assert row.last_error == "KeyError"
    due = row.available_at
    assert any(record.exc_info for record in caplog.records), "its trace is in the log"
    for _ in range(3):
        with pytest.raises(TransportDownError):
            worker.drain()
    worker.drain()
    assert look(message).available_at > due, "it steps aside after five"
    assert look(other).state is OutboxState.SENT


def test_a_running_worker_lives_on_after_what_nobody_foresaw(
    make_worker: MakeWorker, mailbox: Mailbox, post_mail: Post
) -> None:
    is_over: list[bool] = []
    worker = make_worker(is_over=lambda: bool(is_over), longest_pause=0.01)
    worker.transport = Unforeseen(worker.transport)
    post_mail()
    post_mail("paul@example.org")
    running = Thread(target=worker.run)
    running.start()
    try:
        mailbox.wait_for("paul@example.org")
    finally:
        is_over.append(True)
        running.join(20)
    assert not running.is_alive()


@pytest.mark.parametrize("where", ["refuse", "refuse_text"])
def test_no_for_good_is_given_up_at_once(
    worker: Worker, mailbox: Mailbox, post_mail: Post, look: Look, where: str
) -> None:
    getattr(mailbox, where)[TO] = f"550 5.1.1 <{TO}> unknown"
    message, other = post_mail(), post_mail("paul@example.org")
    assert worker.drain() == 2
    row = look(message)
    assert (row.state, row.attempts) == (OutboxState.DEAD, 1)
    assert TO not in row.last_error
    assert look(other).state is OutboxState.SENT


@pytest.mark.parametrize(
    "fields",
    [
        {"letter": "no such letter"},
        {"values": {"days": "14"}},
        {"values": {"path": "/invitation/x", "days": "many"}},
        {"values": {"path": "https://evil.example/x", "days": "14"}},
        {"values": {"path": "//evil.example/x", "days": "14"}},
        {"to": "sylvie@example.org\nBcc: all@example.org"},
        {"to": "sylvie@example.org\r\n\r\nhello"},
        {"to": "sylvie@example.org, all@example.org"},
        {"to": "Sylvie <sylvie@example.org>"},
        {"to": "sylvie@example.org> SIZE=1"},
        {"to": "@example.org"},
        {"to": "nobody"},
        {"letter": Letter.SECURITY_NOTICE, "values": {"kind": "unheard", "at": "2026-11-22"}},
    ],
)
def test_what_cannot_be_written_is_given_up_and_the_others_go(
    worker: Worker, mailbox: Mailbox, post_mail: Post, look: Look, fields: dict[str, object]
) -> None:
    message, other = post_mail(**fields), post_mail("paul@example.org")
    assert worker.drain() == 2
    assert look(message).state is OutboxState.DEAD
    assert look(message).last_error.startswith("cannot be written: ")
    assert look(other).state is OutboxState.SENT
    assert [mail.to for mail in mailbox.mails] == ["paul@example.org"]


def test_a_value_of_another_row_does_not_open(
    worker: Worker, mailbox: Mailbox, session: Session, post_mail: Post, look: Look
) -> None:
    first, second = post_mail(), post_mail("paul@example.org")
    row = look(second)
    row.values_sealed = look(first).values_sealed
    session.add(row)
    session.commit()
    worker.drain()
    assert look(second).state is OutboxState.DEAD
    assert [mail.to for mail in mailbox.mails] == [TO]


def test_a_mail_that_kills_its_worker_is_given_up_in_the_end(
    worker: Worker, mailbox: Mailbox, session: Session, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    row = look(message)
    row.attempts = len(RETRIES) + 1
    session.add(row)
    session.commit()
    worker.drain()
    assert look(message).state is OutboxState.DEAD
    assert mailbox.mails == []
