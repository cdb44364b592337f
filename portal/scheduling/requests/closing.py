"""The request that stands, and how it is overtaken by another act on its appointment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment
from portal.models.agreement import ChangeRequest, RequestState
from portal.scheduling.acts import locked

NOT_OVER = (RequestState.OPEN, RequestState.PROPOSED)
"""Awaits the professional, or their proposal the patient."""
_BY_KEEPER = (RequestState.MOVED, RequestState.CANCELLED)

_request = columns(ChangeRequest)
_CURRENT = (
    select(ChangeRequest)
    .where(
        _request.patient_id == bindparam("of_patient", type_=Uuid),
        _request.appointment_id == bindparam("of_appointment", type_=Uuid),
        _request.state.in_(NOT_OVER),
    )
    .order_by(_request.id.desc())
    .limit(1)
)


def current_request(
    session: Session, *, patient_id: UUID, appointment_id: UUID
) -> ChangeRequest | None:
    """The one that is not over, as it stands now; the appointment is locked before."""
    values = {"of_patient": patient_id, "of_appointment": appointment_id}
    fresh = {"populate_existing": True}
    found: ChangeRequest | None = session.execute(
        _CURRENT, values, execution_options=fresh
    ).scalar_one_or_none()
    return found


def close_request(
    session: Session, appointment: Appointment, *, state: RequestState, by: Author, at: datetime
) -> bool:
    """Whoever moves or cancels an appointment answers what was asked of it; whether it was.

    To be called with the appointment locked. `moved` and `cancelled` are answers of whoever keeps
    it, and stand there with their name.
    """
    request = current_request(
        session, patient_id=appointment.patient_id, appointment_id=appointment.id
    )
    if request is None:
        return False
    request.state = state
    if state in _BY_KEEPER:
        request.answered_by, request.answered_at = by.user_id, at
    session.add(request)
    session.flush()
    return True


def held(
    session: Session, *, patient_id: UUID, appointment_id: UUID, request_id: UUID
) -> tuple[Appointment, ChangeRequest]:
    """Both as they stand now; raises `NotFoundError` for those of others."""
    appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
    request = session.get(ChangeRequest, (patient_id, request_id), populate_existing=True)
    if request is None or request.appointment_id != appointment_id:
        raise NotFoundError("change request")
    return appointment, request
