"""Taking a message and letting go of it: each is one statement, tied to the lease."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, bindparam, exists, or_, select, update
from sqlmodel import Session

from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.outbox import OutboxMessage, OutboxState

LEASE = timedelta(minutes=6)
"""Longer than the slowest conversation with the mail server, so that nobody else begins one."""

_table: Table = OutboxMessage.__table__  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_message = columns(OutboxMessage)
_due, _older = _table.alias("due").c, _table.alias("older").c
_at = bindparam("at", type_=UtcDateTime)
# The oldest that is due and free. One recipient gets the mails in their order, even from several
# workers: what is older, due and not done, leased or not, goes first.
_FREE = (
    select(_due.id)
    .where(
        _due.state == OutboxState.PENDING,
        _due.available_at <= _at,
        or_(_due.leased_until.is_(None), _due.leased_until <= _at),
        ~exists(_older.id).where(  # read from one index alone
            _older.recipient == _due.recipient,
            _older.state == OutboxState.PENDING,
            _older.available_at <= _at,
            _older.id < _due.id,
        ),
    )
    .order_by(_due.id)
    .limit(1)
)
_CLAIM = (
    update(OutboxMessage)
    .where(_message.id == _FREE.with_for_update(skip_locked=True).scalar_subquery())
    .values(
        lease_token=bindparam("token"),
        leased_until=bindparam("until"),
        attempts=_message.attempts + 1,
    )
    .returning(_message.id)
)
_MINE = (
    _message.id == bindparam("message_id"),
    _message.lease_token == bindparam("token"),
    _message.state == OutboxState.PENDING,
)
_LET_GO: dict[str, Any] = {
    "lease_token": None,
    "leased_until": None,
    "last_error": bindparam("error"),
}
_FINISH = (
    update(OutboxMessage)
    .where(*_MINE)
    .values(
        _LET_GO
        | {
            "state": bindparam("end"),
            "done_at": bindparam("at"),
            "values_sealed": bindparam("kept"),
        }
    )
)
_POSTPONE = update(OutboxMessage).where(*_MINE).values(_LET_GO | {"available_at": bindparam("at")})
_RELEASE = update(OutboxMessage).where(*_MINE).values(_LET_GO | {"attempts": _message.attempts - 1})


def is_something_due(session: Session, *, at: datetime) -> bool:
    """A read, so that a worker with nothing to do never asks for the write lock."""
    return session.execute(_FREE, {"at": at}).first() is not None


def claim(session: Session, *, at: datetime, lease: timedelta = LEASE) -> tuple[UUID, UUID] | None:
    """The id and the lease of the next message; nobody else touches it until the lease is over.

    Every attempt is counted when it begins: a message that kills its worker is found out.
    """
    token = uuid4()
    values = {"at": at, "token": token, "until": at + lease}
    found = session.connection().execute(_CLAIM, values).first()
    return (found.id, token) if found is not None else None


def finish(
    session: Session,
    *,
    message_id: UUID,
    token: UUID,
    end: OutboxState,
    at: datetime,
    error: str = "",
    kept: bytes | None = None,
) -> bool:
    """Sent, dropped or dead; False when the lease was lost and somebody else has it now.

    `kept` are the sealed values that stay; the others are forgotten.
    """
    values = {
        "message_id": message_id,
        "token": token,
        "end": end,
        "at": at,
        "error": error,
        "kept": kept,
    }
    return session.connection().execute(_FINISH, values).rowcount == 1


def postpone(
    session: Session, *, message_id: UUID, token: UUID, until: datetime, error: str
) -> None:
    """Not now: the others go first."""
    values = {"message_id": message_id, "token": token, "at": until, "error": error}
    session.connection().execute(_POSTPONE, values)


def release(session: Session, *, message_id: UUID, token: UUID, error: str) -> None:
    """As if it had not been tried: it keeps its place."""
    values = {"message_id": message_id, "token": token, "error": error}
    session.connection().execute(_RELEASE, values)
