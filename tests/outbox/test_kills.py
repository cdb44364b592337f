"""The worker is killed at any point: no mail is lost, and at most one comes twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import update
from sqlmodel import Session

from portal.clock import now
from portal.config import Config
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox.worker import Worker
from tests.mailbox import Mailbox
from tests.outbox.conftest import Look, Post

ROOT = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(config: Config, mailbox: Mailbox) -> Iterator[Start]:
    """Starts `python -m portal worker` as an operator does."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*options: str, **environ: str) -> subprocess.Popen[bytes]:
        settings = {
            "PORTAL_INSTANCE_PATH": str(config.instance_path),
            "PORTAL_DATABASE_URL": config.database_url,
            "PORTAL_BASE_URL": config.base_url,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "portal", "worker", *options],
            cwd=ROOT,
            env=os.environ | settings | mailbox.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(20)


def _let_leases_run_out(session: Session) -> None:
    """As if the time of the lease had passed."""
    session.rollback()
    leased = OutboxMessage.leased_until.is_not(None)  # type: ignore[union-attr]  # a column
    session.connection().execute(update(OutboxMessage).where(leased).values(leased_until=now()))
    session.commit()


def _claimed(look: Look, message: OutboxMessage) -> None:
    until = time.monotonic() + 30
    while look(message).leased_until is None:
        assert time.monotonic() < until, "the worker claimed nothing"
        time.sleep(0.02)


def test_killed_before_it_reached_the_server(
    start: Start, worker: Worker, mailbox: Mailbox, session: Session, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        killed = start(PORTAL_SMTP_URL=url)
        _claimed(look, message)
        _kill(killed)
    assert look(message).state is OutboxState.PENDING
    _let_leases_run_out(session)
    worker.drain()
    assert [mail.id.partition("@")[0] for mail in mailbox.mails] == [f"<{message.id}"]
    assert look(message).state is OutboxState.SENT


def test_killed_while_it_hands_the_mail_over(
    start: Start, worker: Worker, mailbox: Mailbox, session: Session, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    mailbox.hold_text = Event()
    killed = start()
    assert mailbox.reached.wait(60)
    _kill(killed)
    # Whether the server keeps a text whose sender is gone is its own affair: it may come twice.
    mailbox.hold_text.set()
    assert look(message).state is OutboxState.PENDING
    _let_leases_run_out(session)
    worker.drain()
    ids = {mail.id for mail in mailbox.mails}
    assert 1 <= len(mailbox.mails) <= 2
    assert ids == {f"<{message.id}@localhost>"}
    assert look(message).state is OutboxState.SENT


def test_killed_after_the_server_took_it_and_before_that_was_written_down(
    start: Start, worker: Worker, mailbox: Mailbox, session: Session, post_mail: Post, look: Look
) -> None:
    message, other = post_mail(), post_mail("paul@example.org")
    mailbox.hold_goodbye = Event()
    killed = start()
    assert mailbox.reached.wait(60)
    _kill(killed)
    assert len(mailbox.mails) == 1, "the server said 250"
    assert look(message).state is OutboxState.PENDING, "and nobody wrote it down"
    mailbox.hold_goodbye.set()
    _let_leases_run_out(session)
    worker.drain()
    counts = Counter(mail.id for mail in mailbox.mails)
    assert counts == {f"<{message.id}@localhost>": 2, f"<{other.id}@localhost>": 1}
    assert look(message).state is OutboxState.SENT


def test_nobody_else_touches_a_message_while_it_is_leased(
    start: Start, worker: Worker, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    message, later = post_mail(), post_mail()
    mailbox.hold_text = Event()
    first = start()
    assert mailbox.reached.wait(60)
    assert worker.drain() == 0, "nothing is free: what is younger waits for its turn"
    assert look(message).attempts == 1
    assert look(later).attempts == 0
    mailbox.hold_text.set()
    mailbox.wait_for_count(2)
    first.terminate()
    assert first.wait(30) == 0
    assert len(mailbox.mails) == 2


def test_told_to_stop_it_finishes_the_mail_in_its_hands(
    start: Start, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    message, later = post_mail(), post_mail()
    mailbox.hold_text = Event()
    worker = start()
    assert mailbox.reached.wait(60)
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert worker.poll() is None
    mailbox.hold_text.set()
    assert worker.wait(30) == 0
    assert look(message).state is OutboxState.SENT
    assert look(later).state is OutboxState.PENDING


def test_two_workers_at_once_send_each_mail_once_and_in_order_for_each_reader(
    start: Start, worker: Worker, mailbox: Mailbox, post_mail: Post
) -> None:
    messages = [post_mail(f"{name}@example.org") for name in "abcabcdabcdeabcdef"]
    for process in [start("--once"), start("--once")]:
        assert process.wait(120) == 0
    worker.drain()
    ids = [mail.id.partition("@")[0] for mail in mailbox.mails]
    assert sorted(ids) == [f"<{message.id}" for message in messages]
    for name in "abcdef":
        own = [mail.id for mail in mailbox.to(f"{name}@example.org")]
        assert own == sorted(own)


def test_once_says_that_the_server_cannot_be_reached(
    start: Start, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    mailbox.stop()
    worker = start("--once")
    _out, said = worker.communicate(timeout=60)
    assert worker.returncode == 1
    assert b"the mail server cannot be reached, the mails wait" in said
    assert b"Traceback" not in said
    assert look(message).state is OutboxState.PENDING


def test_without_a_mail_server_it_does_not_start(
    start: Start, session: Session, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    worker = start(PORTAL_SMTP_URL="")
    _out, said = worker.communicate(timeout=60)
    assert worker.returncode == 1
    assert len(said.strip().splitlines()) == 1
    assert b"PORTAL_SMTP_URL" in said
    assert look(message).state is OutboxState.PENDING


def test_the_log_names_nobody(start: Start, mailbox: Mailbox, post_mail: Post) -> None:
    mailbox.refuse["paul@example.org"] = "550 <paul@example.org> unknown"
    post_mail(), post_mail("paul@example.org")
    worker = start("--once")
    _out, said = worker.communicate(timeout=60)
    assert said.count(b'"logger": "portal.outbox"') == 2
    assert b"@example.org" not in said
    assert b"abcdef" not in said, "nor a link"


def test_the_lease_is_longer_than_the_longest_conversation() -> None:
    from portal.outbox.claims import LEASE
    from portal.outbox.transport import TIMEOUT_SECONDS

    answers = 10  # greeting, EHLO, STARTTLS, EHLO, two of AUTH, MAIL, RCPT, DATA, text
    assert timedelta(seconds=answers * TIMEOUT_SECONDS) < LEASE
