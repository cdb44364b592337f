"""Every chain of the access log computed again: what was changed is named row by row.

Nothing is trusted that is read here: whoever changes rows may write values that are none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, select, type_coerce
from sqlmodel import Session

from portal.access.audit import Access, hash_of
from portal.models import columns
from portal.models.audit import AccessDecision, AccessEvent, Capacity

_AT_ONCE = 500
_UNREADABLE = b"unreadable"
_event = columns(AccessEvent)

Head = tuple[int, str]
"""Number and hash, in hexadecimal, of the last row of a chain."""


def _raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """As it is stored: a value that the type does not know would end the reading."""
    return type_coerce(column, String)


_ROWS = select(
    _raw(_event.patient_id),
    _event.sequence,
    _raw(_event.at),
    _raw(_event.actor_id),
    _raw(_event.capacity),
    _event.category,
    _event.action,
    _raw(_event.item_id),
    _raw(_event.decision),
    _event.reason,
    _event.request_id,
    _event.previous_hash,
    _event.hash,
).order_by(_event.patient_id, _event.sequence)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of the report; `first` and `last` are the numbers of the rows it names."""

    patient_id: str
    first: int
    last: int
    sentence: str

    def __str__(self) -> str:
        rows = f"row {self.first}" if self.first == self.last else f"rows {self.first}-{self.last}"
        return f"patient {self.patient_id}, {rows}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row as it was found."""

    patient_id: str
    sequence: int
    previous_hash: bytes
    hash: bytes
    computed: bytes
    """What `hash` must be; no hash at all when the row cannot even be read."""

    def finding(self, sentence: str, first: int | None = None, last: int | None = None) -> Finding:
        """About this row, or about those from `first` to `last` beside it."""
        own = self.sequence
        if first is None or last is None:
            first, last = own, own
        return Finding(self.patient_id, first, last, sentence)


@dataclass(slots=True)
class Tally:
    """What was read."""

    chains: int = 0
    rows: int = 0


def findings(session: Session, *, heads: Mapping[str, Head], tally: Tally) -> Iterator[Finding]:
    """What is wrong in every chain, and against the heads that a checkpoint knows.

    Rows are read a few at a time: a large log takes time, not memory.
    """
    vanished = dict(heads)
    found = session.execute(_ROWS, execution_options={"yield_per": _AT_ONCE})
    for patient_id, rows in groupby(map(_stored, found), key=lambda row: row.patient_id):
        tally.chains += 1
        yield from _findings_in(rows, head=vanished.pop(patient_id, None), tally=tally)
    for patient_id, (sequence, _hash) in vanished.items():
        yield Finding(patient_id, 1, sequence, "gone with the whole log: a checkpoint knows them")


def _findings_in(
    rows: Iterable[StoredRow], *, head: Head | None, tally: Tally
) -> Iterator[Finding]:
    row: StoredRow | None = None
    before: StoredRow | None = None
    for row in rows:
        tally.rows += 1
        yield from _findings_of(row, before)
        if head is not None and row.sequence == head[0] and row.hash.hex() != head[1]:
            yield row.finding("not what the checkpoint says: the log was written anew")
        before = row
    if row is not None and head is not None and row.sequence < head[0]:
        yield row.finding("cut off: a checkpoint knows them", row.sequence + 1, head[0])


def _findings_of(row: StoredRow, before: StoredRow | None) -> Iterator[Finding]:
    """What one row says by itself, and after the one before it."""
    expected = before.sequence + 1 if before is not None else 1
    if row.sequence > expected:
        yield row.finding("missing", expected, row.sequence - 1)
    elif row.sequence < expected:
        yield row.finding("inserted: the first row has the number 1")
    if row.hash != row.computed:
        yield row.finding("changed, moved or inserted: it does not match its hash")
    elif row.sequence == expected and not _follows(row, before):
        sentence = "they do not follow one another: one was replaced"
        yield row.finding(sentence, max(1, expected - 1), expected)


def _follows(row: StoredRow, before: StoredRow | None) -> bool:
    if before is None:
        return row.previous_hash == b""
    # Whether the content or the hash of the row before was changed: this one followed the other.
    return row.previous_hash in (before.hash, before.computed)


def _stored(raw: Any) -> StoredRow:
    patient_id, sequence, *fields, previous, own = raw
    try:
        chain, number = UUID(str(patient_id)), int(sequence)
        computed = hash_of(bytes(previous), number, _access(chain, fields))
        return StoredRow(str(chain), number, bytes(previous), bytes(own), computed)
    except (ValueError, TypeError):
        kept = own if isinstance(own, bytes) else b""
        return StoredRow(_name(patient_id), _number(sequence), b"", kept, _UNREADABLE)


def _access(patient_id: UUID, fields: list[Any]) -> Access:
    at, actor_id, capacity, category, action, item_id, decision, reason, request_id = fields
    return Access(
        patient_id=patient_id,
        at=_instant(at),
        actor_id=UUID(str(actor_id)),
        capacity=Capacity(capacity),
        category=category,
        action=action,
        item_id=UUID(str(item_id)) if item_id is not None else None,
        decision=AccessDecision(decision),
        reason=reason,
        request_id=request_id,
    )


def _instant(stored: Any) -> datetime:
    """An aware instant from PostgreSQL, text in UTC from SQLite."""
    instant = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _name(patient_id: Any) -> str:
    try:
        return str(UUID(str(patient_id)))
    except ValueError:
        return repr(patient_id)


def _number(sequence: Any) -> int:
    return sequence if isinstance(sequence, int) else 0
