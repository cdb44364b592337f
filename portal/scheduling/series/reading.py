"""A series as a reader may see it, and those of its dates that they see."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, exists, not_, or_, select
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.base import UtcDateTime
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.series import AppointmentSeries
from portal.scheduling.clocks import instant_of
from portal.scheduling.series.recurrence_text import parse

MOST_EXCEPTIONS = 20
_FURTHEST_MOVE = timedelta(days=60)
"""How far behind its place in the rule a date that was put off is still looked for."""
_FOREVER = timedelta(days=40 * 366)

_a = columns(Appointment)
_s = columns(AppointmentSeries)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_series = bindparam("of_series", type_=Uuid)
_now = bindparam("at", type_=UtcDateTime)
_ends = bindparam("ends", type_=UtcDateTime)
_is_seen = not_(is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid)))
# A series of which the reader sees no date does not exist for them.
_has_seen_date = exists().where(
    _a.patient_id == _s.patient_id,
    _a.series_id == _s.id,
    _a.status != AppointmentStatus.ENTERED_IN_ERROR,
    _is_seen,
)
_ONE = (
    select(
        _s.id,
        _s.rrule,
        _s.first_day,
        _s.at,
        _s.time_zone,
        _s.window_minutes,
        _s.duration_minutes,
        _s.skips_holidays,
        _s.title,
        _s.kind,
        _s.place,
        _s.performer_text,
        _s.version,
        _s.ended_rrule,
        _s.created_by,
        _s.practitioner_id,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
        _organization.name.label("organization_name"),
    )
    .select_from(AppointmentSeries)
    .outerjoin(Practitioner, _practitioner.id == _s.practitioner_id)
    .outerjoin(Organization, _organization.id == _s.organization_id)
    .where(_s.patient_id == _of_patient, _s.id == _of_series, _has_seen_date)
)
_DATES = (
    select(
        _a.id,
        _a.status,
        _a.starts_at,
        _a.ends_at,
        _a.is_window,
        _a.recurrence_start,
    )
    .where(
        _a.patient_id == _of_patient,
        _a.series_id == _of_series,
        _a.status != AppointmentStatus.ENTERED_IN_ERROR,
        _a.recurrence_start > bindparam("after", type_=UtcDateTime),
        _is_seen,
    )
    .order_by(_a.recurrence_start)
    .limit(bindparam("limit", type_=Integer))
)
# Once a series is ended, the dates behind its end are no news.
_TO_COME = _DATES.where(
    _a.starts_at >= _now,
    or_(_a.status != AppointmentStatus.CANCELLED, _a.recurrence_start < _ends),
)
_EXCEPTIONS = _TO_COME.where(
    or_(_a.status == AppointmentStatus.CANCELLED, _a.starts_at != _a.recurrence_start)
)
_WHERE_NOW = select(_a.series_id).where(
    _a.patient_id == _of_patient, _a.id == bindparam("of_appointment", type_=Uuid), _is_seen
)


class SeriesShown(NamedTuple):
    """A rule, with the names that stand on its page."""

    id: UUID
    rrule: str
    first_day: date
    at: time
    time_zone: str
    window_minutes: int | None
    duration_minutes: int | None
    skips_holidays: bool
    title: str
    kind: AppointmentKind
    place: str
    performer_text: str
    version: int
    ended_rrule: str
    created_by: UUID | None
    practitioner_id: UUID | None
    prefix: str | None
    given_name: str | None
    family_name: str | None
    gender: Gender | None
    profession: str | None
    profession_text: str | None
    organization_name: str | None


class SeriesDate(NamedTuple):
    """One date of it: `recurrence_start` is where the rule puts it."""

    id: UUID
    status: AppointmentStatus
    starts_at: datetime
    ends_at: datetime | None
    is_window: bool
    recurrence_start: datetime

    @property
    def is_cancelled(self) -> bool:
        return self.status is AppointmentStatus.CANCELLED

    @property
    def is_moved(self) -> bool:
        return self.starts_at != self.recurrence_start


def find_series(
    session: Session, *, patient_id: UUID, viewer_id: UUID, series_id: UUID
) -> SeriesShown:
    """Raises `NotFoundError` also when every date of it is hidden from the reader."""
    values = {"of_patient": patient_id, "of_series": series_id, "viewer_id": viewer_id}
    row = session.execute(_ONE, values).first()
    if row is None:
        raise NotFoundError("series")
    return SeriesShown._make(row)


def dates_to_come(
    session: Session,
    series: SeriesShown,
    *,
    patient_id: UUID,
    viewer_id: UUID,
    at: datetime,
    limit: int,
    after: datetime | None = None,
) -> list[SeriesDate]:
    """In the order of the rule; `after` continues the list behind that place in it."""
    values = _values(series, patient_id, viewer_id, at) | {"limit": limit}
    if after is not None:
        values["after"] = after
    return [SeriesDate._make(row) for row in session.execute(_TO_COME, values)]


def exceptions_to_come(
    session: Session, series: SeriesShown, *, patient_id: UUID, viewer_id: UUID, at: datetime
) -> list[SeriesDate]:
    """Dates that were moved or cancelled one by one."""
    values = _values(series, patient_id, viewer_id, at) | {"limit": MOST_EXCEPTIONS}
    return [SeriesDate._make(row) for row in session.execute(_EXCEPTIONS, values)]


def series_of(
    session: Session, *, patient_id: UUID, viewer_id: UUID, appointment_id: UUID
) -> UUID | None:
    """The series to which that date belongs now: a change gave it to the one that follows."""
    values = {
        "of_patient": patient_id,
        "viewer_id": viewer_id,
        "of_appointment": appointment_id,
    }
    found: UUID | None = session.execute(_WHERE_NOW, values).scalar_one_or_none()
    return found


def _values(
    series: SeriesShown, patient_id: UUID, viewer_id: UUID, at: datetime
) -> dict[str, object]:
    until = parse(series.rrule).until
    ends = instant_of(until + timedelta(days=1), time.min, series.time_zone) if until else None
    return {
        "of_patient": patient_id,
        "of_series": series.id,
        "viewer_id": viewer_id,
        "at": at,
        "after": at - _FURTHEST_MOVE,
        "ends": ends or at + _FOREVER,
    }
