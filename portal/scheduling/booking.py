"""Booking, moving, cancelling, correcting: the acts of those who keep an appointment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import PortalError
from portal.models import columns
from portal.models.agenda import (
    UNANSWERED_STATUSES,
    Appointment,
    AppointmentStatus,
)
from portal.models.agreement import (
    AppointmentAct,
    AppointmentChange,
    RequestState,
)
from portal.models.base import new_id
from portal.models.care import CareTeam
from portal.scheduling.acts import change, line_of, locked, refuse_stale, refuse_stale_words
from portal.scheduling.appointments import NEXT_STATUSES
from portal.scheduling.conflicts import refuse_clash
from portal.scheduling.requests.closing import close_request
from portal.scheduling.wanted import Order, Particulars, Timing, says
from portal.scheduling.workshops import places
from portal.scheduling.workshops.acts import WorkshopOverError, fields_now

OPEN_STATUSES = frozenset(NEXT_STATUSES) | frozenset(UNANSWERED_STATUSES)
"""Of what is still to take place."""
OUTCOMES = {
    AppointmentStatus.FULFILLED: AppointmentAct.TOOK_PLACE,
    AppointmentStatus.NOSHOW: AppointmentAct.MISSED,
}
_WITH_A_PLACE = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.CHECKED_IN,
)
"""Whoever takes part in a workshop holds one of its places."""

_change = columns(AppointmentChange)
_LINES = (
    select(_change.act, _change.fields)
    .where(
        _change.patient_id == bindparam("of_patient", type_=Uuid),
        _change.appointment_id == bindparam("of_appointment", type_=Uuid),
    )
    .order_by(_change.id.desc())
)


class NotPossibleNowError(PortalError):
    """The state of the appointment leaves no room for this act: over, cancelled, of a workshop."""


@dataclass(frozen=True, slots=True)
class Done:
    """Which appointment it is now, and whether anything changed."""

    appointment: Appointment
    is_changed: bool = True


def book(
    session: Session,
    *,
    patient_id: UUID,
    order: Order,
    by: Author,
    at: datetime,
    source: str = "portal",
    is_anyway: bool = False,
) -> Done:
    """Sent twice, it is one appointment. Raises `ClashError` unless `is_anyway`."""
    queue_up(session, patient_id)
    known = session.get(Appointment, (patient_id, order.appointment_id))
    if known is not None and says(known, order.fields()):
        return Done(known, is_changed=False)
    if not is_anyway:
        _refuse_clash(session, patient_id, order.timing, by=by)
    appointment = Appointment(
        patient_id=patient_id,
        # Back in the browser, and other words: another appointment.
        id=order.appointment_id if known is None else new_id(),
        source=source,
        created_by=by.user_id,
        created_at=at,
        updated_at=at,
        **order.fields(),
    )
    line_of(session, appointment, act=_first_act(order, source), by=by, at=at)
    return Done(appointment)


def move(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    timing: Timing,
    by: Author,
    at: datetime,
    reason: str = "",
    is_anyway: bool = False,
) -> Done:
    """Raises `NotPossibleNowError`, `ChangedMeanwhileError`, and `ClashError` unless `is_anyway`.

    A request for another time is answered by it.
    """
    queue_up(session, patient_id)
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    is_open = appointment.status in OPEN_STATUSES
    if is_open and says(appointment, timing.fields()):
        return Done(appointment, is_changed=False)  # a second tap
    refuse_stale(appointment, version)
    if not is_open or appointment.workshop_id is not None:
        raise NotPossibleNowError
    if not is_anyway:
        _refuse_clash(session, patient_id, timing, by=by, excluding=appointment_id)
    wanted = timing.fields()
    change(session, appointment, wanted, act=AppointmentAct.MOVED, by=by, at=at, reason=reason)
    close_request(session, appointment, state=RequestState.MOVED, by=by, at=at)
    return Done(appointment)


def correct(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    beside: str,
    particulars: Particulars,
    by: Author,
    at: datetime,
) -> Done:
    """Other words, the same time. Raises `NotPossibleNowError`, `ChangedMeanwhileError`."""
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    wanted = particulars.fields()
    if says(appointment, wanted):
        return Done(appointment, is_changed=False)
    refuse_stale_words(appointment, version, beside)
    if appointment.status not in OPEN_STATUSES:
        raise NotPossibleNowError
    change(session, appointment, wanted, act=AppointmentAct.CORRECTED, by=by, at=at)
    return Done(appointment)


def cancel(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    reason: str,
    by: Author,
    at: datetime,
) -> Done:
    """The row stays, and says why. Raises `NotPossibleNowError`, `ChangedMeanwhileError`."""
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    wanted = {"status": AppointmentStatus.CANCELLED, "cancellation_reason": reason}
    if says(appointment, wanted):
        return Done(appointment, is_changed=False)
    refuse_stale(appointment, version)
    if appointment.status not in OPEN_STATUSES:
        raise NotPossibleNowError
    has_place = appointment.status in _WITH_A_PLACE
    change(session, appointment, wanted, act=AppointmentAct.CANCELLED, by=by, at=at, reason=reason)
    if appointment.workshop_id is not None and has_place:
        places.free_place(session, appointment.workshop_id)
    close_request(session, appointment, state=RequestState.CANCELLED, by=by, at=at)
    return Done(appointment)


def restore(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    by: Author,
    at: datetime,
) -> Done:
    """As before it was cancelled, unless the family declined it: then they are asked, not told.

    Raises `NotPossibleNowError`, `ChangedMeanwhileError`, and `WorkshopFullError`.
    """
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    if appointment.status in OPEN_STATUSES:
        return Done(appointment, is_changed=False)
    refuse_stale(appointment, version)
    before = _before_cancellation(session, appointment)
    if appointment.status is not AppointmentStatus.CANCELLED or before is None:
        raise NotPossibleNowError
    said_now: dict[str, Any] = {}
    if appointment.workshop_id is not None:
        said_now = _workshop_now(session, appointment.workshop_id)
        if before in _WITH_A_PLACE:
            places.take_place(session, appointment.workshop_id)
    wanted = {"status": before, "cancellation_reason": ""} | said_now
    change(session, appointment, wanted, act=AppointmentAct.RESTORED, by=by, at=at)
    return Done(appointment)


def note_outcome(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    outcome: AppointmentStatus,
    by: Author,
    at: datetime,
) -> Done:
    """Of one that began; `outcome` is one of `OUTCOMES`, and can be put right later.

    Raises `NotPossibleNowError`, `ChangedMeanwhileError`.
    """
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    if appointment.status is outcome:
        return Done(appointment, is_changed=False)
    refuse_stale(appointment, version)
    has_begun = appointment.starts_at is not None and appointment.starts_at <= at
    if not has_begun or appointment.status not in OPEN_STATUSES | OUTCOMES.keys():
        raise NotPossibleNowError
    change(session, appointment, {"status": outcome}, act=OUTCOMES[outcome], by=by, at=at)
    return Done(appointment)


def queue_up(session: Session, patient_id: UUID) -> None:
    """Two who book for one patient wait for each other: the second is warned of the first.

    A file from elsewhere may have no circle yet.
    """
    if session.get(CareTeam, patient_id, with_for_update={"key_share": True}) is None:
        session.add(CareTeam(patient_id=patient_id))
        session.flush()


def _refuse_clash(
    session: Session,
    patient_id: UUID,
    timing: Timing,
    *,
    by: Author,
    excluding: UUID | None = None,
) -> None:
    refuse_clash(
        session,
        patient_id=patient_id,
        viewer_id=by.user_id,
        start=timing.starts_at,
        end=timing.busy_until,
        excluding=excluding,
    )


def _first_act(order: Order, source: str) -> AppointmentAct:
    if source == "own":
        return AppointmentAct.ADDED
    is_proposal = order.status is AppointmentStatus.PROPOSED
    return AppointmentAct.PROPOSED if is_proposal else AppointmentAct.BOOKED


def status_before(
    session: Session, appointment: Appointment
) -> tuple[AppointmentAct, AppointmentStatus] | None:
    """By which act it became what it is, and what it was before; none when nobody changed that."""
    for act, fields in session.execute(_LINES, _of(appointment)):
        if "status" in fields:
            return act, AppointmentStatus(fields["status"][0])
    return None


def _workshop_now(session: Session, workshop_id: UUID) -> dict[str, Any]:
    """It may have been moved since; one that is called off has room for nobody."""
    try:
        return fields_now(session, workshop_id)
    except WorkshopOverError:
        raise NotPossibleNowError from None


def _before_cancellation(session: Session, appointment: Appointment) -> AppointmentStatus | None:
    """What it was before somebody cancelled it; None when it was declined instead."""
    found = status_before(session, appointment)
    return found[1] if found is not None and found[0] is AppointmentAct.CANCELLED else None


def _of(appointment: Appointment) -> dict[str, UUID]:
    return {"of_patient": appointment.patient_id, "of_appointment": appointment.id}
