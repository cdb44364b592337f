"""What changing and ending a series share: its lock, its rows, the rule that stops, who is told."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update
from sqlmodel import Session

from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct, ChangeRequest, RequestState
from portal.models.base import UtcDateTime
from portal.models.series import AppointmentSeries
from portal.scheduling import acts
from portal.scheduling.letters.notices import About, tell_family
from portal.scheduling.requests.closing import NOT_OVER
from portal.scheduling.series.dates import locked_series
from portal.scheduling.series.recurrence_text import parse

_a = columns(Appointment)
_request = columns(ChangeRequest)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_series = bindparam("of_series", type_=Uuid)
_FROM = (
    select(Appointment)
    .where(
        _a.patient_id == _of_patient,
        _a.series_id == _of_series,
        _a.recurrence_start >= bindparam("start", type_=UtcDateTime),
    )
    .order_by(_a.recurrence_start)
    .with_for_update()
)
_START = select(_a.recurrence_start).where(
    _a.patient_id == _of_patient,
    _a.series_id == _of_series,
    _a.id == bindparam("of_appointment", type_=Uuid),
)
MOVABLE = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
    AppointmentStatus.WAITLIST,
)
"""What a change of the rule may still move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Which series, from which of its dates on, as the reader saw it; who acts, and when."""

    patient_id: UUID
    series_id: UUID
    from_id: UUID | None
    version: int
    by: Author
    at: datetime


@dataclass(slots=True)
class Result:
    """What came of it, in numbers of dates, and how many people are told."""

    series_id: UUID
    touched: list[UUID] = field(default_factory=list)
    moved: int = 0
    cancelled: int = 0
    added: int = 0
    restored: int = 0
    kept: int = 0
    """Dates that were moved or cancelled one by one: what was agreed holds."""
    told: int = 0


class PastDateError(Exception):
    """The chosen date is over, or is none of this series any more."""


def held(session: Session, act: Act) -> tuple[AppointmentSeries, datetime]:
    series = locked_series(session, patient_id=act.patient_id, series_id=act.series_id)
    if series.version != act.version:
        raise ChangedMeanwhileError
    values = {
        "of_patient": act.patient_id,
        "of_series": act.series_id,
        "of_appointment": act.from_id,
    }
    cut: datetime | None = session.execute(_START, values).scalar_one_or_none()
    if cut is None:
        raise NotFoundError("date of the series")
    if cut <= act.at:
        raise PastDateError
    return series, cut


def rows_from(session: Session, series: AppointmentSeries, cut: datetime) -> list[Appointment]:
    values = {"of_patient": series.patient_id, "of_series": series.id, "start": cut}
    fresh = {"populate_existing": True}
    return list(session.execute(_FROM, values, execution_options=fresh).scalars())


def end_rule(series: AppointmentSeries, *, before: date, at: datetime) -> None:
    series.rrule = str(parse(series.rrule).ending_before(before))
    series.ended_rrule = ""
    series.written_until = None
    series.version += 1
    series.updated_at = at


def cancel(session: Session, act: Act, row: Appointment, reason: str, result: Result) -> None:
    fields = {"status": AppointmentStatus.CANCELLED, "cancellation_reason": reason}
    kind = AppointmentAct.CANCELLED
    acts.change(session, row, fields, act=kind, by=act.by, at=act.at, reason=reason)
    result.touched.append(row.id)
    result.cancelled += 1


def close_requests(session: Session, act: Act, ids: list[UUID], state: RequestState) -> None:
    """Whoever asked for another time of one of these dates has their answer."""
    if not ids:
        return
    session.execute(
        update(ChangeRequest)
        .where(
            _request.patient_id == act.patient_id,
            _request.appointment_id.in_(ids),
            _request.state.in_(NOT_OVER),
        )
        .values(state=state, answered_by=act.by.user_id, answered_at=act.at)
        .execution_options(synchronize_session=False)
    )


def tell(session: Session, act: Act, result: Result, *, keys: KeyRing) -> None:
    """Once for all the dates."""
    if not result.touched:
        return
    about = About(
        patient_id=act.patient_id, appointment_id=result.touched[0], by=act.by.user_id, at=act.at
    )
    result.told = tell_family(session, about, keys=keys)
