"""Booking a visit that repeats."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.models import columns
from portal.models.agenda import Appointment
from portal.models.series import AppointmentSeries
from portal.scheduling.booking import queue_up
from portal.scheduling.conflicts import refuse_clash
from portal.scheduling.series.dates import start_series
from portal.scheduling.series.recurrence import RecurrenceError
from portal.scheduling.wanted import Timing

_a = columns(Appointment)
_FIRST = (
    select(Appointment)
    .where(
        _a.patient_id == bindparam("of_patient", type_=Uuid),
        _a.series_id == bindparam("of_series", type_=Uuid),
    )
    .order_by(_a.recurrence_start)
    .limit(1)
)


class Started(NamedTuple):
    """The first date of a series, and whether it was booked just now."""

    first: Appointment
    is_new: bool


def book_series(
    session: Session,
    series: AppointmentSeries,
    *,
    first: Timing,
    by: Author,
    at: datetime,
    is_anyway: bool = False,
) -> Started:
    """Sent twice, it is one series.

    Raises `RecurrenceError`, also when each of its days is a holiday that is left out; and
    `ClashError` for what is planned at the time of the first day, unless `is_anyway`: a list of
    every date of a year would help nobody to decide.
    """
    queue_up(session, series.patient_id)
    is_new = session.get(AppointmentSeries, (series.patient_id, series.id)) is None
    if is_new and not is_anyway:
        refuse_clash(
            session,
            patient_id=series.patient_id,
            viewer_id=by.user_id,
            start=first.starts_at,
            end=first.busy_until,
        )
    if is_new:
        start_series(session, series, by=by, at=at)
    values = {"of_patient": series.patient_id, "of_series": series.id}
    found: Appointment | None = session.execute(_FIRST, values).scalar_one_or_none()
    if found is None:
        raise RecurrenceError("never", "no date of the series takes place")
    return Started(found, is_new)
