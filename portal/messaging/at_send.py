"""Whether a letter about messages is still true as it leaves: something unread, still open."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, and_, bindparam, select
from sqlmodel import Session

from portal.access.permissions import Permission
from portal.access.viewer import Standing
from portal.messaging.visibility import seen_by_family, seen_by_professional
from portal.models import columns
from portal.models.account import MessageLetters, User
from portal.models.messaging import Escalation, Thread, ThreadReader, ThreadState
from portal.outbox.letters import Letter
from portal.scheduling.standings import allows, standing_towards

LETTERS = frozenset({Letter.MESSAGE_NEW, Letter.MESSAGE_OVERDUE})
_MOST_LOOKED_AT = 100
_HOME = "/"
_INBOX = "/inbox"

_t = columns(Thread)
_own_rows = ThreadReader.__table__.alias("own_unread")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_own = _own_rows.c
_UNREAD = (
    select(
        _t.patient_id,
        _t.state,
        _t.escalation,
        seen_by_family().label("is_open_to_family"),
        seen_by_professional().label("is_open_to_professional"),
    )
    .join_from(Thread, _own_rows, and_(_own.patient_id == _t.patient_id, _own.thread_id == _t.id))
    .where(
        _own.user_id == bindparam("viewer_id", type_=Uuid),
        _own.unread > 0,
    )
    .order_by(_t.last_at.desc(), _t.id)
    .limit(_MOST_LOOKED_AT)
)


def values_now(
    session: Session, letter: Letter, *, user_id: UUID | None, at: datetime
) -> dict[str, str] | None:
    """Where the letter leads; none when there is nothing left to read, or no wish to hear of it."""
    user = session.get(User, user_id) if user_id else None
    if user is None or user.message_letters is MessageLetters.NEVER:
        return None
    is_wanted = _is_late if letter is Letter.MESSAGE_OVERDUE else _is_any
    values = {"viewer_id": user.id, "practitioner_id": user.practitioner_id, "today": at.date()}
    unread = [row for row in session.execute(_UNREAD, values) if is_wanted(row)]
    standings = _standings(session, user.id, [row.patient_id for row in unread], at=at)
    found = [
        standing
        for row in unread
        if (standing := standings[row.patient_id]) is not None and _is_open(row, standing)
    ]
    return {"path": _path_to(found)} if found else None


def _is_any(_row: Row[Any]) -> bool:
    return True


def _is_late(row: Row[Any]) -> bool:
    """Somebody still waits, and this has been passed on."""
    return row.state is ThreadState.WAITING and row.escalation is not Escalation.NONE


def _standings(
    session: Session, user_id: UUID, patient_ids: list[UUID], *, at: datetime
) -> Mapping[UUID, Standing | None]:
    return {
        one: standing_towards(session, user_id=user_id, patient_id=one, at=at)[0]
        for one in dict.fromkeys(patient_ids)
    }


def _is_open(row: Row[Any], standing: Standing) -> bool:
    if not allows(Permission.MESSAGES_SEE, standing):
        return False
    return bool(row.is_open_to_professional if standing.is_professional else row.is_open_to_family)


def _path_to(found: list[Standing]) -> str:
    """The conversations of the only patient, the inbox of who works; else the beginning."""
    if all(one.is_professional for one in found):
        return _INBOX
    patients = {one.patient_id for one in found}
    return f"/p/{patients.pop()}/messages" if len(patients) == 1 else _HOME
