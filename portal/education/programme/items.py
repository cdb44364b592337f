"""Modules and workshops that a team proposes in a programme, and what the patient answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.education.programme.papers import NotUnderWayError, locked_programme, under_way
from portal.education.programme.sealing import reason_cell, seal_text
from portal.education.programme.taking_part import CURRENT
from portal.errors import ChangedMeanwhileError, NotFoundError, PortalError
from portal.models import columns
from portal.models.base import UtcDateTime, new_id
from portal.models.education import Module, ModuleVersion, VersionState
from portal.models.programme import EducationProgramme, ItemState, ProgrammeItem
from portal.models.series import Workshop

MOST_ITEMS = 40
LONGEST_REASON = 300
_i, _m, _v, _w = (columns(one) for one in (ProgrammeItem, Module, ModuleVersion, Workshop))
_LOCKED = (
    select(ProgrammeItem)
    .where(
        _i.patient_id == bindparam("of_patient", type_=Uuid),
        _i.programme_id == bindparam("of_programme", type_=Uuid),
        _i.state != ItemState.REMOVED,
    )
    .order_by(_i.position, _i.id)
    .with_for_update()
)
_IS_READ = select(
    exists().where(
        _m.id == bindparam("of_module", type_=Uuid),
        _m.retracted_at.is_(None),
        _v.module_id == _m.id,
        _v.state == VersionState.PUBLISHED,
    )
)
_IS_TO_COME = select(
    exists().where(
        _w.id == bindparam("of_workshop", type_=Uuid),
        _w.cancelled_at.is_(None),
        _w.starts_at > bindparam("now", type_=UtcDateTime),
    )
)
_OPEN = (ItemState.PROPOSED, ItemState.ACCEPTED)


class TooManyItemsError(PortalError):
    """A programme holds `MOST_ITEMS` at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One of the two."""

    module_id: UUID | None = None
    workshop_id: UUID | None = None


def propose_item(
    session: Session,
    thing: Thing,
    *,
    patient_id: UUID,
    programme_id: UUID,
    reason: str,
    by: UUID,
    at: datetime,
    keys: KeyRing,
) -> ProgrammeItem:
    """At the end of the programme; what is in it already stays as it is.

    What was declined once is proposed anew, in the place of the old proposal. Raises
    `NotUnderWayError`, `TooManyItemsError`, and `NotFoundError` for what nobody reads now or a
    workshop that is over.
    """
    _refuse_unless_offered(session, thing, at=at)
    _current(session, patient_id, programme_id)
    rows = _locked(session, patient_id, programme_id)
    same = [one for one in rows if _thing(one) == thing]
    if (known := next((one for one in same if one.state in _OPEN), None)) is not None:
        return known
    for declined in same:
        declined.state = ItemState.REMOVED
        session.add(declined)
    if len(rows) - len(same) >= MOST_ITEMS:
        raise TooManyItemsError
    item_id = new_id()
    item = ProgrammeItem(
        patient_id=patient_id,
        id=item_id,
        programme_id=programme_id,
        position=max((one.position for one in rows), default=0) + 1,
        module_id=thing.module_id,
        workshop_id=thing.workshop_id,
        reason_sealed=seal_text(keys, reason, reason_cell(item_id)),
        proposed_by=by,
        proposed_at=at,
    )
    session.add(item)
    session.flush()
    return item


def remove_item(session: Session, *, patient_id: UUID, programme_id: UUID, item_id: UUID) -> None:
    """The team takes it out; what the patient read of it stays theirs. Raises as above."""
    _current(session, patient_id, programme_id)
    item = _one(_locked(session, patient_id, programme_id), item_id)
    item.state = ItemState.REMOVED
    session.add(item)
    session.flush()


def order_items(
    session: Session, wanted: Iterable[UUID], *, patient_id: UUID, programme_id: UUID
) -> None:
    """All items of the programme in that order.

    Raises `ChangedMeanwhileError` when one came or went since the order was shown.
    """
    _current(session, patient_id, programme_id)
    rows = {one.id: one for one in _locked(session, patient_id, programme_id)}
    places = {item_id: place for place, item_id in enumerate(wanted, start=1)}
    if places.keys() != rows.keys():
        raise ChangedMeanwhileError
    for item_id, place in places.items():
        rows[item_id].position = place
        session.add(rows[item_id])
    session.flush()


def move_item(
    session: Session, *, patient_id: UUID, programme_id: UUID, item_id: UUID, is_up: bool
) -> bool:
    """One place up or down; false at the edge. Raises `NotUnderWayError` and `NotFoundError`."""
    _current(session, patient_id, programme_id)
    rows = _locked(session, patient_id, programme_id)
    place = rows.index(_one(rows, item_id))
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(rows):
        return False
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
        session.add(row)
    session.flush()
    return True


def answer_item(
    session: Session,
    answer: ItemState,
    *,
    patient_id: UUID,
    programme_id: UUID,
    item_id: UUID,
    by: UUID,
    at: datetime,
) -> ProgrammeItem:
    """Accepted, declined, or `PROPOSED`: an answer is taken back; each at any time.

    Raises `NotUnderWayError` before the patient agreed to the programme, and `NotFoundError`.
    """
    if answer is ItemState.REMOVED:
        raise ValueError("only the team removes")
    under_way(session, patient_id=patient_id, programme_id=programme_id)
    item = _one(_locked(session, patient_id, programme_id), item_id)
    if item.state is not answer:
        is_open = answer is ItemState.PROPOSED
        item.state = answer
        item.answered_by, item.answered_at = (None, None) if is_open else (by, at)
        session.add(item)
        session.flush()
    return item


def _current(session: Session, patient_id: UUID, programme_id: UUID) -> EducationProgramme:
    """Before and after the answer of the patient; not when it is over."""
    programme = locked_programme(session, patient_id=patient_id, programme_id=programme_id)
    if programme.state not in CURRENT:
        raise NotUnderWayError
    return programme


def _refuse_unless_offered(session: Session, thing: Thing, *, at: datetime) -> None:
    values = {"of_module": thing.module_id}
    if thing.module_id is not None and not session.execute(_IS_READ, values).scalar():
        raise NotFoundError("module")
    values = {"of_workshop": thing.workshop_id}
    if thing.workshop_id is not None:
        if not session.execute(_IS_TO_COME, values | {"now": at}).scalar():
            raise NotFoundError("workshop")
    elif thing.module_id is None:
        raise ValueError("a module or a workshop")


def _locked(session: Session, patient_id: UUID, programme_id: UUID) -> list[ProgrammeItem]:
    values = {"of_patient": patient_id, "of_programme": programme_id}
    fresh = {"populate_existing": True}
    return list(session.execute(_LOCKED, values, execution_options=fresh).scalars())


def _one(rows: list[ProgrammeItem], item_id: UUID) -> ProgrammeItem:
    found = next((one for one in rows if one.id == item_id), None)
    if found is None:
        raise NotFoundError("programme item")
    return found


def _thing(item: ProgrammeItem) -> Thing:
    return Thing(module_id=item.module_id, workshop_id=item.workshop_id)
