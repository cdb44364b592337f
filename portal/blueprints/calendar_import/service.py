"""Keeping what was chosen of a calendar file, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.access.audit import Author
from portal.blueprints.calendar_import.offers import News, Offer, offers, told
from portal.blueprints.calendar_import.queries import SOURCE, BatchRow, batch
from portal.blueprints.calendar_import.sealing import Shown
from portal.errors import ChangedMeanwhileError
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct
from portal.models.base import new_id
from portal.scheduling.acts import change, line_of, locked, refuse_stale
from portal.scheduling.booking import queue_up
from portal.scheduling.own_entries import take_away


@dataclass(slots=True)
class Kept:
    """What was done, by the ids of the appointments."""

    added: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    cancelled: list[UUID] = field(default_factory=list)


def keep(
    session: Session, *, patient_id: UUID, chosen: Sequence[Shown], by: Author, at: datetime
) -> Kept:
    """What is kept as it is told already is left alone, so that a second tap does nothing.

    Raises `ChangedMeanwhileError` when one of them is not what the reader saw.
    """
    queue_up(session, patient_id)
    found = offers(
        session,
        patient_id=patient_id,
        viewer_id=by.user_id,
        visits=[one.visit for one in chosen],
        at=at,
    )
    by_uid = {offer.uid: offer for offer in found}
    kept = Kept()
    for one in chosen:
        offer = by_uid.get(one.uid)
        if offer is not None and offer.can_be_kept:
            _keep_one(session, patient_id, one, offer, kept, by=by, at=at)
    return kept


def _keep_one(
    session: Session,
    patient_id: UUID,
    shown: Shown,
    offer: Offer,
    kept: Kept,
    *,
    by: Author,
    at: datetime,
) -> None:
    if offer.kept is None:
        kept.added.append(_add(session, patient_id, offer, by=by, at=at))
        return
    if shown.version is None:
        raise ChangedMeanwhileError
    row = locked(session, patient_id=patient_id, appointment_id=offer.kept.id)
    refuse_stale(row, shown.version)
    _change(session, row, offer, by=by, at=at)
    (kept.cancelled if offer.news is News.CANCELS else kept.changed).append(row.id)


def _add(session: Session, patient_id: UUID, offer: Offer, *, by: Author, at: datetime) -> UUID:
    row = Appointment(
        patient_id=patient_id,
        id=new_id(),
        source=SOURCE,
        source_name=offer.visit.sender,
        external_uid=offer.uid,
        external_revision=offer.visit.revision,
        created_by=by.user_id,
        created_at=at,
        updated_at=at,
        **told(offer.visit),
    )
    line_of(session, row, act=AppointmentAct.ADDED, by=by, at=at)
    return row.id


def _change(session: Session, row: Appointment, offer: Offer, *, by: Author, at: datetime) -> None:
    """Only what the file tells: companion, transport, notes and preparation stay."""
    wanted = {"external_revision": offer.visit.revision}
    if offer.news is News.CANCELS:
        wanted |= {"status": AppointmentStatus.CANCELLED}
        change(session, row, wanted, act=AppointmentAct.CANCELLED, by=by, at=at)
        return
    wanted |= told(offer.visit) | {"status": AppointmentStatus.BOOKED}
    if row.status is not AppointmentStatus.CANCELLED and offer.news is News.CHANGED:
        del wanted["status"]
    change(session, row, wanted, act=_act(row, offer), by=by, at=at)


def _act(row: Appointment, offer: Offer) -> AppointmentAct:
    if row.status in (AppointmentStatus.CANCELLED, AppointmentStatus.ENTERED_IN_ERROR):
        return AppointmentAct.RESTORED
    is_moved = {"starts_at", "ends_at", "is_window"} & set(offer.changes)
    return AppointmentAct.MOVED if is_moved else AppointmentAct.CORRECTED


def take_back(
    session: Session, *, patient_id: UUID, first: UUID, last: UUID, by: Author, at: datetime
) -> list[BatchRow]:
    """Those of one act that nobody changed since; the others stay."""
    rows = batch(session, patient_id=patient_id, viewer_id=by.user_id, first=first, last=last)
    untouched = [row for row in rows if row.version == 1]
    for row in untouched:
        take_away(
            session,
            patient_id=patient_id,
            appointment_id=row.id,
            version=row.version,
            by=by,
            at=at,
        )
    return untouched
