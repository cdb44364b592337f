"""Appointments that the patient or a carer wrote down: theirs to change and to take away."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, not_, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.access.facts import is_hidden
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct
from portal.scheduling.acts import change, locked, refuse_stale, refuse_stale_words
from portal.scheduling.booking import (
    OPEN_STATUSES,
    Done,
    NotPossibleNowError,
    queue_up,
    status_before,
)
from portal.scheduling.conflicts import refuse_clash
from portal.scheduling.wanted import Particulars, Timing, says

OWN_SOURCES = frozenset({"own", "calendar"})
"""Typed, or from a file that somebody of the family added."""

_a = columns(Appointment)
_DELETED = select(_a.id, _a.title, _a.version).where(
    and_(
        _a.patient_id == bindparam("of_patient", type_=Uuid),
        _a.id == bindparam("of_appointment", type_=Uuid),
        _a.status == AppointmentStatus.ENTERED_IN_ERROR,
        _a.source.in_(sorted(OWN_SOURCES)),
        not_(is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid))),
    )
)


class DeletedRow(NamedTuple):
    """One that was taken away, and can come back."""

    id: UUID
    title: str
    version: int


def deleted_entry(
    session: Session, *, patient_id: UUID, viewer_id: UUID, appointment_id: UUID
) -> DeletedRow | None:
    values = {
        "of_patient": patient_id,
        "of_appointment": appointment_id,
        "viewer_id": viewer_id,
    }
    row = session.execute(_DELETED, values).first()
    return None if row is None else DeletedRow._make(row)


def rewrite(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    beside: str,
    timing: Timing,
    particulars: Particulars,
    by: Author,
    at: datetime,
    is_anyway: bool = False,
) -> Done:
    """Time and words by one act. Raises `NotFoundError` for what the family did not write.

    Raises `NotPossibleNowError`, `ChangedMeanwhileError`, and `ClashError` unless `is_anyway`.
    """
    queue_up(session, patient_id)
    appointment = _own(session, patient_id, appointment_id)
    wanted = timing.fields() | particulars.fields()
    if appointment.status in OPEN_STATUSES and says(appointment, wanted):
        return Done(appointment, is_changed=False)
    refuse_stale_words(appointment, version, beside)
    if appointment.status not in OPEN_STATUSES:
        raise NotPossibleNowError
    is_moved = not says(appointment, timing.fields())
    if is_moved and not is_anyway:
        refuse_clash(
            session,
            patient_id=patient_id,
            viewer_id=by.user_id,
            start=timing.starts_at,
            end=timing.busy_until,
            excluding=appointment_id,
        )
    act = AppointmentAct.MOVED if is_moved else AppointmentAct.CORRECTED
    change(session, appointment, wanted, act=act, by=by, at=at)
    return Done(appointment)


def take_away(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    by: Author,
    at: datetime,
) -> Done:
    """Nobody sees it any more, and it can be put back. Raises as `rewrite` does."""
    appointment = _own(session, patient_id, appointment_id)
    wanted = {"status": AppointmentStatus.ENTERED_IN_ERROR}
    if says(appointment, wanted):
        return Done(appointment, is_changed=False)
    refuse_stale(appointment, version)
    change(session, appointment, wanted, act=AppointmentAct.CANCELLED, by=by, at=at)
    return Done(appointment)


def put_back(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    by: Author,
    at: datetime,
) -> Done:
    """As it was: what its sender cancelled stays cancelled. Raises as `rewrite` does."""
    appointment = _own(session, patient_id, appointment_id)
    if appointment.status is not AppointmentStatus.ENTERED_IN_ERROR:
        return Done(appointment, is_changed=False)
    refuse_stale(appointment, version)
    before = status_before(session, appointment)
    wanted = {"status": before[1] if before else AppointmentStatus.BOOKED}
    change(session, appointment, wanted, act=AppointmentAct.RESTORED, by=by, at=at)
    return Done(appointment)


def _own(session: Session, patient_id: UUID, appointment_id: UUID) -> Appointment:
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    if appointment.source not in OWN_SOURCES:
        raise NotFoundError("appointment of the family")
    return appointment
