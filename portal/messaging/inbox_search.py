"""Looking for words in all conversations of one's boxes, whatever their patient.

Bodies are sealed, so that no index knows their words: the newest messages of the newest
conversations are opened and looked through, and the reader is told how far.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    union,
)
from sqlmodel import Session

from portal.access.viewer import Viewer
from portal.crypto import KeyRing
from portal.messaging.boxes import (
    HEARD_OF,
    PatientRow,
    is_read_at_work,
    of_state,
    patient_columns,
    patient_of,
    shown_patients,
    values_of,
)
from portal.messaging.conversations import (
    MESSAGE_COLUMNS,
    MESSAGES_SHOWN,
    MessageRow,
    with_author,
)
from portal.messaging.search import MESSAGES_SCANNED, Hit, ScannedRow, hit_of
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.messaging import Message, Thread, ThreadState

THREADS_SCANNED = 50
MESSAGES_OF_EACH = 20
ENOUGH_FOUND = 20
"""After the conversation with that many hits the search goes on on a next page."""

_t = columns(Thread)
_message = columns(Message)
_newer = Message.__table__.alias("newer_message").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_after_at = bindparam("after_at", type_=UtcDateTime)
_after_id = bindparam("after_id", type_=Uuid)
_FIRST_ID = UUID(int=0)


class HitOfFile(NamedTuple):
    patient: PatientRow
    hit: Hit


class Searched(NamedTuple):
    hits: list[HitOfFile]
    """Of the newest conversation first."""
    threads: int
    """How many conversations were looked through."""
    is_cut: bool
    """Of a long one only the newest messages were."""
    last: tuple[datetime, UUID] | None
    """The conversation after which there are more to look through; none when those were all."""


class _Row(NamedTuple):
    thread_at: datetime
    patient: PatientRow
    message: ScannedRow


def _newest(which: ColumnElement[bool]) -> Select[Any]:
    """The first ids of one index walk."""
    goes_on = tuple_(_t.last_at, _t.id) < tuple_(_after_at, _after_id)
    found = (
        select(_t.patient_id, _t.id, _t.last_at)
        .where(which, is_read_at_work(_t.patient_id), or_(_after_at.is_(None), goes_on))
        .order_by(_t.last_at.desc(), _t.id.desc())
        .limit(bindparam("threads"))
        .subquery()
    )
    return select(found.c.patient_id, found.c.id, found.c.last_at)


def _messages() -> Select[Any]:
    which = [one for state in ThreadState for one in of_state(state)]
    ids = union(*(_newest(one) for one in (*which, HEARD_OF))).subquery("any_thread")
    chosen = (
        select(ids)
        .order_by(ids.c.last_at.desc(), ids.c.id.desc())
        .limit(bindparam("threads"))
        .subquery("chosen_thread")
    )
    # The oldest message that is looked at: of a long conversation no more are even walked over.
    oldest = (
        select(_newer.id)
        .where(_newer.patient_id == chosen.c.patient_id, _newer.thread_id == chosen.c.id)
        .order_by(_newer.id.desc())
        .limit(1)
        .offset(bindparam("of_each"))
        .scalar_subquery()
    )
    bounded = select(chosen, oldest.label("oldest")).subquery("bounded_thread")
    first = bindparam("first_id", type_=Uuid)
    statement: Select[Any] = with_author(
        select(
            bounded.c.last_at.label("thread_at"),
            *patient_columns(bounded.c.patient_id, bounded.c.id),
            _t.id.label("thread_id"),
            _t.subject_sealed,
            *MESSAGE_COLUMNS,
        )
        .select_from(bounded)
        .join(Thread, and_(_t.patient_id == bounded.c.patient_id, _t.id == bounded.c.id))
        .join(shown_patients, shown_patients.c.id == bounded.c.patient_id)
        .join(
            Message,
            and_(
                _message.patient_id == bounded.c.patient_id,
                _message.thread_id == bounded.c.id,
                _message.id >= func.coalesce(bounded.c.oldest, first),
            ),
        )
    ).order_by(bounded.c.last_at.desc(), bounded.c.id.desc(), _message.id.desc())
    return statement


_MESSAGES = _messages()


def search_inbox(
    session: Session,
    words: list[str],
    *,
    viewer: Viewer,
    teams: Sequence[UUID],
    keys: KeyRing,
    at: datetime,
    after: tuple[datetime, UUID] | None = None,
    threads: int = THREADS_SCANNED,
    of_each: int = MESSAGES_OF_EACH,
) -> Searched:
    """Messages and notes that hold all the words, in their text or in the subject.

    `teams` as `read_summary` found them.
    """
    values = values_of(viewer, at=at, teams=teams) | {
        "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
        "threads": threads + 1,
        "of_each": of_each,
        "first_id": _FIRST_ID,
    }
    rows = [_row(one) for one in session.execute(_MESSAGES, values).mappings()]
    return _through(rows, words, keys, threads=threads, of_each=of_each)


def _row(row: Any) -> _Row:
    message = MessageRow(**{name: row[name] for name in MessageRow._fields})
    scanned = ScannedRow(row["thread_id"], row["subject_sealed"], message)
    return _Row(row["thread_at"], patient_of(row), scanned)


def _through(
    rows: Iterable[_Row], words: list[str], keys: KeyRing, *, threads: int, of_each: int
) -> Searched:
    """One conversation after the other, until it is enough for one page."""
    hits: list[HitOfFile] = []
    looked_through, opened, is_cut, last = 0, 0, False, None
    for thread_id, messages in groupby(rows, key=lambda one: one.message.thread_id):
        if looked_through == threads or opened >= MESSAGES_SCANNED or len(hits) >= ENOUGH_FOUND:
            return Searched(hits, looked_through, is_cut, last)
        found = list(messages)
        hits += _hits(found[:of_each], words, keys)
        looked_through, opened = looked_through + 1, opened + len(found)
        is_cut = is_cut or len(found) > of_each
        last = found[0].thread_at, thread_id
    return Searched(hits, looked_through, is_cut, None)


def _hits(rows: list[_Row], words: list[str], keys: KeyRing) -> Iterator[HitOfFile]:
    """In one conversation, the newest first."""
    subjects: dict[UUID, str] = {}
    for place, row in enumerate(rows):
        is_first = place < MESSAGES_SHOWN
        hit = hit_of(
            row.message, words, subjects, keys=keys, is_first=is_first, is_newest=place == 0
        )
        if hit is not None:
            yield HitOfFile(row.patient, hit)
