"""Asking for another time or a call, and what whoever keeps the appointment answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import ChangedMeanwhileError, PortalError
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import (
    AppointmentAct,
    ChangeRequest,
    RequestKind,
    RequestState,
)
from portal.scheduling.acts import change, line_of, locked, refuse_stale
from portal.scheduling.appointments import WITHOUT_END
from portal.scheduling.booking import queue_up
from portal.scheduling.conflicts import refuse_clash
from portal.scheduling.requests.answers import AnswerRefusedError, refuse_over
from portal.scheduling.requests.closing import NOT_OVER, current_request, held

MOST_MOMENTS = 3
KEPT_BY_NOBODY = ("own", "calendar")
"""Where an appointment comes from that nobody in Relais keeps: there is nobody to ask."""
ASKABLE_STATUSES = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
)
_ASKED = {
    RequestKind.CHANGE: AppointmentAct.CHANGE_ASKED,
    RequestKind.CALL: AppointmentAct.CALL_ASKED,
}


class PartOfDay(StrEnum):
    """When the family is free, roughly."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    OTHER_DAY = "other_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for; `moments` are wall times of the place, `2026-12-03T14:00`."""

    kind: RequestKind
    parts_of_day: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    text: str = ""


class AskedAlreadyError(PortalError):
    """Somebody asked before, and their request awaits its answer."""


def ask(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    version: int,
    wish: Wish,
    by: Author,
    at: datetime,
) -> bool:
    """The appointment stays as it is meanwhile. False when the same was asked: a second tap.

    Whoever asks anew refuses the other time that was proposed.
    Raises `ChangedMeanwhileError`, `AskedAlreadyError` and `AnswerRefusedError`.
    """
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    known = current_request(session, patient_id=patient_id, appointment_id=appointment_id)
    if known is not None and known.state is RequestState.OPEN:
        if known.asked_by == by.user_id and _wish_of(known) == wish:
            return False
        raise AskedAlreadyError
    refuse_stale(appointment, version)
    _refuse_unaskable(appointment, wish, at)
    if known is not None:
        known.state = RequestState.DECLINED
        session.add(known)
    session.add(_request(appointment, wish, by=by, at=at))
    line_of(session, appointment, act=_ASKED[wish.kind], by=by, at=at)
    return True


def withdraw(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    request_id: UUID,
    by: Author,
    at: datetime,
) -> bool:
    """False when it was withdrawn already. Raises `ChangedMeanwhileError` once it is answered."""
    appointment, request = held(
        session, patient_id=patient_id, appointment_id=appointment_id, request_id=request_id
    )
    if request.state is RequestState.WITHDRAWN:
        return False
    if request.state not in NOT_OVER:
        raise ChangedMeanwhileError
    request.state = RequestState.WITHDRAWN
    line_of(session, appointment, act=AppointmentAct.REQUEST_WITHDRAWN, by=by, at=at)
    return True


def accept_other(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    request_id: UUID,
    version: int,
    by: Author,
    at: datetime,
    is_anyway: bool = False,
) -> bool:
    """The time that was proposed instead. False after a second tap.

    Raises `ChangedMeanwhileError`, `AnswerRefusedError`, and `ClashError` unless `is_anyway`.
    """
    queue_up(session, patient_id)
    appointment, request = held(
        session, patient_id=patient_id, appointment_id=appointment_id, request_id=request_id
    )
    if request.state is RequestState.MOVED and appointment.starts_at == request.proposed_start:
        return False
    refuse_stale(appointment, version)
    if request.state is not RequestState.PROPOSED or request.proposed_start is None:
        raise ChangedMeanwhileError
    if request.proposed_start <= at:
        raise AnswerRefusedError("over")
    if not is_anyway:
        refuse_clash(
            session,
            patient_id=patient_id,
            viewer_id=by.user_id,
            start=request.proposed_start,
            end=request.proposed_end or request.proposed_start + WITHOUT_END,
            excluding=appointment_id,
        )
    request.state = RequestState.MOVED
    wanted = {
        "starts_at": request.proposed_start,
        "ends_at": request.proposed_end,
        "is_window": request.proposed_is_window,
        "status": AppointmentStatus.BOOKED,
    }
    change(session, appointment, wanted, act=AppointmentAct.ACCEPTED, by=by, at=at)
    return True


def refuse_other(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    request_id: UUID,
    by: Author,
    at: datetime,
) -> bool:
    """The appointment stays as it was. False after a second tap; `ChangedMeanwhileError`."""
    appointment, request = held(
        session, patient_id=patient_id, appointment_id=appointment_id, request_id=request_id
    )
    if request.state is RequestState.DECLINED:
        return False
    if request.state is not RequestState.PROPOSED:
        raise ChangedMeanwhileError
    request.state = RequestState.DECLINED
    line_of(session, appointment, act=AppointmentAct.OTHER_REFUSED, by=by, at=at)
    return True


def _refuse_unaskable(appointment: Appointment, wish: Wish, at: datetime) -> None:
    if appointment.status not in ASKABLE_STATUSES or appointment.source in KEPT_BY_NOBODY:
        raise AnswerRefusedError("not_asked")
    # A workshop has one time for all who come.
    if appointment.workshop_id is not None and wish.kind is RequestKind.CHANGE:
        raise AnswerRefusedError("not_asked")
    refuse_over(appointment, at)


def _request(appointment: Appointment, wish: Wish, *, by: Author, at: datetime) -> ChangeRequest:
    return ChangeRequest(
        patient_id=appointment.patient_id,
        appointment_id=appointment.id,
        kind=wish.kind,
        asked_by=by.user_id,
        capacity=by.capacity,
        asked_at=at,
        parts_of_day=list(wish.parts_of_day),
        moments=list(wish.moments),
        text=wish.text,
    )


def _wish_of(request: ChangeRequest) -> Wish:
    return Wish(
        kind=request.kind,
        parts_of_day=tuple(request.parts_of_day),
        moments=tuple(request.moments),
        text=request.text,
    )
