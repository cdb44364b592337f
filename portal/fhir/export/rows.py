"""What one circle is exported from: whole rows, by three statements."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, and_, bindparam, exists, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.access.facts import in_force
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.care import CareTeam, CareTeamMember, EndReason, Patient, RelatedPerson
from portal.models.directory import Absence, Organization, Practitioner, PractitionerRole
from portal.models.need import Need, NeedType
from portal.models.rights import Block

_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_practitioner = columns(Practitioner)
_relative = columns(RelatedPerson)
_role = columns(PractitionerRole)
_absence = columns(Absence)
_need = columns(Need)
_type = columns(NeedType)
_block = columns(Block)
_of_patient = bindparam("of_patient", type_=Uuid)
_Keeper: Any = aliased(Organization)
_Place: Any = aliased(Organization)
_RolePlace: Any = aliased(Organization)


class Seat(NamedTuple):
    """A place in the circle, with whoever holds it and where they work."""

    member: CareTeamMember
    practitioner: Practitioner | None
    relative: RelatedPerson | None
    place: Organization | None
    role: PractitionerRole | None
    role_place: Organization | None


class Away(NamedTuple):
    absence: Absence
    replacement: Practitioner | None


class Wanted(NamedTuple):
    need: Need
    type_label: str | None


@dataclass(slots=True)
class Circle:
    patient: Patient
    team: CareTeam
    keeper: Organization | None
    seats: dict[UUID, Seat] = field(default_factory=dict)
    """By the id of the place, in the coordinator's order."""
    away: list[Away] = field(default_factory=list)
    needs: list[Wanted] = field(default_factory=list)


def _is_kept_out() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            _block.patient_id == _member.patient_id,
            _block.practitioner_id == _member.practitioner_id,
            in_force(_block.starts_at, _block.ends_at),
        )
        .correlate(CareTeamMember.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    )


_CIRCLE = (
    select(
        *(Patient, CareTeam, _Keeper, CareTeamMember, Practitioner),
        *(RelatedPerson, _Place, PractitionerRole, _RolePlace, _is_kept_out()),
    )
    .join_from(Patient, CareTeam, _team.patient_id == _patient.id)
    .outerjoin(_Keeper, _Keeper.id == _patient.organization_id)
    .outerjoin(CareTeamMember, _member.patient_id == _patient.id)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(
        RelatedPerson,
        and_(_relative.patient_id == _member.patient_id, _relative.id == _member.related_person_id),
    )
    .outerjoin(_Place, _Place.id == _member.organization_id)
    .outerjoin(PractitionerRole, _role.practitioner_id == _member.practitioner_id)
    .outerjoin(_RolePlace, _RolePlace.id == _role.organization_id)
    .where(_patient.id == _of_patient)
    .order_by(_member.position, _member.id, _role.id)
)
_AWAY = (
    select(Absence, Practitioner)
    .outerjoin(Practitioner, _practitioner.id == _absence.replacement_id)
    .where(
        _absence.practitioner_id.in_(
            select(_member.practitioner_id).where(
                _member.patient_id == _of_patient, _member.practitioner_id.is_not(None)
            )
        ),
        # A day is over later in the west than where the server is.
        _absence.ends_on >= bindparam("yesterday", type_=Date),
    )
    .order_by(_absence.starts_on, _absence.id)
)
_NEEDS = (
    select(Need, _type.label)
    .outerjoin(NeedType, _type.id == _need.need_type_id)
    .where(_need.patient_id == _of_patient)
    .order_by(_need.id)
)


def read_circle(session: Session, *, patient_id: UUID, at: datetime) -> Circle:
    """As the page of the team shows it, with who left; raises `NotFoundError` without one.

    Left out are those whom the patient keeps out: their file elsewhere would not know it.
    """
    values = {"of_patient": patient_id, "now": at, "yesterday": at.date() - timedelta(days=1)}
    found = session.execute(_CIRCLE, values).all()
    if not found:
        raise NotFoundError("circle")
    circle = Circle(*found[0][:3])
    for row in found:
        _add_seat(circle, row, at)
    shown = {seat.member.practitioner_id for seat in circle.seats.values()}
    away = (Away._make(row) for row in session.execute(_AWAY, values))
    circle.away = [one for one in away if one.absence.practitioner_id in shown]
    circle.needs = [Wanted._make(row) for row in session.execute(_NEEDS, values)]
    return circle


def _add_seat(circle: Circle, row: Any, at: datetime) -> None:
    member, practitioner, relative, place, role, role_place, is_kept_out = row[3:]
    if member is None or is_kept_out or not _is_shown(member, relative, at):
        return
    is_theirs = role is not None and _is_place_of_work(member, role, at)
    seat = circle.seats.get(member.id)
    if seat is None or (seat.role is None and is_theirs):
        work = (role, role_place) if is_theirs else (None, None)
        circle.seats[member.id] = Seat(member, practitioner, relative, place, *work)


def _is_shown(member: CareTeamMember, relative: RelatedPerson | None, at: datetime) -> bool:
    if member.period_start and member.period_start > at:
        return False
    if member.period_end and member.period_end <= at:
        return member.end_reason != EndReason.MISTAKE
    return relative is None or relative.is_active


def _is_place_of_work(member: CareTeamMember, role: PractitionerRole, at: datetime) -> bool:
    """The one that the place names, else the first of those in force."""
    if member.practitioner_role_id:
        return role.id == member.practitioner_role_id
    today = at.date()
    has_begun = role.period_start is None or role.period_start <= today
    return has_begun and (role.period_end is None or role.period_end >= today)
