"""What waits in the outbox, opened: to whom, which letter, and what stands in it."""

from dataclasses import dataclass, replace

from flask import Flask
from sqlmodel import Session, col, select

from portal.config import Config, Smtp
from portal.crypto import KeyRing
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox.queue import values_of


@dataclass(frozen=True)
class Waiting:
    """One letter that nobody sent yet."""

    letter: str
    to: str
    values: dict[str, str]

    @property
    def path(self) -> str:
        return self.values["path"]


def waiting(session: Session, keys: KeyRing, letter: str = "") -> list[Waiting]:
    """In the order in which they will leave; of one kind only when it is named."""
    session.rollback()
    rows = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
    opened = [
        Waiting(row.letter, row.recipient, values_of(row, keys=keys))
        for row in rows
        if row.state is OutboxState.PENDING
    ]
    session.rollback()
    return [one for one in opened if letter in ("", one.letter)]


def sending_mail(app: Flask) -> Config:
    """The settings of the app, with a mail server that nobody connects to."""
    config: Config = app.extensions["config"]
    server = Smtp(host="127.0.0.1", port=2525, sender="Relais <relais@example.org>", is_tls=False)
    return replace(config, smtp=server)
