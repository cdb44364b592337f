"""Whether something came since a page was made: asked by pages that are open, told in ids alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, select
from sqlmodel import Session

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.messaging.visibility import seen_by_family, seen_by_professional
from portal.models import columns
from portal.models.messaging import Message, MessageKind, Thread, ThreadReader
from portal.scheduling.standings import allows, standing_towards

MOST_THREADS = 20
MOST_FILES = 3
"""Of how many patients one question may be: the rights towards each are read anew."""

_t = columns(Thread)
_reader = columns(ThreadReader)
_message = columns(Message)
_of_thread = select(_message.id).where(
    _message.patient_id == _t.patient_id, _message.thread_id == _t.id
)


def _newest(statement: Any) -> Any:
    return (
        statement.order_by(_message.id.desc())
        .limit(1)
        .correlate(Thread.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
        .scalar_subquery()
    )


_UNREAD = (
    select(
        _t.patient_id,
        _t.id.label("thread_id"),
        seen_by_family().label("seen_by_family"),
        seen_by_professional().label("seen_by_professional"),
        _newest(_of_thread.where(_message.kind == MessageKind.MESSAGE)).label("newest_message"),
        _newest(_of_thread).label("newest"),
    )
    .select_from(ThreadReader)
    .join(Thread, and_(_t.patient_id == _reader.patient_id, _t.id == _reader.thread_id))
    .where(
        _reader.user_id == bindparam("viewer_id", type_=Uuid),
        _reader.unread > 0,
        _reader.thread_id.in_(bindparam("named", expanding=True)),
    )
    .order_by(_t.patient_id, _t.id)
)


class _Unread(NamedTuple):
    patient_id: UUID
    thread_id: UUID
    seen_by_family: bool
    seen_by_professional: bool
    newest_message: UUID | None
    newest: UUID | None
    """That may be a note, which the family never learns of."""


def news_of(
    session: Session, *, viewer: Viewer, shown: Mapping[UUID, UUID], at: datetime
) -> list[UUID]:
    """Of the conversations on a page, those with something newer than what it shows.

    `shown` says the newest message of each as the page has it. Only those that the reader may
    read now; of at most `MOST_THREADS` conversations, of `MOST_FILES` patients.
    """
    values = {
        "viewer_id": viewer.id,
        "practitioner_id": viewer.practitioner_id,
        "today": at.date(),
        "named": list(shown)[:MOST_THREADS],
    }
    rows = [_Unread(*row) for row in session.execute(_UNREAD, values)]
    patients = sorted({row.patient_id for row in rows})[:MOST_FILES]
    sides = {one: _side(session, viewer, patient_id=one, at=at) for one in patients}
    return [row.thread_id for row in rows if _is_news(row, sides.get(row.patient_id), shown)]


def _side(session: Session, viewer: Viewer, *, patient_id: UUID, at: datetime) -> str | None:
    """On which side of the conversations the reader stands now; none without the right."""
    standing, _relative = standing_towards(session, user_id=viewer.id, patient_id=patient_id, at=at)
    if standing is None or not allows(Permission.MESSAGES_SEE, standing):
        return None
    return "professional" if standing.is_professional else "family"


def _is_news(row: _Unread, side: str | None, shown: Mapping[UUID, UUID]) -> bool:
    seen, newest = {
        "family": (row.seen_by_family, row.newest_message),
        "professional": (row.seen_by_professional, row.newest),
    }.get(side or "", (False, None))
    return bool(seen and newest is not None and newest > shown[row.thread_id])
