"""What was kept of calendar files before, and what else is planned at the same times."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, not_, or_, select
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.models import columns
from portal.models.agenda import LONGEST_VISIT, Appointment, AppointmentStatus
from portal.scheduling.appointments import NEXT_STATUSES, WITHOUT_END

SOURCE = "calendar"
MOST_CONFLICTS = 300

_a = columns(Appointment)
_of_patient = bindparam("of_patient", type_=Uuid)
_is_hidden = is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid))


class KeptRow(NamedTuple):
    """An appointment that came from a file; `is_hidden`: this reader may not know it."""

    id: UUID
    version: int
    external_uid: str
    external_revision: str
    status: AppointmentStatus
    title: str
    starts_at: datetime
    ends_at: datetime | None
    is_window: bool
    time_zone: str
    place: str
    instructions: str
    video_url: str
    source_name: str
    is_hidden: bool

    @property
    def is_removed(self) -> bool:
        return self.status is AppointmentStatus.ENTERED_IN_ERROR


class OtherRow(NamedTuple):
    """Something else that is planned, as far as this reader sees it."""

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime | None


class BatchRow(NamedTuple):
    """One of those that were kept together."""

    id: UUID
    version: int
    title: str
    starts_at: datetime
    ends_at: datetime | None
    is_window: bool
    time_zone: str


_KEPT = (
    select(*(_a[name] for name in KeptRow._fields[:-1]), _is_hidden.label("is_hidden"))
    .where(_a.patient_id == _of_patient, _a.source == SOURCE)
    .order_by(_a.id)
    .limit(500)
)
_BATCH = (
    select(*(_a[name] for name in BatchRow._fields))
    .where(
        _a.patient_id == _of_patient,
        _a.id.between(bindparam("first", type_=Uuid), bindparam("last", type_=Uuid)),
        _a.created_by == bindparam("viewer_id", type_=Uuid),
        _a.source == SOURCE,
        _a.status != AppointmentStatus.ENTERED_IN_ERROR,
        not_(_is_hidden),
    )
    .order_by(_a.starts_at, _a.id)
    .limit(100)
)


def kept_before(
    session: Session,
    *,
    patient_id: UUID,
    viewer_id: UUID,
    uids: Sequence[str],
    whole: Sequence[str] = (),
) -> list[KeptRow]:
    """By `external_uid`; of `whole` all dates of the rule too."""
    wanted: list[ColumnElement[bool]] = [_a.external_uid.in_(sorted(set(uids)))]
    wanted += [_a.external_uid.startswith(f"{uid} ", autoescape=True) for uid in whole]
    values = {"of_patient": patient_id, "viewer_id": viewer_id}
    return [KeptRow._make(row) for row in session.execute(_KEPT.where(or_(*wanted)), values)]


def planned_during(
    session: Session,
    *,
    patient_id: UUID,
    viewer_id: UUID,
    spans: Sequence[tuple[datetime, datetime]],
) -> list[OtherRow]:
    """What takes place during any of the spans, stays excepted; one statement for all of them."""
    if not spans:
        return []
    values = {"of_patient": patient_id, "viewer_id": viewer_id}
    return [OtherRow._make(row) for row in session.execute(_during(spans), values)]


def _during(spans: Sequence[tuple[datetime, datetime]]) -> Select[tuple[object, ...]]:
    return (
        select(*(_a[name] for name in OtherRow._fields))
        .where(
            _a.patient_id == _of_patient,
            _a.status.in_(NEXT_STATUSES),
            _a.is_stay.is_(False),
            not_(_is_hidden),
            or_(*(_overlaps(start, end) for start, end in spans)),
        )
        .order_by(_a.starts_at, _a.id)
        .limit(MOST_CONFLICTS)
    )


def _overlaps(start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(
        _a.starts_at >= start - LONGEST_VISIT,
        _a.starts_at < end,
        or_(_a.ends_at > start, and_(_a.ends_at.is_(None), _a.starts_at > start - WITHOUT_END)),
    )


def batch(
    session: Session, *, patient_id: UUID, viewer_id: UUID, first: UUID, last: UUID
) -> list[BatchRow]:
    """What this reader kept from the first to the last of one act, and is still there."""
    values = {"of_patient": patient_id, "viewer_id": viewer_id, "first": first, "last": last}
    return [BatchRow._make(row) for row in session.execute(_BATCH, values)]
