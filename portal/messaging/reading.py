"""What was shown is read: counts fall, and who wrote sees by whom it was read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from portal.models import columns
from portal.models.messaging import ThreadReader

_reader = columns(ThreadReader)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def mark_read(
    session: Session,
    *,
    patient_id: UUID,
    thread_id: UUID,
    user_id: UUID,
    last_id: UUID,
    at: datetime,
) -> None:
    """Up to `last_id`, the newest message that was shown; what came after stays unread.

    Also for somebody to whom the conversation was opened after it was written.
    """
    insert = _INSERT[session.get_bind().dialect.name](ThreadReader)
    wanted = insert.values(
        patient_id=patient_id,
        thread_id=thread_id,
        user_id=user_id,
        is_participant=False,
        unread=0,
        last_read_id=last_id,
        last_read_at=at,
    )
    session.connection().execute(
        wanted.on_conflict_do_update(
            index_elements=["patient_id", "thread_id", "user_id"],
            set_={"unread": 0, "last_read_id": last_id, "last_read_at": at},
        )
    )


_UNREAD_AGAIN = (
    update(ThreadReader)
    .where(
        _reader.patient_id == bindparam("of_patient", type_=Uuid),
        _reader.thread_id == bindparam("of_thread", type_=Uuid),
        _reader.user_id == bindparam("of_user", type_=Uuid),
        _reader.unread == 0,
    )
    .values(unread=1)
)


def mark_unread(session: Session, *, patient_id: UUID, thread_id: UUID, user_id: UUID) -> None:
    """To come back to it; who wrote still sees that it was read."""
    values = {"of_patient": patient_id, "of_thread": thread_id, "of_user": user_id}
    session.connection().execute(_UNREAD_AGAIN, values)
