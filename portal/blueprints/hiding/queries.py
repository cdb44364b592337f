"""The appointment that is hidden."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, not_, select
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus

_a = columns(Appointment)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_item = bindparam("of_item", type_=Uuid)
_APPOINTMENT = select(_a.title, _a.starts_at, _a.time_zone).where(
    _a.patient_id == _of_patient,
    _a.id == _of_item,
    _a.status != AppointmentStatus.ENTERED_IN_ERROR,
    not_(is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid))),
)


class HiddenAppointment(NamedTuple):
    """What the page says of it."""

    title: str
    starts_at: datetime | None
    time_zone: str


def appointment_to_hide(
    session: Session, *, patient_id: UUID, viewer_id: UUID, appointment_id: UUID
) -> HiddenAppointment:
    """Raises `NotFoundError` for another's, and for one that is kept from this reader."""
    values = {"of_patient": patient_id, "of_item": appointment_id, "viewer_id": viewer_id}
    row = session.execute(_APPOINTMENT, values).one_or_none()
    if row is None:
        raise NotFoundError("appointment")
    return HiddenAppointment._make(row)
