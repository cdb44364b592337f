"""The dates of a series, written out as rows some way ahead."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct, AppointmentChange
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.directory import Organization
from portal.models.series import AppointmentSeries
from portal.scheduling.clocks import instant_of, local_day, window_end
from portal.scheduling.series.recurrence_text import parse
from portal.teams.holidays import is_holiday

HORIZON = 400
"""How many days ahead dates are rows: a year can be leafed through, with a month to spare."""

_a = columns(Appointment)
_s = columns(AppointmentSeries)
_organization = columns(Organization)
_patient = columns(Patient)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_series = bindparam("of_series", type_=Uuid)
_LOCKED = (
    select(AppointmentSeries)
    .where(_s.patient_id == _of_patient, _s.id == _of_series)
    .with_for_update()
)
_WRITTEN = select(_a.recurrence_start).where(
    _a.patient_id == _of_patient,
    _a.series_id == _of_series,
    _a.recurrence_start >= bindparam("start", type_=UtcDateTime),
)
_REGION = (
    select(_organization.holiday_region)
    .join_from(Patient, Organization, _organization.id == _patient.organization_id)
    .where(_patient.id == _of_patient)
)
SHARED = (
    "title",
    "kind",
    "status",
    "duration_minutes",
    "practitioner_id",
    "organization_id",
    "performer_text",
    "place",
    "address",
    "phone",
    "video_url",
    "needs_companion",
    "transport",
    "preparation",
    "instructions",
    "time_zone",
    "created_by",
)
"""What every date begins with, by the same name."""


class Span(NamedTuple):
    """Where one date of a series lies."""

    starts_at: datetime
    ends_at: datetime | None


def start_series(session: Session, series: AppointmentSeries, *, by: Author, at: datetime) -> int:
    """Add the series and write its rows, as booked or as proposed as the series says; how many.

    Its first day becomes the first on which the rule takes place, and the rule is written in
    full. A series whose id is there already is left as it is: a form was sent twice. Raises
    `RecurrenceError`.
    """
    if session.get(AppointmentSeries, (series.patient_id, series.id)) is not None:
        return 0
    rule = parse(series.rrule).starting(series.first_day)
    series.rrule = str(rule)
    series.first_day = rule.first_on_or_after(series.first_day) or series.first_day
    series.written_until = series.first_day - timedelta(days=1)
    session.add(series)
    session.flush()
    return write_ahead(session, series, by=by, at=at)


def write_ahead(
    session: Session, series: AppointmentSeries, *, at: datetime, by: Author | None = None
) -> int:
    """Write the dates that have no row yet, `HORIZON` days ahead; how many.

    The series is held by the caller, so nobody else writes them; a date that has its row
    already, wherever it was moved, is left alone.
    """
    if series.written_until is None:
        return 0
    target = max(local_day(at, series.time_zone), series.first_day) + timedelta(days=HORIZON)
    start = series.written_until + timedelta(days=1)
    days = list(dates_of(session, series, start=start, end=target))
    written = write_days(session, series, days, by=by, at=at)
    rule = parse(series.rrule)
    following = rule.days(series.first_day, start=max(start, target + timedelta(days=1)))
    can_follow = rule.is_endless or next(following, None) is not None
    series.written_until = max(target, series.written_until) if can_follow else None
    session.add(series)
    session.flush()
    return written


def write_days(
    session: Session,
    series: AppointmentSeries,
    days: list[date],
    *,
    by: Author | None,
    at: datetime,
) -> int:
    """One row and its first line of history for each of these days that has none."""
    if not days:
        return 0
    values = {
        "of_patient": series.patient_id,
        "of_series": series.id,
        "start": span_of(series, days[0]).starts_at,
    }
    there = set(session.execute(_WRITTEN, values).scalars())
    spans = [span for span in (span_of(series, day) for day in days) if span.starts_at not in there]
    rows = [_row(series, span, at=at) for span in spans]
    session.add_all(rows)
    session.flush()
    session.add_all(_first_line(row, by, at=at) for row in rows)
    session.flush()
    return len(rows)


def dates_of(
    session: Session, series: AppointmentSeries, *, start: date, end: date
) -> Iterator[date]:
    """The local days on which it takes place: those of the rule, but for what is left out."""
    left_out = set(series.left_out)
    region = _region(session, series) if series.skips_holidays else ""
    for day in parse(series.rrule).days(series.first_day, start=start, end=end):
        if day.isoformat() in left_out:
            continue
        if series.skips_holidays and is_holiday(day, region=region, time_zone=series.time_zone):
            continue
        yield day


def span_of(series: AppointmentSeries, day: date) -> Span:
    """A window ends when the clock says so; a visit so many minutes after it began."""
    starts_at = instant_of(day, series.at, series.time_zone)
    if series.window_minutes:
        return Span(starts_at, window_end(day, series.at, series.window_minutes, series.time_zone))
    if series.duration_minutes:
        return Span(starts_at, starts_at + timedelta(minutes=series.duration_minutes))
    return Span(starts_at, None)


def locked_series(session: Session, *, patient_id: UUID, series_id: UUID) -> AppointmentSeries:
    """As it stands now, held until the transaction ends.

    Raises `NotFoundError` for that of another patient.
    """
    values = {"of_patient": patient_id, "of_series": series_id}
    found: AppointmentSeries | None = session.execute(
        _LOCKED, values, execution_options={"populate_existing": True}
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("series")
    return found


def _region(session: Session, series: AppointmentSeries) -> str:
    """As far as the patient's house says it: Alsace and Moselle have two more holidays."""
    region = session.execute(_REGION, {"of_patient": series.patient_id}).scalar_one_or_none()
    return region or ""


def _row(series: AppointmentSeries, span: Span, *, at: datetime) -> Appointment:
    return Appointment(
        patient_id=series.patient_id,
        series_id=series.id,
        recurrence_start=span.starts_at,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        is_window=bool(series.window_minutes),
        created_at=at,
        updated_at=at,
        **{name: getattr(series, name) for name in SHARED},
    )


def _first_line(row: Appointment, by: Author | None, *, at: datetime) -> AppointmentChange:
    """A date that follows by itself is still that of whoever booked the series."""
    is_booked = row.status is AppointmentStatus.BOOKED
    return AppointmentChange(
        patient_id=row.patient_id,
        appointment_id=row.id,
        version=row.version,
        at=at,
        actor_id=by.user_id if by else row.created_by,
        capacity=by.capacity if by else "",
        act=AppointmentAct.BOOKED if is_booked else AppointmentAct.PROPOSED,
    )
