"""A workshop is proposed to patients: each has one place in it at most."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.access.viewer import Viewer
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.agreement import AppointmentAct
from portal.models.audit import Capacity
from portal.models.care import Patient
from portal.models.series import Workshop
from portal.scheduling.acts import change, line_of
from portal.scheduling.reach import agendas_from_circle, agendas_seen, reach_of
from portal.scheduling.workshops.acts import Done, WorkshopOverError, fields_of
from portal.scheduling.workshops.guests import NOT_COMING

_patient = columns(Patient)
_a = columns(Appointment)
_w = columns(Workshop)
_MINE: Any = select(
    _patient.id, _patient.id.in_(agendas_from_circle).label("is_circle_member")
).where(
    _patient.id.in_(bindparam("patient_ids", expanding=True)),
    _patient.id.in_(agendas_seen),
    _patient.is_deceased.is_(False),
)
_of_them = and_(
    _a.workshop_id == bindparam("of_workshop", type_=Uuid),
    _a.patient_id.in_(bindparam("patient_ids", expanding=True)),
)
_ASKED = select(Appointment).where(_of_them).order_by(_a.patient_id, _a.id).with_for_update()
_ASKED_BY_NOW = select(_a.patient_id).where(_of_them)
_WORKSHOP = select(Workshop).where(_w.id == bindparam("of_workshop", type_=Uuid)).with_for_update()


def authors_for(
    session: Session, *, viewer: Viewer, patient_ids: Iterable[UUID], at: datetime
) -> dict[UUID, Author]:
    """As what the reader acts in the agenda of each of these patients.

    Raises `NotFoundError` when one of them is none of theirs.
    """
    wanted = set(patient_ids)
    values = reach_of(viewer, at=at) | {"patient_ids": sorted(wanted)}
    found = {
        patient_id: Author(
            viewer.id, Capacity.PROFESSIONAL if is_circle_member else Capacity.COORDINATOR
        )
        for patient_id, is_circle_member in session.execute(_MINE, values)
    }
    if wanted - found.keys():
        raise NotFoundError("patient")
    return found


def propose(
    session: Session, *, workshop_id: UUID, authors: dict[UUID, Author], at: datetime
) -> Done:
    """To each of these patients who has neither a place nor an open proposal.

    Raises `WorkshopOverError`.
    """
    values = {"of_workshop": workshop_id, "patient_ids": sorted(authors)}
    fresh = {"populate_existing": True}
    asked = session.execute(_ASKED, values, execution_options=fresh).scalars()
    known = {one.patient_id: one for one in asked}
    workshop = session.execute(_WORKSHOP, values, execution_options=fresh).scalar_one_or_none()
    if workshop is None:
        raise NotFoundError("workshop")
    if workshop.cancelled_at is not None or workshop.starts_at <= at:
        raise WorkshopOverError
    # Whom somebody else asked while the lock was waited for is asked already.
    meanwhile = set(session.execute(_ASKED_BY_NOW, values).scalars()) - known.keys()
    touched = [
        _proposed(session, workshop, known.get(patient_id), patient_id, by=by, at=at)
        for patient_id, by in sorted(authors.items())
        if patient_id not in meanwhile
        and (patient_id not in known or known[patient_id].status in NOT_COMING)
    ]
    return Done(workshop_id, is_changed=bool(touched), touched=touched)


def _proposed(
    session: Session,
    workshop: Workshop,
    known: Appointment | None,
    patient_id: UUID,
    *,
    by: Author,
    at: datetime,
) -> Appointment:
    """A new row, or that of who said no once: asked again."""
    wanted = fields_of(workshop) | {"status": AppointmentStatus.PROPOSED}
    act = AppointmentAct.PROPOSED
    if known is not None:
        change(session, known, wanted | {"cancellation_reason": ""}, act=act, by=by, at=at)
        return known
    appointment = Appointment(
        patient_id=patient_id,
        workshop_id=workshop.id,
        kind=AppointmentKind.WORKSHOP,
        created_by=by.user_id,
        created_at=at,
        updated_at=at,
        **wanted,
    )
    line_of(session, appointment, act=act, by=by, at=at)
    return appointment
