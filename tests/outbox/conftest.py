"""A mail server of the test's own, and workers that reach it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import Session

from portal.clock import now
from portal.config import Config, Smtp
from portal.crypto import KeyRing
from portal.db import Database
from portal.models.outbox import OutboxMessage
from portal.outbox import Letter, post
from portal.outbox.mail import Sender
from portal.outbox.transport import SmtpTransport
from portal.outbox.worker import Worker
from portal.web.mail import Writer
from tests.mailbox import SENDER, Mailbox

MakeWorker = Callable[..., Worker]
Post = Callable[..., OutboxMessage]
Look = Callable[[OutboxMessage], OutboxMessage]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def make_worker(config: Config, database: Database, keys: KeyRing, mailbox: Mailbox) -> MakeWorker:
    def make_worker(**fields: Any) -> Worker:
        smtp = Smtp(host="127.0.0.1", port=mailbox.port, sender=SENDER, is_tls=False)
        usual = {
            "database": database,
            "keys": keys,
            "render": Writer(config),
            "transport": SmtpTransport(smtp, host="localhost", timeout=5),
            "sender": Sender(SENDER, "localhost"),
        }
        return Worker(**(usual | fields))

    return make_worker


@pytest.fixture
def worker(make_worker: MakeWorker) -> Worker:
    return make_worker()


@pytest.fixture
def post_mail(session: Session, keys: KeyRing) -> Post:
    """Queues a letter as if something caused it, and commits."""

    def post_mail(
        to: str = "sylvie@example.org", letter: Letter = Letter.INVITATION, **fields: Any
    ) -> OutboxMessage:
        usual: dict[str, Any] = {"locale": "fr", "at": now()}
        usual["values"] = {"path": "/invitation/abcdef", "days": "14"}
        message = post(session, keys=keys, letter=letter, to=to, **(usual | fields))
        session.commit()
        return message

    return post_mail


@pytest.fixture
def look(session: Session) -> Look:
    """The row as it is now in the database."""

    def look(message: OutboxMessage) -> OutboxMessage:
        session.rollback()
        session.expire_all()
        return session.get_one(OutboxMessage, message.id)

    return look
