"""The access log: one row per read or act by another person, chained so that changes show.

The rows of one patient are numbered from 1; each holds the SHA-256 of the row before and of
itself. A cut tail shows against a checkpoint (`portal/access/checkpoints.py`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from portal.access.policy import Decision
from portal.access.viewer import Standing
from portal.models import columns
from portal.models.audit import AccessDecision, AccessEvent, Capacity
from portal.models.rights import CareLinkKind

_event = columns(AccessEvent)
_newer = AccessEvent.__table__.alias("newer").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_HEADS = select(_event.patient_id, _event.sequence, _event.hash).where(
    _event.patient_id.in_(bindparam("of_patients", expanding=True)),
    ~exists().where(_newer.patient_id == _event.patient_id, _newer.sequence > _event.sequence),
)
_INSERT: dict[str, Any] = {
    "sqlite": sqlite.insert(AccessEvent).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(AccessEvent).on_conflict_do_nothing(),
}
_MOST_TRIES = 1_000
_EMPTY: tuple[int, bytes] = (0, b"")

Head = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Access:
    """What one line says: identifiers only."""

    patient_id: UUID
    at: datetime
    actor_id: UUID
    capacity: Capacity
    category: str
    action: str
    item_id: UUID | None
    decision: AccessDecision
    reason: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts in a file: their account, and as what; `self` for the patient."""

    user_id: UUID
    capacity: str


def author_of(viewer_id: UUID, standing: Standing, decision: Decision) -> Author:
    return Author(viewer_id, "self" if standing.is_own else capacity_of(standing, decision))


def capacity_of(standing: Standing, decision: Decision) -> Capacity:
    """As what the reader stood there: the sentence that decided, else their place."""
    reason = decision.reason
    if reason == "has_emergency_access":
        return Capacity.EMERGENCY
    if reason.startswith("coordinates"):
        return Capacity.COORDINATOR
    if reason in ("is_in_active_circle", "shares_care"):
        return Capacity.PROFESSIONAL
    return _place_of(standing)


def record(
    session: Session, accesses: list[Access], *, heads: Mapping[UUID, Head] | None = None
) -> None:
    """Write one line each, of different patients, into the open transaction.

    One statement where the `heads` are known, two where they must be read.
    """
    # In one order for all writers: two lists with the same people never wait for one another.
    waiting = {one.patient_id: one for one in sorted(accesses, key=lambda one: one.patient_id)}
    for _try in range(_MOST_TRIES):
        heads = heads or _heads(session, list(waiting))
        rows = [_row(one, *heads.get(one.patient_id, _EMPTY)) for one in waiting.values()]
        # Whoever comes second with the same number writes nothing, and tries with the next one.
        insert = _INSERT[session.get_bind().dialect.name].values(rows)
        for patient_id in session.execute(insert.returning(_event.patient_id)).scalars():
            del waiting[patient_id]
        if not waiting:
            return
        heads = None
    raise RuntimeError("the access log takes no line")


def hash_of(previous: bytes, sequence: int, access: Access) -> bytes:
    """What the `hash` of a row must be after one whose hash is `previous`."""
    canonical = json.dumps([sequence, *_canonical(access)], separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()


def _place_of(standing: Standing) -> Capacity:
    places = {
        CareLinkKind.LEGAL_REPRESENTATIVE: Capacity.LEGAL_REPRESENTATIVE,
        CareLinkKind.CARER: Capacity.CARER,
    }
    if standing.link_kind in places:
        return places[standing.link_kind]
    if standing.is_circle_member:
        return Capacity.PROFESSIONAL
    return Capacity.COORDINATOR if standing.is_coordinator else Capacity.EMERGENCY


def _heads(session: Session, patient_ids: list[UUID]) -> dict[UUID, Head]:
    found = session.execute(_HEADS, {"of_patients": patient_ids})
    return {patient_id: (sequence, own_hash) for patient_id, sequence, own_hash in found}


def _row(access: Access, last: int, previous: bytes) -> dict[str, object]:
    fields: dict[str, object] = {name: getattr(access, name) for name in Access.__slots__}
    own = hash_of(previous, last + 1, access)
    return fields | {"sequence": last + 1, "previous_hash": previous, "hash": own}


def _canonical(access: Access) -> Iterator[str | None]:
    for name in Access.__slots__:
        value = getattr(access, name)
        if isinstance(value, datetime):
            yield value.astimezone(UTC).isoformat(timespec="microseconds")
        else:
            yield None if value is None else str(value)
