"""Places of a workshop: each taken or given back by one statement, whoever else does so now."""

from uuid import UUID

from sqlalchemy import Update, Uuid, bindparam, update
from sqlmodel import Session

from portal.errors import PortalError
from portal.models import columns
from portal.models.series import Workshop

_w = columns(Workshop)
_this = _w.id == bindparam("of_workshop", type_=Uuid)
_TAKE = (
    update(Workshop)
    .where(_this, _w.cancelled_at.is_(None), _w.places_taken < _w.capacity)
    .values(places_taken=_w.places_taken + 1)
    .returning(_w.id)
)
_FREE = (
    update(Workshop)
    .where(_this, _w.places_taken > 0)
    .values(places_taken=_w.places_taken - 1)
    .returning(_w.id)
)


class WorkshopFullError(PortalError):
    """No place is left, or the workshop does not take place."""


def take_place(session: Session, workshop_id: UUID) -> None:
    """One place less is left, in the transaction of the answer.

    Raises `WorkshopFullError`, and nothing was written then. The database compares and counts in
    one statement: of many who accept the last place at once, one has it.
    """
    if not _moved(session, _TAKE, workshop_id):
        raise WorkshopFullError


def free_place(session: Session, workshop_id: UUID) -> None:
    """One place more is left, and never more than there are; the caller knows it was taken."""
    _moved(session, _FREE, workshop_id)


def _moved(session: Session, statement: Update, workshop_id: UUID) -> bool:
    # What the session read of the workshop before is old from here on.
    options = {"synchronize_session": False}
    found = session.execute(statement, {"of_workshop": workshop_id}, execution_options=options)
    is_moved = found.scalar_one_or_none() is not None
    if (known := session.identity_map.get(session.identity_key(Workshop, workshop_id))) is not None:
        session.expire(known)
    return is_moved
