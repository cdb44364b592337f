"""What somebody who works was writing and has not sent, over all files that are open to them."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Subquery, Uuid, and_, bindparam, or_, select, tuple_
from sqlmodel import Session

from portal.access.thread_facts import MOST_UNREAD
from portal.access.viewer import Viewer
from portal.messaging.boxes import (
    PatientRow,
    is_read_at_work,
    patient_columns,
    patient_of,
    shown_patients,
    values_of,
)
from portal.messaging.drafts import is_sent
from portal.messaging.listing import KeptRow
from portal.messaging.visibility import seen_by_professional
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.messaging import NEW_THREAD, MessageDraft, Thread

DRAFTS_SHOWN = 20

_draft = columns(MessageDraft)
_t = columns(Thread)
_SEEN = and_(
    _draft.author_id == bindparam("viewer_id", type_=Uuid),
    # A conversation that is not begun yet, or one that they still read.
    or_(_draft.slot == NEW_THREAD, and_(_t.id.is_not(None), seen_by_professional())),
    is_read_at_work(_draft.patient_id),
    ~is_sent,
)


class DraftOfFile(NamedTuple):
    patient: PatientRow
    draft: KeptRow
    subject_sealed: bytes | None
    """Of the conversation; none of one that is not begun yet."""


class Drafts(NamedTuple):
    rows: list[DraftOfFile]
    has_more: bool


def _own(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(MessageDraft)
        .outerjoin(Thread, and_(_t.patient_id == _draft.patient_id, _t.id == _draft.slot))
        .where(_SEEN)
    )


def drafts_to_count() -> Subquery:
    """One row for each, no further than a badge can say."""
    return _own(select(_draft.id)).limit(MOST_UNREAD).subquery("own_draft")


_after_at = bindparam("after_at", type_=UtcDateTime)
_after_id = bindparam("after_id", type_=Uuid)
_LIST = (
    _own(
        select(
            *(_draft[name].label(name) for name in KeptRow._fields),
            _t.subject_sealed.label("thread_subject_sealed"),
            *patient_columns(_draft.patient_id, _draft.slot),
        )
    )
    .join(shown_patients, shown_patients.c.id == _draft.patient_id)
    .where(
        or_(
            _after_at.is_(None),
            tuple_(_draft.updated_at, _draft.id) < tuple_(_after_at, _after_id),
        )
    )
    .order_by(_draft.updated_at.desc(), _draft.id.desc())
    .limit(bindparam("shown"))
)


def read_drafts(
    session: Session,
    *,
    viewer: Viewer,
    at: datetime,
    after: tuple[datetime, UUID] | None = None,
    limit: int = DRAFTS_SHOWN,
) -> Drafts:
    """The newest first, from after one of them."""
    values = values_of(viewer, at=at) | {
        "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
        "shown": limit + 1,
    }
    rows = [_row(row) for row in session.execute(_LIST, values).mappings()]
    return Drafts(rows[:limit], len(rows) > limit)


def _row(row: Any) -> DraftOfFile:
    kept = KeptRow(**{name: row[name] for name in KeptRow._fields})
    return DraftOfFile(patient_of(row), kept, row["thread_subject_sealed"])
