"""Writing to the outbox, in the transaction of the caller."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import Session

from portal.crypto import Cell, KeyRing
from portal.models import columns
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox.letters import Letter

_message = columns(OutboxMessage)
_DROP = (
    update(OutboxMessage)
    .where(_message.subject_id == bindparam("about"), _message.state == OutboxState.PENDING)
    .values(
        state=OutboxState.DROPPED,
        values_sealed=None,
        done_at=bindparam("at"),
        last_error="what it was about is over",
    )
)


def post(
    session: Session,
    *,
    keys: KeyRing,
    letter: Letter,
    to: str,
    locale: str | None,
    at: datetime,
    values: Mapping[str, str] | None = None,
    user_id: UUID | None = None,
    subject_id: UUID | None = None,
    available_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboxMessage:
    """Queue one mail; it exists if and only if the caller's transaction commits.

    `values` may hold tokens of links: they are sealed, and forgotten once sent. `locale` empty
    means the language of the installation. Not sent before `available_at` nor after `expires_at`.
    """
    message = OutboxMessage(
        letter=letter,
        recipient=to,
        locale=locale or "",
        user_id=user_id,
        subject_id=subject_id,
        available_at=available_at or at,
        expires_at=expires_at,
        created_at=at,
    )
    message.values_sealed = sealed(message.id, values or {}, keys=keys)
    session.add(message)
    session.flush()
    return message


def drop_about(session: Session, *, subject_id: UUID, at: datetime) -> None:
    """What is not sent yet about that invitation, reset or change is not sent any more."""
    session.connection().execute(_DROP, {"about": subject_id, "at": at})


def values_of(message: OutboxMessage, *, keys: KeyRing) -> dict[str, str]:
    """What was sealed; empty once it was sent."""
    if message.values_sealed is None:
        return {}
    values: dict[str, str] = json.loads(keys.open(message.values_sealed, cell_of(message.id)))
    return values


def say_instead(
    session: Session, *, message: OutboxMessage, keys: KeyRing, values: Mapping[str, str]
) -> None:
    """Other values for a letter that nobody sends yet, whose row the caller holds."""
    message.values_sealed = sealed(message.id, values, keys=keys)
    session.add(message)
    session.flush()


def sealed(message_id: UUID, values: Mapping[str, str], *, keys: KeyRing) -> bytes:
    return keys.seal(json.dumps(dict(values)).encode(), cell_of(message_id))


def cell_of(message_id: UUID) -> Cell:
    return Cell("outbox_message", "values_sealed", message_id)
