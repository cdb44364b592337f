"""The appointment that is hidden, and the relatives whom it may be hidden from."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, not_, or_, select
from sqlmodel import Session

from portal.access.facts import active_grant, active_link, is_hidden
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.rights import CareLink, CareLinkKind, Grant, GrantCategory, HiddenItem

MOST_CARERS = 60

_a = columns(Appointment)
_link = columns(CareLink)
_user = columns(User)
_grant = columns(Grant)
_hidden = columns(HiddenItem)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_item = bindparam("of_item", type_=Uuid)
_APPOINTMENT = select(_a.title, _a.starts_at, _a.time_zone).where(
    _a.patient_id == _of_patient,
    _a.id == _of_item,
    _a.status != AppointmentStatus.ENTERED_IN_ERROR,
    not_(is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid))),
)
# A carer whose rights are paused or over may get them back: what is hidden stays in the list.
_sees_agenda = exists().where(active_grant(), _grant.category == GrantCategory.AGENDA)
_is_kept_from = exists().where(
    _hidden.patient_id == _link.patient_id,
    _hidden.care_link_id == _link.id,
    _hidden.item_id == _of_item,
)
_CARERS = (
    select(_link.id, _user.given_name, _user.family_name)
    .join_from(CareLink, User, _user.id == _link.user_id)
    .where(
        _link.patient_id == _of_patient,
        _link.kind == CareLinkKind.CARER,
        active_link(),
        or_(_sees_agenda, _is_kept_from),
    )
    .order_by(_user.given_name, _user.family_name, _link.id)
    .limit(MOST_CARERS)
)


class HiddenAppointment(NamedTuple):
    """What the page says of it."""

    title: str
    starts_at: datetime | None
    time_zone: str


class CarerRow(NamedTuple):
    """One relative who may see the agenda."""

    link_id: UUID
    given_name: str
    family_name: str


def appointment_to_hide(
    session: Session, *, patient_id: UUID, viewer_id: UUID, appointment_id: UUID
) -> HiddenAppointment:
    """Raises `NotFoundError` for another's, and for one that is kept from this reader."""
    values = {"of_patient": patient_id, "of_item": appointment_id, "viewer_id": viewer_id}
    row = session.execute(_APPOINTMENT, values).one_or_none()
    if row is None:
        raise NotFoundError("appointment")
    return HiddenAppointment._make(row)


def carers_of_agenda(
    session: Session, *, patient_id: UUID, appointment_id: UUID, at: datetime
) -> list[CarerRow]:
    """By first name."""
    values = {"of_patient": patient_id, "of_item": appointment_id, "now": at}
    return [CarerRow._make(row) for row in session.execute(_CARERS, values)]
