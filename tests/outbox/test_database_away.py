"""The database goes away, or somebody else writes to it, while the worker works."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox.worker import Worker
from tests.mailbox import Mailbox
from tests.outbox.conftest import Look, MakeWorker, Post

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TO = "sylvie@example.org"


def test_a_database_that_is_away_is_waited_for(
    make_worker: MakeWorker,
    mailbox: Mailbox,
    post_mail: Post,
    look: Look,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = post_mail()
    worker = make_worker(longest_pause=0.01, is_over=lambda: bool(mailbox.mails))
    real, refusals = worker.database.session, iter(range(3))

    def session() -> Session:
        if next(refusals, None) is not None:
            raise OperationalError("SELECT", {}, ConnectionError("away"))
        return real()

    monkeypatch.setattr(worker.database, "session", session)
    worker.run()
    monkeypatch.undo()
    assert look(message).state is OutboxState.SENT


def test_what_was_taken_is_written_down_even_if_the_database_goes_away_meanwhile(
    make_worker: MakeWorker,
    mailbox: Mailbox,
    post_mail: Post,
    look: Look,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = post_mail()
    worker = make_worker()
    real, refusals = worker.database.session, iter(range(3))

    def session() -> Session:
        if mailbox.mails and next(refusals, None) is not None:
            raise OperationalError("UPDATE", {}, ConnectionError("away"))
        return real()

    monkeypatch.setattr(worker.database, "session", session)
    assert worker.drain() == 1
    monkeypatch.undo()
    assert look(message).state is OutboxState.SENT
    assert len(mailbox.mails) == 1


def test_a_message_that_was_dropped_meanwhile_stays_dropped(
    worker: Worker, mailbox: Mailbox, keys: KeyRing, post_mail: Post, look: Look, session: Session
) -> None:
    message = post_mail()

    def drop(_mail: object) -> None:
        with worker.database.session() as other:
            from portal.db import begin_writing

            begin_writing(other)
            row = other.get_one(OutboxMessage, message_id)
            row.state = OutboxState.DROPPED
            other.add(row)
            other.commit()

    message_id = message.id
    mailbox.on_mail = drop
    worker.drain()
    assert look(message).state is OutboxState.DROPPED
