"""What the patient or a carer answers: yes, no, after all, and the waiting list of a workshop."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import ChangedMeanwhileError, PortalError
from portal.models import columns
from portal.models.agenda import UNANSWERED_STATUSES, Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct, AppointmentChange, RequestState
from portal.scheduling.acts import change, locked, refuse_stale
from portal.scheduling.appointments import WITHOUT_END
from portal.scheduling.booking import queue_up
from portal.scheduling.conflicts import refuse_clash
from portal.scheduling.requests.closing import close_request
from portal.scheduling.workshops.acts import WorkshopOverError, fields_now
from portal.scheduling.workshops.places import free_place, take_place

_change = columns(AppointmentChange)
# The first line of a version is the act that made it; those after it left the version as it was.
_MADE_BY = (
    select(AppointmentChange)
    .where(
        _change.patient_id == bindparam("of_patient", type_=Uuid),
        _change.appointment_id == bindparam("of_appointment", type_=Uuid),
        _change.version == bindparam("of_version", type_=Integer),
    )
    .order_by(_change.id)
    .limit(1)
)


class AnswerRefusedError(PortalError):
    """The appointment as it is cannot be answered like this.

    `reason`: `too_late` (the day to answer by is over), `over`, `undated`, `not_asked`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def accept(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    by: Author,
    at: datetime,
    is_anyway: bool = False,
) -> bool:
    """False when it was accepted already: a second tap.

    Raises `ChangedMeanwhileError`, `AnswerRefusedError`, `ClashError` unless `is_anyway`, and
    `WorkshopFullError`, with which the proposal stays.
    """
    queue_up(session, patient_id)
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    if _was_made(session, appointment, AppointmentStatus.BOOKED, AppointmentAct.ACCEPTED):
        return False
    refuse_stale(appointment, version)
    _refuse_unless(appointment, at, UNANSWERED_STATUSES)
    if appointment.starts_at is None:
        raise AnswerRefusedError("undated")
    if not is_anyway:
        _refuse_clash(session, appointment, appointment.starts_at, by=by)
    if appointment.workshop_id is not None:
        take_place(session, appointment.workshop_id)
    close_request(session, appointment, state=RequestState.WITHDRAWN, by=by, at=at)
    booked = {"status": AppointmentStatus.BOOKED}
    change(session, appointment, booked, act=AppointmentAct.ACCEPTED, by=by, at=at)
    return True


def decline(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    reason: str,
    by: Author,
    at: datetime,
) -> bool:
    """A proposal, or the place in a workshop: that is given back. False after a second tap.

    Raises `ChangedMeanwhileError` and `AnswerRefusedError`.
    """
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    if _was_made(session, appointment, AppointmentStatus.CANCELLED, AppointmentAct.DECLINED):
        return False
    refuse_stale(appointment, version)
    workshop_id = appointment.workshop_id
    holds_place = workshop_id is not None and appointment.status is AppointmentStatus.BOOKED
    if holds_place:
        refuse_over(appointment, at)
    else:
        _refuse_unless(appointment, at, UNANSWERED_STATUSES)
    close_request(session, appointment, state=RequestState.WITHDRAWN, by=by, at=at)
    cancelled = {"status": AppointmentStatus.CANCELLED, "cancellation_reason": reason}
    act = AppointmentAct.DECLINED
    change(session, appointment, cancelled, act=act, by=by, at=at, reason=reason)
    if holds_place and workshop_id is not None:
        free_place(session, workshop_id)
    return True


def undo_decline(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    by: Author,
    at: datetime,
) -> bool:
    """As it was before the no, while nobody did anything since. False after a second tap.

    Raises `ChangedMeanwhileError`, `AnswerRefusedError`, and `WorkshopFullError` when the place
    that was given back is another's by now.
    """
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    made = _made_by(session, appointment)
    if made is not None and made.act is AppointmentAct.RESTORED:
        return False
    refuse_stale(appointment, version)
    if made is None or made.act is not AppointmentAct.DECLINED:
        raise ChangedMeanwhileError
    before = AppointmentStatus(made.fields["status"][0])
    as_before: dict[str, Any] = {"status": before, "cancellation_reason": ""}
    if appointment.workshop_id is None:
        refuse_over(appointment, at)
    else:
        as_before |= _workshop_now(session, appointment.workshop_id, at)
        if before is AppointmentStatus.BOOKED:
            take_place(session, appointment.workshop_id)
    change(session, appointment, as_before, act=AppointmentAct.RESTORED, by=by, at=at)
    return True


def join_waiting_list(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    by: Author,
    at: datetime,
) -> bool:
    """Of a workshop that is full. False after a second tap.

    Raises `ChangedMeanwhileError` and `AnswerRefusedError`.
    """
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    if appointment.status is AppointmentStatus.WAITLIST:
        return False
    refuse_stale(appointment, version)
    _refuse_unless(appointment, at, (AppointmentStatus.PROPOSED, AppointmentStatus.PENDING))
    if appointment.workshop_id is None:
        raise AnswerRefusedError("not_asked")
    waiting = {"status": AppointmentStatus.WAITLIST}
    change(session, appointment, waiting, act=AppointmentAct.WAITLISTED, by=by, at=at)
    return True


def leave_waiting_list(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    by: Author,
    at: datetime,
) -> bool:
    """The proposal stays. False after a second tap; raises `ChangedMeanwhileError`."""
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    proposed, left = AppointmentStatus.PROPOSED, AppointmentAct.LEFT_WAITLIST
    if _was_made(session, appointment, proposed, left):
        return False
    refuse_stale(appointment, version)
    if appointment.status is not AppointmentStatus.WAITLIST:
        raise AnswerRefusedError("not_asked")
    change(session, appointment, {"status": proposed}, act=left, by=by, at=at)
    return True


def is_late(respond_before: date | None, *, time_zone: str, at: datetime) -> bool:
    """The last day to answer is over, where the appointment takes place."""
    today = at.astimezone(ZoneInfo(time_zone)).date()
    return respond_before is not None and today > respond_before


def _busy_until(appointment: Appointment, starts_at: datetime) -> datetime:
    """Without an end, as long as such a visit counts as going on."""
    if appointment.ends_at is not None:
        return appointment.ends_at
    minutes = appointment.duration_minutes
    return starts_at + (timedelta(minutes=minutes) if minutes else WITHOUT_END)


def _refuse_clash(
    session: Session, appointment: Appointment, starts_at: datetime, *, by: Author
) -> None:
    refuse_clash(
        session,
        patient_id=appointment.patient_id,
        viewer_id=by.user_id,
        start=starts_at,
        end=_busy_until(appointment, starts_at),
        excluding=appointment.id,
    )


def _refuse_unless(
    appointment: Appointment, at: datetime, statuses: tuple[AppointmentStatus, ...]
) -> None:
    if appointment.status not in statuses:
        raise AnswerRefusedError("not_asked")
    refuse_over(appointment, at)
    if is_late(appointment.respond_before, time_zone=appointment.time_zone, at=at):
        raise AnswerRefusedError("too_late")


def _workshop_now(session: Session, workshop_id: UUID, at: datetime) -> dict[str, Any]:
    """It may have been moved since the no, or called off."""
    try:
        found = fields_now(session, workshop_id)
    except WorkshopOverError:
        raise AnswerRefusedError("not_asked") from None
    if found["ends_at"] < at:
        raise AnswerRefusedError("over")
    return found


def refuse_over(appointment: Appointment, at: datetime) -> None:
    """Raises `AnswerRefusedError` once it has come to its end."""
    starts_at = appointment.starts_at
    if starts_at is not None and (appointment.ends_at or starts_at + WITHOUT_END) < at:
        raise AnswerRefusedError("over")


def _was_made(
    session: Session, appointment: Appointment, status: AppointmentStatus, act: AppointmentAct
) -> bool:
    """Stands there as this act left it."""
    if appointment.status is not status:
        return False
    made = _made_by(session, appointment)
    return made is not None and made.act is act


def _made_by(session: Session, appointment: Appointment) -> AppointmentChange | None:
    values = {
        "of_patient": appointment.patient_id,
        "of_appointment": appointment.id,
        "of_version": appointment.version,
    }
    found: AppointmentChange | None = session.execute(_MADE_BY, values).scalar_one_or_none()
    return found
