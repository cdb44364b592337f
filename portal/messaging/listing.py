"""A patient's conversations as a list, with what the reader was writing, by one statement."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    bindparam,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlmodel import Session

from portal.messaging.conversations import THREAD_COLUMNS, ThreadRow, with_names
from portal.messaging.visibility import Reader, seen_by_family, seen_by_professional
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.messaging import MessageDraft, MessageKind, Thread
from portal.models.union import ArmOf, Union

THREADS_SHOWN = 20
MOST_DRAFTS = 20

_t = columns(Thread)
_draft = columns(MessageDraft)
_of_patient = bindparam("of_patient", type_=Uuid)


class KeptRow(NamedTuple):
    """As `MessageDraft`: one message that is not sent yet."""

    id: UUID
    slot: UUID
    kind: MessageKind
    key: UUID
    recipient: str
    need_id: UUID | None
    subject_sealed: bytes
    body_sealed: bytes
    is_private: bool
    updated_at: datetime


class ThreadList(NamedTuple):
    threads: list[ThreadRow]
    has_more: bool
    drafts: list[KeptRow]
    """The reader's own messages of this file that are not sent yet, the newest first."""


_DRAFT_COLUMNS: dict[str, ColumnElement[Any]] = {name: _draft[name] for name in KeptRow._fields}
_UNION = Union(
    {"thread": ArmOf(THREAD_COLUMNS, ThreadRow), "draft": ArmOf(_DRAFT_COLUMNS, KeptRow)}
)
_DRAFTS = (
    _UNION.arm("draft")
    .select_from(MessageDraft)
    .where(
        _draft.patient_id == _of_patient,
        _draft.author_id == bindparam("viewer_id", type_=Uuid),
        _draft.kind == MessageKind.MESSAGE,
    )
)


def _listing(*, is_family: bool) -> Any:
    last_at = bindparam("before_at", type_=UtcDateTime)
    last_id = bindparam("before_id", type_=Uuid)
    newest = (
        select(_t.id)
        .where(
            _t.patient_id == _of_patient,
            seen_by_family() if is_family else seen_by_professional(),
            or_(last_at.is_(None), tuple_(_t.last_at, _t.id) < tuple_(last_at, last_id)),
        )
        .order_by(_t.last_at.desc(), _t.id.desc())
        .limit(bindparam("shown"))
    ).subquery("newest")
    threads = with_names(_UNION.arm("thread").select_from(Thread)).where(
        _t.patient_id == _of_patient, _t.id.in_(select(newest.c.id))
    )
    return union_all(threads, _DRAFTS)


_LISTINGS = {flag: _listing(is_family=flag) for flag in (True, False)}


def read_threads(
    session: Session,
    *,
    patient_id: UUID,
    reader: Reader,
    at: datetime,
    before: tuple[datetime, UUID] | None = None,
    limit: int = THREADS_SHOWN,
) -> ThreadList:
    """Those that this reader sees, the newest first."""
    values = {
        "of_patient": patient_id,
        "viewer_id": reader.user_id,
        "practitioner_id": reader.practitioner_id,
        "today": at.date(),
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
        "shown": limit + 1,
    }
    found = _UNION.read(session.execute(_LISTINGS[reader.is_family], values).mappings())
    threads = sorted(found["thread"], key=lambda one: (one.last_at, one.id), reverse=True)
    drafts = sorted(found["draft"], key=lambda one: one.updated_at, reverse=True)
    return ThreadList(threads[:limit], len(threads) > limit, drafts[:MOST_DRAFTS])
