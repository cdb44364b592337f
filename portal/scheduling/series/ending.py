"""Ending a series from a date on, and taking that back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.errors import ChangedMeanwhileError
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct, AppointmentChange, RequestState
from portal.models.base import UtcDateTime
from portal.scheduling import acts
from portal.scheduling.clocks import local_day
from portal.scheduling.series.acts import (
    MOVABLE,
    Act,
    Result,
    cancel,
    close_requests,
    end_rule,
    held,
    rows_from,
    tell,
)
from portal.scheduling.series.dates import locked_series, write_ahead

_a = columns(Appointment)
_change = columns(AppointmentChange)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_series = bindparam("of_series", type_=Uuid)
_CANCELLED_THEN = (
    select(Appointment)
    .where(
        _a.patient_id == _of_patient,
        _a.series_id == _of_series,
        _a.status == AppointmentStatus.CANCELLED,
        _a.updated_at == bindparam("then", type_=UtcDateTime),
        _a.starts_at > bindparam("now", type_=UtcDateTime),
    )
    .order_by(_a.recurrence_start)
    .with_for_update()
)
_LINES_THEN = select(_change.appointment_id, _change.version, _change.fields).where(
    _change.patient_id == _of_patient,
    _change.appointment_id.in_(bindparam("of_appointments", type_=Uuid, expanding=True)),
    _change.at == bindparam("then", type_=UtcDateTime),
    _change.act == AppointmentAct.CANCELLED,
)


def end_following(session: Session, act: Act, *, reason: str, keys: KeyRing) -> Result:
    """No date follows from that one on; those that were to come are cancelled, never deleted.

    Raises `NotFoundError`, `ChangedMeanwhileError` or `PastDateError`.
    """
    series, cut = held(session, act)
    rows = rows_from(session, series, cut)
    was = series.rrule
    end_rule(series, before=local_day(cut, series.time_zone), at=act.at)
    series.ended_rrule = was
    session.add(series)
    result = Result(series.id)
    for row in rows:
        if row.status in MOVABLE and row.starts_at is not None and row.starts_at > act.at:
            cancel(session, act, row, reason, result)
    close_requests(session, act, result.touched, RequestState.CANCELLED)
    tell(session, act, result, keys=keys)
    return result


def take_end_back(session: Session, act: Act, *, keys: KeyRing) -> Result:
    """As it was before the end, as long as nothing else was done to the series.

    A date that somebody changed since, or that is over, stays as it is.
    """
    series = locked_series(session, patient_id=act.patient_id, series_id=act.series_id)
    if series.version != act.version or not series.ended_rrule:
        raise ChangedMeanwhileError
    then = series.updated_at
    result = Result(series.id)
    for row, fields in _cancelled_then(session, act, then):
        wanted = {
            "status": AppointmentStatus(fields["status"][0]),
            "cancellation_reason": fields.get("cancellation_reason", [""])[0],
        }
        acts.change(session, row, wanted, act=AppointmentAct.RESTORED, by=act.by, at=act.at)
        result.touched.append(row.id)
        result.restored += 1
    series.rrule, series.ended_rrule = series.ended_rrule, ""
    series.version += 1
    series.updated_at = act.at
    series.written_until = local_day(then, series.time_zone)
    result.added = write_ahead(session, series, by=act.by, at=act.at)
    tell(session, act, result, keys=keys)
    return result


def _cancelled_then(
    session: Session, act: Act, then: datetime
) -> list[tuple[Appointment, dict[str, Any]]]:
    """Those that the end cancelled and that nobody touched since, with what it changed."""
    values = {"of_patient": act.patient_id, "of_series": act.series_id, "then": then}
    fresh = {"populate_existing": True}
    found = session.execute(_CANCELLED_THEN, values | {"now": act.at}, execution_options=fresh)
    rows = {row.id: row for row in found.scalars()}
    lines = session.execute(
        _LINES_THEN, {"of_patient": act.patient_id, "of_appointments": list(rows), "then": then}
    )
    return [
        (rows[line.appointment_id], line.fields)
        for line in lines
        if rows[line.appointment_id].version == line.version
    ]
