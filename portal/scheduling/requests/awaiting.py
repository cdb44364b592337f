"""What awaits a professional's answer, over all the files that they keep, in one statement."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, and_, bindparam, not_, or_
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.access.viewer import Viewer
from portal.models import columns
from portal.models.account import User
from portal.models.agreement import ChangeRequest, RequestKind, RequestState
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.directory import Gender
from portal.scheduling.appointments import WITHOUT_END
from portal.scheduling.reach import agendas_coordinated, agendas_from_circle, reach_of
from portal.scheduling.requests.asking import ASKABLE_STATUSES
from portal.scheduling.requests.receivers import professional_answers
from portal.scheduling.rows import AppointmentRow
from portal.scheduling.selecting import CARDS, appointment_columns

_a = appointment_columns
_request = columns(ChangeRequest)
_patient = columns(Patient)
_user = columns(User)
_no_end_before = bindparam("no_end_before", type_=UtcDateTime)
_in_circle = _a.patient_id.in_(agendas_from_circle)
_is_own = and_(
    _in_circle,
    or_(
        _a.practitioner_id == bindparam("own_practitioner_id", type_=Uuid),
        _a.created_by == bindparam("reader_id", type_=Uuid),
    ),
)
_is_coordinated = and_(
    _a.patient_id.in_(agendas_coordinated),
    or_(not_(professional_answers()), _a.created_by == bindparam("reader_id", type_=Uuid)),
)
# What is over is not moved any more.
_is_ahead = or_(
    _a.starts_at.is_(None),
    _a.ends_at >= bindparam("now", type_=UtcDateTime),
    and_(_a.ends_at.is_(None), _a.starts_at >= _no_end_before),
)
_AWAITING = (
    CARDS.add_columns(
        _request.id.label("request_id"),
        _request.kind.label("request_kind"),
        _request.asked_at,
        _request.parts_of_day,
        _request.moments,
        _request.text,
        _user.given_name.label("asker_given_name"),
        _user.family_name.label("asker_family_name"),
        _request.capacity,
        _a.patient_id,
        _patient.given_name.label("patient_given_name"),
        _patient.family_name.label("patient_family_name"),
        _patient.gender.label("patient_gender"),
        _patient.time_zone.label("patient_time_zone"),
        _patient.phone.label("patient_phone"),
        _in_circle.label("is_circle_member"),
    )
    .join(
        ChangeRequest,
        and_(_request.patient_id == _a.patient_id, _request.appointment_id == _a.id),
    )
    .join(Patient, _patient.id == _a.patient_id)
    .join(User, _user.id == _request.asked_by)
    .where(
        _request.state == RequestState.OPEN,
        _patient.is_deceased.is_(False),
        _a.status.in_(ASKABLE_STATUSES),
        _is_ahead,
        or_(_is_own, _is_coordinated),
        not_(is_hidden(_a.patient_id, _a.id, bindparam("viewer_id", type_=Uuid))),
    )
    # Made in the order in which they were asked.
    .order_by(_request.id)
    .limit(bindparam("limit", type_=Integer))
)
_AWAITING_AFTER = _AWAITING.where(_request.id > bindparam("after", type_=Uuid))


class AwaitingRow(NamedTuple):
    """One request, its appointment and its patient."""

    appointment: AppointmentRow
    request_id: UUID
    kind: RequestKind
    asked_at: datetime
    parts_of_day: list[str]
    moments: list[str]
    text: str
    asker_given_name: str
    asker_family_name: str
    capacity: str
    patient_id: UUID
    patient_given_name: str
    patient_family_name: str
    patient_gender: Gender
    patient_time_zone: str
    patient_phone: str
    is_circle_member: bool
    """Reads it from a place in the circle, not as its coordinator."""


def awaiting_requests(
    session: Session, *, viewer: Viewer, at: datetime, limit: int, after: UUID | None = None
) -> list[AwaitingRow]:
    """The oldest first; `after` continues the list.

    A professional answers of their own appointments and those that they booked, a coordinator
    also where no professional can.
    """
    values = reach_of(viewer, at=at) | {
        "viewer_id": viewer.id,
        "no_end_before": at - WITHOUT_END,
        "limit": limit,
    }
    if after is None:
        rows = session.execute(_AWAITING, values)
    else:
        rows = session.execute(_AWAITING_AFTER, values | {"after": after})
    return [_row(row) for row in rows]


def _row(row: Any) -> AwaitingRow:
    size = len(AppointmentRow._fields)
    return AwaitingRow(AppointmentRow._make(row[:size]), *row[size:])
