"""Workshops are held, changed and called off; each place of a patient follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import ChangedMeanwhileError, NotFoundError, PortalError
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct, RequestState
from portal.models.series import Workshop
from portal.scheduling.acts import change
from portal.scheduling.requests.closing import close_request
from portal.scheduling.workshops.guests import COMING, WAITING

_a = columns(Appointment)
_w = columns(Workshop)
_this = bindparam("of_workshop", type_=Uuid)
_ACTIVE = (*WAITING, AppointmentStatus.WAITLIST, *COMING)
_GUESTS = (
    select(Appointment)
    .where(_a.workshop_id == _this, _a.status.in_(_ACTIVE))
    # In one order for all writers: two that change the same rows never wait for one another.
    .order_by(_a.patient_id, _a.id)
    .with_for_update()
)
_WORKSHOP = select(Workshop).where(_w.id == _this).with_for_update()
_ASK_AGAIN = select(_a.id).where(_a.workshop_id == _this, _a.status.in_(_ACTIVE))


class TooFewPlacesError(PortalError):
    """So many places are taken already."""

    def __init__(self, taken: int) -> None:
        super().__init__("more places are taken")
        self.taken = taken


class WorkshopOverError(PortalError):
    """It is over or cancelled: nothing about it can be changed any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a form says of a workshop."""

    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str
    address: str
    phone: str
    practitioner_id: UUID | None
    host_text: str
    capacity: int
    respond_before: date | None

    @property
    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is told about what was so before."""

    workshop_id: UUID
    is_changed: bool = True
    touched: list[Appointment] = field(default_factory=list)


def add(
    session: Session,
    *,
    workshop_id: UUID,
    organization_id: UUID,
    plan: Plan,
    by: UUID,
    at: datetime,
) -> Done:
    """`workshop_id` was made with the form: sent twice, it is one workshop."""
    if session.get(Workshop, workshop_id, with_for_update=True) is not None:
        return Done(workshop_id, is_changed=False)
    workshop = Workshop(
        id=workshop_id,
        organization_id=organization_id,
        created_by=by,
        created_at=at,
        updated_at=at,
        **plan.fields,
    )
    session.add(workshop)
    session.flush()
    return Done(workshop_id)


def rewrite(
    session: Session,
    *,
    workshop_id: UUID,
    version: int,
    plan: Plan,
    by: Author,
    at: datetime,
) -> Done:
    """The places of the patients move with it, and their answers stay.

    Raises `TooFewPlacesError`, `WorkshopOverError` and `ChangedMeanwhileError`.
    """
    workshop, guests = _held(session, workshop_id)
    if all(getattr(workshop, name) == value for name, value in plan.fields.items()):
        return Done(workshop_id, is_changed=False)
    _refuse(workshop, version, at)
    if plan.capacity < workshop.places_taken:
        raise TooFewPlacesError(workshop.places_taken)
    for name, value in plan.fields.items():
        setattr(workshop, name, value)
    _touch(workshop, at)
    wanted = fields_of(workshop)
    touched = [one for one in guests if _follow(session, one, wanted, by=by, at=at)]
    session.flush()
    return Done(workshop_id, touched=touched)


def call_off(
    session: Session,
    *,
    workshop_id: UUID,
    version: int,
    reason: str,
    by: Author,
    at: datetime,
) -> Done:
    """Every place and proposal is cancelled with it.

    Raises `WorkshopOverError` once it began, and `ChangedMeanwhileError`.
    """
    workshop, guests = _held(session, workshop_id)
    if workshop.cancelled_at is not None:
        return Done(workshop_id, is_changed=False)
    _refuse(workshop, version, at)
    workshop.cancelled_at, workshop.cancellation_reason = at, reason
    workshop.places_taken = 0
    _touch(workshop, at)
    wanted = {"status": AppointmentStatus.CANCELLED, "cancellation_reason": reason}
    act = AppointmentAct.CANCELLED
    for one in guests:
        change(session, one, wanted, act=act, by=by, at=at, reason=reason)
        close_request(session, one, state=RequestState.CANCELLED, by=by, at=at)
    session.flush()
    return Done(workshop_id, touched=guests)


def fields_of(workshop: Workshop) -> dict[str, Any]:
    """What the appointment of each patient takes from it."""
    return {
        "title": workshop.title,
        "instructions": workshop.description,
        "starts_at": workshop.starts_at,
        "ends_at": workshop.ends_at,
        "time_zone": workshop.time_zone,
        "organization_id": workshop.organization_id,
        "practitioner_id": workshop.practitioner_id,
        "performer_text": workshop.host_text,
        "place": workshop.place,
        "address": workshop.address,
        "phone": workshop.phone,
        "respond_before": workshop.respond_before,
    }


def fields_now(session: Session, workshop_id: UUID) -> dict[str, Any]:
    """For a place that comes back, with the place locked: the workshop may have been moved since.

    Raises `WorkshopOverError` when it is called off.
    """
    values, fresh = {"of_workshop": workshop_id}, {"populate_existing": True}
    workshop = session.execute(_WORKSHOP, values, execution_options=fresh).scalar_one()
    if workshop.cancelled_at is not None:
        raise WorkshopOverError
    return fields_of(workshop)


def _follow(
    session: Session, guest: Appointment, wanted: Mapping[str, Any], *, by: Author, at: datetime
) -> bool:
    if all(getattr(guest, name) == value for name, value in wanted.items()):
        return False
    times = ("starts_at", "ends_at")
    is_moved = any(getattr(guest, name) != wanted[name] for name in times)
    act = AppointmentAct.MOVED if is_moved else AppointmentAct.CORRECTED
    change(session, guest, wanted, act=act, by=by, at=at)
    return True


def _held(session: Session, workshop_id: UUID) -> tuple[Workshop, list[Appointment]]:
    """First the places, then the workshop: whoever answers takes the locks in that order too.

    Raises `ChangedMeanwhileError` when somebody was asked between the two.
    """
    values = {"of_workshop": workshop_id}
    fresh = {"populate_existing": True}
    guests = list(session.execute(_GUESTS, values, execution_options=fresh).scalars())
    workshop = session.execute(_WORKSHOP, values, execution_options=fresh).scalar_one_or_none()
    if workshop is None:
        raise NotFoundError("workshop")
    if set(session.execute(_ASK_AGAIN, values).scalars()) - {one.id for one in guests}:
        raise ChangedMeanwhileError
    return workshop, guests


def _refuse(workshop: Workshop, version: int, at: datetime) -> None:
    if workshop.cancelled_at is not None or workshop.starts_at <= at:
        raise WorkshopOverError
    if workshop.version != version:
        raise ChangedMeanwhileError


def _touch(workshop: Workshop, at: datetime) -> None:
    workshop.version += 1
    workshop.updated_at = at
