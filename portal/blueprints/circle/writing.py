"""What every act on a circle shares: its lock, the version that was shown, who acts."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select
from sqlmodel import Session

from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember

_member = columns(CareTeamMember)
# What was read before the lock was there may be old.
_FRESH = {"populate_existing": True}
_LASTING = (
    select(CareTeamMember)
    .where(
        _member.patient_id == bindparam("of_patient", type_=Uuid),
        or_(_member.period_end.is_(None), _member.period_end > bindparam("at", type_=UtcDateTime)),
    )
    .order_by(_member.position, _member.id)
    .with_for_update()
)
_ONE = (
    select(CareTeamMember)
    .where(
        _member.patient_id == bindparam("of_patient", type_=Uuid),
        _member.id == bindparam("of_member", type_=Uuid),
    )
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts, and as what: as in the access log."""

    user_id: UUID
    capacity: str


class _Place(Protocol):
    """A row of the table, or one that was read for a page."""

    @property
    def functions(self) -> list[str]: ...
    @property
    def contact_for(self) -> str: ...
    @property
    def sees(self) -> str: ...
    @property
    def period_end(self) -> datetime | None: ...
    @property
    def end_reason(self) -> str: ...
    @property
    def successor_id(self) -> UUID | None: ...


def version_of(place: _Place) -> str:
    """Another one as soon as anything that a coordinator writes is another."""
    said = (
        *sorted(place.functions),
        place.contact_for,
        place.sees,
        place.period_end.timestamp() if place.period_end else "",
        place.end_reason,
        place.successor_id,
    )
    return sha256("\0".join(str(one) for one in said).encode()).hexdigest()[:16]


def refuse_stale(member: CareTeamMember, version: str) -> None:
    """Raises `ChangedMeanwhileError`."""
    if version_of(member) != version:
        raise ChangedMeanwhileError


def lock_circle(session: Session, *, patient_id: UUID) -> None:
    """Two who act on one circle wait for each other. A file from elsewhere may have none yet."""
    if session.get(CareTeam, patient_id, with_for_update={"key_share": True}) is None:
        session.add(CareTeam(patient_id=patient_id))
        session.flush()


def place(session: Session, *, patient_id: UUID, member_id: UUID) -> CareTeamMember:
    """Locked, lasting or over. Raises `NotFoundError` for that of another patient."""
    values = {"of_patient": patient_id, "of_member": member_id}
    member: CareTeamMember | None = session.execute(
        _ONE, values, execution_options=_FRESH
    ).scalar_one_or_none()
    if member is None:
        raise NotFoundError("place")
    return member


def locked(session: Session, *, patient_id: UUID, member_id: UUID, at: datetime) -> CareTeamMember:
    """One that lasts. Raises `ChangedMeanwhileError` when it is over, and `NotFoundError`."""
    member = place(session, patient_id=patient_id, member_id=member_id)
    if member.period_end is not None and member.period_end <= at:
        raise ChangedMeanwhileError
    return member


def lasting_places(session: Session, *, patient_id: UUID, at: datetime) -> list[CareTeamMember]:
    """Locked, in the order of the circle; also those that are still to begin."""
    values = {"of_patient": patient_id, "at": at}
    return list(session.execute(_LASTING, values, execution_options=_FRESH).scalars())
