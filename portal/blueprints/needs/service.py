"""Adding a need, and changing what is said of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.access.audit import Author
from portal.blueprints.needs import queries
from portal.blueprints.needs.writing import (
    Done,
    Wanted,
    locked,
    put,
    put_first,
    refuse_stale,
    wanted_of,
)
from portal.errors import NotFoundError
from portal.models.base import new_id
from portal.models.care import CareTeam
from portal.models.need import Need

MOST_OPEN = 100
"""No circle keeps more in mind, and one statement reads them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the catalogue, or a type of the organization."""

    code: str = ""
    need_type_id: UUID | None = None


class TooManyNeedsError(Exception):
    """The circle keeps `MOST_OPEN` open needs already."""


def add(
    session: Session,
    *,
    patient_id: UUID,
    need_id: UUID,
    kind: Kind,
    wanted: Wanted,
    by: Author,
    at: datetime,
) -> Done:
    """`need_id` was made with the form: sent twice, it is one need.

    Raises `WrongPersonError`, `TooManyNeedsError`, and `NotFoundError` for a type of others.
    """
    _lock_circle(session, patient_id)
    known = session.get(Need, (patient_id, need_id))
    if known is not None and (_kind_of(known), wanted_of(known)) == (kind, wanted):
        return Done(need_id)
    refuse_too_many(session, patient_id=patient_id)
    if kind.need_type_id is not None:
        offered = queries.own_types(session, patient_id=patient_id)
        if kind.need_type_id not in {one.id for one in offered}:
            raise NotFoundError("need type")
    need = Need(
        patient_id=patient_id,
        # Back in the browser, and other words: another need.
        id=need_id if known is None else new_id(),
        code=kind.code,
        need_type_id=kind.need_type_id,
        created_at=at,
    )
    return put_first(session, need, wanted, by=by, at=at)


def change(
    session: Session,
    *,
    patient_id: UUID,
    need_id: UUID,
    version: int,
    wanted: Wanted,
    by: Author,
    at: datetime,
) -> Done:
    """Raises `WrongPersonError`, and `ChangedMeanwhileError` when `version` is an older one."""
    need = locked(session, patient_id=patient_id, need_id=need_id)
    if need.ended_at is None and wanted_of(need) == wanted:
        return Done(need_id)  # a second tap
    refuse_stale(need, version)
    return put(session, need, wanted, by=by, at=at)


def refuse_too_many(session: Session, *, patient_id: UUID) -> None:
    known = queries.open_ids(session, patient_id=patient_id, limit=MOST_OPEN)
    if len(known) >= MOST_OPEN:
        raise TooManyNeedsError


def _kind_of(need: Need) -> Kind:
    return Kind(code=need.code, need_type_id=need.need_type_id)


def _lock_circle(session: Session, patient_id: UUID) -> None:
    """Two who send the same form wait for each other. A file from elsewhere may have none yet."""
    if session.get(CareTeam, patient_id, with_for_update={"key_share": True}) is None:
        session.add(CareTeam(patient_id=patient_id))
        session.flush()
