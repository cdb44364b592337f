"""What every act on a conversation shares: its lock, its version, its line between the messages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.messaging.visibility import Reader, seen_by_family, seen_by_professional
from portal.models import columns
from portal.models.messaging import Thread, ThreadAct, ThreadEvent

_t = columns(Thread)
_LOCKED = (
    select(Thread)
    .where(
        _t.patient_id == bindparam("of_patient", type_=Uuid),
        _t.id == bindparam("of_thread", type_=Uuid),
    )
    .with_for_update()
)
_LOCKED_BY_FAMILY = _LOCKED.where(seen_by_family())
_LOCKED_BY_PROFESSIONAL = _LOCKED.where(seen_by_professional())


def locked(
    session: Session, *, patient_id: UUID, thread_id: UUID, reader: Reader, at: datetime
) -> Thread:
    """The row as it stands now, held until the transaction ends.

    Raises `NotFoundError` for that of another patient, and for one that the reader does not see.
    """
    values = {
        "of_patient": patient_id,
        "of_thread": thread_id,
        "viewer_id": reader.user_id,
        "practitioner_id": reader.practitioner_id,
        "today": at.date(),
    }
    statement = _LOCKED_BY_FAMILY if reader.is_family else _LOCKED_BY_PROFESSIONAL
    # What was read before the lock was there may be old.
    fresh = {"populate_existing": True}
    found: Thread | None = session.execute(
        statement, values, execution_options=fresh
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("thread")
    return found


def refuse_stale(thread: Thread, version: int) -> None:
    """Raises `ChangedMeanwhileError` when it is not what the reader saw."""
    if thread.version != version:
        raise ChangedMeanwhileError


def event_of(
    session: Session,
    thread: Thread,
    act: ThreadAct,
    *,
    by: Author | None,
    at: datetime,
    to_name: str = "",
) -> None:
    """The line of an act, which raises the version; flushes. `by` is none when nobody did it."""
    thread.version += 1
    session.add(thread)
    session.add(
        ThreadEvent(
            patient_id=thread.patient_id,
            thread_id=thread.id,
            act=act,
            actor_id=by.user_id if by else None,
            capacity=by.capacity if by else "",
            at=at,
            to_name=to_name,
        )
    )
    session.flush()
