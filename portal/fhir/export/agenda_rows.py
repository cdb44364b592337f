"""The appointments of one patient that leave with the circle, by one statement."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, and_, bindparam, exists, not_, or_, select
from sqlmodel import Session

from portal.access.facts import in_force
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.base import UtcDateTime
from portal.models.directory import Organization, Practitioner
from portal.models.rights import Block, HiddenItem
from portal.models.series import AppointmentSeries

SINCE = timedelta(days=366)
"""What is older is history, not an agenda."""

_a = columns(Appointment)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_series = columns(AppointmentSeries)
_hidden = columns(HiddenItem)
_block = columns(Block)
_earliest = bindparam("earliest", type_=UtcDateTime)


class Planned(NamedTuple):
    appointment: Appointment
    practitioner: Practitioner | None
    organization: Organization | None
    series: AppointmentSeries | None


def _is_hidden_from_anybody() -> ColumnElement[bool]:
    return (
        exists()
        .where(_hidden.patient_id == _a.patient_id, _hidden.item_id == _a.id)
        .correlate(Appointment.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    )


def _is_kept_out() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            _block.patient_id == _a.patient_id,
            _block.practitioner_id == _a.practitioner_id,
            in_force(_block.starts_at, _block.ends_at),
        )
        .correlate(Appointment.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    )


_PLANNED = (
    select(Appointment, Practitioner, Organization, AppointmentSeries)
    .select_from(Appointment)
    .outerjoin(Practitioner, and_(_practitioner.id == _a.practitioner_id, not_(_is_kept_out())))
    .outerjoin(Organization, _organization.id == _a.organization_id)
    .outerjoin(
        AppointmentSeries,
        and_(_series.patient_id == _a.patient_id, _series.id == _a.series_id),
    )
    .where(
        _a.patient_id == bindparam("of_patient", type_=Uuid),
        _a.status != AppointmentStatus.ENTERED_IN_ERROR,
        not_(_is_hidden_from_anybody()),
        or_(
            _a.starts_at >= _earliest,
            and_(
                _a.starts_at.is_(None),
                or_(
                    _a.requested_end.is_(None),
                    _a.requested_end >= bindparam("earliest_day", type_=Date),
                ),
            ),
        ),
    )
    .order_by(_a.starts_at, _a.id)
)


def read_planned(session: Session, *, patient_id: UUID, at: datetime) -> list[Planned]:
    """Of the last year and to come, but what is hidden from anybody: elsewhere it would not be."""
    earliest = at - SINCE
    values = {
        "of_patient": patient_id,
        "now": at,
        "earliest": earliest,
        "earliest_day": earliest.date(),
    }
    return [Planned._make(row) for row in session.execute(_PLANNED, values)]
