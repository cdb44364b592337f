"""What whoever keeps an appointment answers to a request about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import ChangedMeanwhileError
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct, ChangeRequest, RequestState
from portal.scheduling.acts import change, line_of, refuse_stale
from portal.scheduling.appointments import WITHOUT_END
from portal.scheduling.booking import queue_up
from portal.scheduling.conflicts import refuse_clash
from portal.scheduling.requests.answers import AnswerRefusedError
from portal.scheduling.requests.closing import held

_ACTS = {RequestState.KEPT: AppointmentAct.KEPT, RequestState.CALLED: AppointmentAct.CALLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered: `state` is that of the request from then on.

    `starts_at` is the other time, where it was moved or another one is proposed.
    """

    state: RequestState
    starts_at: datetime | None = None
    text: str = ""


def reply(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    request_id: UUID,
    version: int,
    answer: Reply,
    by: Author,
    at: datetime,
    is_anyway: bool = False,
) -> bool:
    """Whoever keeps the appointment answers. False after a second tap of the same answer.

    Raises `ChangedMeanwhileError` once somebody else answered, `AnswerRefusedError` for a time
    that is over, and `ClashError` unless `is_anyway`.
    """
    queue_up(session, patient_id)
    appointment, request = held(
        session, patient_id=patient_id, appointment_id=appointment_id, request_id=request_id
    )
    if _is_said(request, answer, by=by):
        return False
    refuse_stale(appointment, version)
    if request.state is not RequestState.OPEN:
        raise ChangedMeanwhileError
    if answer.starts_at is not None:
        _refuse_unusable(session, appointment, answer.starts_at, by, at, is_anyway=is_anyway)
    _write_answer(request, answer, appointment, by=by, at=at)
    _act_on(session, appointment, answer, by=by, at=at)
    return True


def end_when(appointment: Appointment, starts_at: datetime) -> datetime | None:
    """When it would end at another time: it lasts as long as before."""
    if appointment.starts_at is not None and appointment.ends_at is not None:
        return starts_at + (appointment.ends_at - appointment.starts_at)
    minutes = appointment.duration_minutes
    return starts_at + timedelta(minutes=minutes) if minutes else None


def _act_on(
    session: Session, appointment: Appointment, answer: Reply, *, by: Author, at: datetime
) -> None:
    said: dict[str, Any] = {"by": by, "at": at}
    if answer.state is RequestState.MOVED and answer.starts_at is not None:
        wanted = {
            "starts_at": answer.starts_at,
            "ends_at": end_when(appointment, answer.starts_at),
            # They asked for this time: nobody has to confirm it once more.
            "status": AppointmentStatus.BOOKED,
        }
        change(session, appointment, wanted, act=AppointmentAct.MOVED, **said, reason=answer.text)
        return
    act = _ACTS.get(answer.state, AppointmentAct.OTHER_PROPOSED)
    line_of(session, appointment, act=act, **said, reason=answer.text)


def _write_answer(
    request: ChangeRequest, answer: Reply, appointment: Appointment, *, by: Author, at: datetime
) -> None:
    request.state = answer.state
    request.answered_by, request.answered_at = by.user_id, at
    request.answer_text = answer.text
    if answer.state is RequestState.PROPOSED and answer.starts_at is not None:
        request.proposed_start = answer.starts_at
        request.proposed_end = end_when(appointment, answer.starts_at)
        request.proposed_is_window = appointment.is_window


def _refuse_unusable(
    session: Session,
    appointment: Appointment,
    starts_at: datetime,
    by: Author,
    at: datetime,
    *,
    is_anyway: bool,
) -> None:
    if starts_at <= at:
        raise AnswerRefusedError("over")
    if appointment.workshop_id is not None:
        raise AnswerRefusedError("not_asked")
    if not is_anyway:
        refuse_clash(
            session,
            patient_id=appointment.patient_id,
            viewer_id=by.user_id,
            start=starts_at,
            end=end_when(appointment, starts_at) or starts_at + WITHOUT_END,
            excluding=appointment.id,
        )


def _is_said(request: ChangeRequest, answer: Reply, *, by: Author) -> bool:
    is_same = request.state is answer.state and request.answer_text == answer.text
    if answer.state is RequestState.PROPOSED:
        is_same = is_same and request.proposed_start == answer.starts_at
    return is_same and request.answered_by == by.user_id
