"""A patient with a series, as the tests of it need one."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.models.agenda import Appointment, AppointmentKind
from portal.models.care import Patient
from portal.models.series import AppointmentSeries
from portal.scheduling.series.dates import start_series


def next_monday(*, weeks: int = 1) -> date:
    """Always in the future, whatever day the tests run on."""
    today = clock.now().date()
    return today + timedelta(days=7 * weeks - today.weekday())


def make_series(patient: Patient, **fields: Any) -> AppointmentSeries:
    values: dict[str, Any] = {
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TH",
        "first_day": next_monday(),
        "at": time(8),
        "title": "Pansement",
        "kind": AppointmentKind.HOME_NURSING,
        "duration_minutes": 30,
    }
    return AppointmentSeries(patient_id=patient.id, **(values | fields))


def started(
    session: Session, patient: Patient, by: Author, *, now: datetime | None = None, **fields: Any
) -> AppointmentSeries:
    series = make_series(patient, **fields)
    start_series(session, series, by=by, at=now or clock.now())
    return series


def rows_of(session: Session, series: AppointmentSeries) -> list[Appointment]:
    session.expire_all()
    statement = (
        select(Appointment)
        .where(Appointment.patient_id == series.patient_id, Appointment.series_id == series.id)  # type: ignore[arg-type]  # columns
        .order_by(Appointment.recurrence_start)  # type: ignore[arg-type]  # a column
    )
    return list(session.execute(statement).scalars())
