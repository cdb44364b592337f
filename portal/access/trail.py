"""What a request leaves in the access log, and when: before its answer leaves."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import g, request
from sqlmodel import Session

from portal.access.audit import Access, Head, capacity_of, record
from portal.access.permissions import Permission
from portal.access.policy import Decision
from portal.access.request_id import request_id
from portal.access.scope import Person
from portal.access.viewer import Viewer
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.models.audit import AccessDecision, Capacity
from portal.models.rights import CareLinkKind, GrantAction, GrantCategory

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SHOWN_WITH_ERRORS = (409, 422)
_CAPACITIES = {
    CareLinkKind.CARER: Capacity.CARER,
    CareLinkKind.LEGAL_REPRESENTATIVE: Capacity.LEGAL_REPRESENTATIVE,
}


def note(viewer: Viewer, permission: Permission, decision: Decision) -> None:
    """Another person's read or act leaves one line, in the transaction that reads."""
    standing = viewer.standing
    if standing is None or standing.is_own:
        return
    category, _, action = permission.partition(":")
    access = Access(
        patient_id=standing.patient_id,
        at=now(),
        actor_id=viewer.id,
        capacity=capacity_of(standing, decision),
        category=category,
        action=action,
        item_id=next((v for v in (request.view_args or {}).values() if isinstance(v, UUID)), None),
        decision=AccessDecision.ALLOWED if decision else AccessDecision.DENIED,
        reason=decision.reason,
        request_id=request_id(),
    )
    _write([access], {standing.patient_id: standing.log_head})


def note_list(viewer: Viewer, people: Iterable[Person], *, category: GrantCategory) -> None:
    """A list shows something of several files: one line in the log of each but the reader's own."""
    listed = {one.id: _CAPACITIES[one.kind] for one in people if one.kind in _CAPACITIES}
    note_patients(viewer, listed, category=category)


def note_patients(
    viewer: Viewer,
    patients: Mapping[UUID, Capacity],
    *,
    category: GrantCategory,
    action: str = GrantAction.SEE,
    reason: str = "is_listed",
    items: Mapping[UUID, UUID] | None = None,
) -> None:
    """The same for a professional's list of patients that shows more than their names.

    Or for one act in several files: then `action` is that of its permission. `items` names what
    is shown of a patient where nothing but that is: who may not know of it reads no line either.
    """
    accesses = [
        Access(
            patient_id=patient_id,
            at=now(),
            actor_id=viewer.id,
            capacity=capacity,
            category=category,
            action=action,
            item_id=(items or {}).get(patient_id),
            decision=AccessDecision.ALLOWED,
            reason=reason,
            request_id=request_id(),
        )
        for patient_id, capacity in patients.items()
    ]
    if accesses:
        _write(accesses, {})


def settle(status: int) -> None:
    """Before the answer leaves: its lines are durable, or nothing is shown.

    Also lets go of the lock that a page about a patient holds while it reads.
    """
    session: Session | None = g.get("session")
    if session is None:
        return
    shown = [one for one in session.info.pop("unwritten", ()) if _was_shown(one, status)]
    is_reading = request.method in SAFE_METHODS and session.info.get("writing")
    if shown and is_reading:
        session.expunge_all()  # a page changes nothing: only the lines are written
        with transaction():
            pass
    elif shown:
        # The view gave its transaction up: the line is written on its own.
        end_reading()
        with transaction() as session:
            record(session, shown)
    elif is_reading:
        end_reading()


def _write(accesses: list[Access], heads: dict[UUID, Head]) -> None:
    session = current_session()
    session.info["unwritten"] = accesses
    record(session, accesses, heads=heads)


def _was_shown(access: Access, status: int) -> bool:
    """Whether this answer shows or changes something of the file, or refuses it as such."""
    return access.decision is AccessDecision.DENIED or status < 400 or status in _SHOWN_WITH_ERRORS
