"""What one account has read of one conversation: its row, made where there is none yet."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session

from portal.models import columns
from portal.models.messaging import Thread, ThreadReader

_reader = columns(ThreadReader)


def row_of(session: Session, thread: Thread, user_id: UUID) -> ThreadReader:
    """Held until the transaction ends; the thread's own lock keeps others from making it too."""
    found: ThreadReader | None = session.execute(
        select(ThreadReader)
        .where(
            _reader.patient_id == thread.patient_id,
            _reader.thread_id == thread.id,
            _reader.user_id == user_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        found = ThreadReader(patient_id=thread.patient_id, thread_id=thread.id, user_id=user_id)
        session.add(found)
    session.flush()
    return found


def is_new_for(
    session: Session, thread: Thread, user_ids: Iterable[UUID], *, is_late: bool = False
) -> None:
    """Marked as new for accounts that take part from now on; what was new already stays so.

    In the order of the accounts, as in every send.
    """
    for user_id in sorted(user_ids):
        row = row_of(session, thread, user_id)
        row.is_participant = True
        row.unread = max(row.unread, 1)
        row.heard_late = row.heard_late or is_late
        session.add(row)
    session.flush()


def is_late_no_more(session: Session, thread: Thread) -> None:
    """Nobody has to see to a late answer here: it leaves the inboxes of those who heard of it."""
    session.connection().execute(
        update(ThreadReader)
        .where(
            _reader.patient_id == thread.patient_id,
            _reader.thread_id == thread.id,
            _reader.heard_late,
        )
        .values(heard_late=False)
    )
