"""What the operator asks of the outbox, and what is forgotten in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update
from sqlmodel import Session

from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.outbox import OutboxMessage, OutboxState

KEPT = timedelta(days=30)

_message = columns(OutboxMessage)
_before = bindparam("before", type_=UtcDateTime)
_OVER = and_(
    _message.state.in_((OutboxState.SENT, OutboxState.DROPPED)), _message.done_at < _before
)
# The line of a dead letter stays until the operator drops it; what was in it does not.
_DEAD_AND_OLD = and_(
    _message.state == OutboxState.DEAD,
    _message.done_at < _before,
    _message.values_sealed.is_not(None),
)
_COUNTS = select(_message.state, func.count()).group_by(_message.state)
_DEAD = select(OutboxMessage).where(_message.state == OutboxState.DEAD).order_by(_message.id)
_OLDEST = (
    select(OutboxMessage)
    .where(_message.state == OutboxState.PENDING)
    .order_by(_message.available_at, _message.id)
    .limit(1)
)
_NEWEST_SENT = (
    select(OutboxMessage)
    .where(_message.state == OutboxState.SENT, _message.values_sealed.is_not(None))
    .order_by(_message.done_at.desc(), _message.id.desc())
)
_AGAIN = (
    update(OutboxMessage)
    .where(_message.state == OutboxState.DEAD, _message.values_sealed.is_not(None))
    .values(
        state=OutboxState.PENDING,
        available_at=bindparam("at"),
        attempts=0,
        done_at=None,
        lease_token=None,
        leased_until=None,
    )
)
_DROP = (
    update(OutboxMessage)
    .where(
        _message.id == bindparam("message_id"),
        _message.state.in_((OutboxState.PENDING, OutboxState.DEAD)),
    )
    .values(
        state=OutboxState.DROPPED,
        values_sealed=None,
        done_at=bindparam("at"),
        last_error="dropped by the operator",
        lease_token=None,
        leased_until=None,
    )
)


@dataclass(frozen=True, slots=True)
class Overview:
    counts: dict[OutboxState, int]
    oldest: OutboxMessage | None
    """Of those that wait: the one that could leave first."""
    dead: Sequence[OutboxMessage]


def overview(session: Session) -> Overview:
    counts = {OutboxState(state): number for state, number in session.execute(_COUNTS)}
    return Overview(
        counts=counts,
        oldest=session.execute(_OLDEST).scalar_one_or_none(),
        dead=session.execute(_DEAD).scalars().all(),
    )


def newest_shown(session: Session, *, limit: int) -> Sequence[OutboxMessage]:
    """What a demo without a mail server would have sent, the newest first."""
    return session.execute(_NEWEST_SENT.limit(limit)).scalars().all()


def send_again(session: Session, *, message_id: UUID | None, at: datetime) -> int:
    """One dead letter, or all of them; returns how many. What is in it may be gone already."""
    statement = _AGAIN if message_id is None else _AGAIN.where(_message.id == message_id)
    return session.connection().execute(statement, {"at": at}).rowcount


def drop(session: Session, *, message_id: UUID, at: datetime) -> bool:
    """It is not sent any more; False when it was sent or dropped already, or does not exist."""
    values = {"message_id": message_id, "at": at}
    return session.connection().execute(_DROP, values).rowcount == 1


def is_due(session: Session, *, at: datetime) -> bool:
    found = select(exists().where(or_(_OVER, _DEAD_AND_OLD)))
    return bool(session.execute(found, {"before": at - KEPT}).scalar_one())


def carry_out(session: Session, *, at: datetime) -> None:
    """Addresses and errors of what is over are kept for 30 days, to answer questions."""
    before = {"before": at - KEPT}
    session.connection().execute(delete(OutboxMessage).where(_OVER), before)
    session.connection().execute(
        update(OutboxMessage).where(_DEAD_AND_OLD).values(values_sealed=None), before
    )
