"""The circle of one patient, read by one statement."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, func, or_, select
from sqlmodel import Session

from portal.access.facts import active_circle_member
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.care import CareLink, CareTeam, CareTeamMember, RelatedPerson
from portal.models.directory import Gender, Organization, Practitioner, PractitionerRole

MAX_FORMER = 20
MAX_MEMBERS = 60
"""A circle of care is people whom a family knows; a longer list is an error of import."""

_team = columns(CareTeam)
_member = columns(CareTeamMember)
_practitioner = columns(Practitioner)
_role = columns(PractitionerRole)
_organization = columns(Organization)
_relative = columns(RelatedPerson)
_link = columns(CareLink)


class MemberRow(NamedTuple):
    """One place in the circle, with whoever holds it."""

    id: UUID
    practitioner_id: UUID | None
    related_person_id: UUID | None
    role_text: str
    functions: list[str]
    contact_for: str
    phone: str
    hours: list[dict[str, Any]] | None
    availability_text: str
    prefix: str | None
    practitioner_given_name: str | None
    practitioner_family_name: str | None
    practitioner_gender: Gender | None
    profession: str | None
    profession_text: str | None
    practitioner_phone: str | None
    place_hours: list[dict[str, Any]] | None
    absences: list[dict[str, Any]] | None
    time_zone: str | None
    place_role_text: str | None
    place_phone: str | None
    organization_name: str | None
    organization_phone: str | None
    organization_time_zone: str | None
    relative_given_name: str | None
    relative_family_name: str | None
    relative_gender: Gender | None
    relationship: str | None
    relationship_text: str | None
    relative_phone: str | None
    is_emergency_contact: bool | None
    is_viewer: bool


# Without a role named on the member, the practitioner's own first role says hours and number.
_first_role = (
    select(_role.id)
    .where(
        _role.practitioner_id == _member.practitioner_id,
        or_(_role.period_start.is_(None), _role.period_start <= bindparam("today", type_=Date)),
        or_(_role.period_end.is_(None), _role.period_end >= bindparam("today", type_=Date)),
    )
    .order_by(_role.id)
    .limit(1)
    .correlate(CareTeamMember.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
_MEMBERS = (
    select(
        _member.id,
        _member.practitioner_id,
        _member.related_person_id,
        _member.role_text,
        _member.functions,
        _member.contact_for,
        _member.phone,
        _member.hours,
        _member.availability_text,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
        _practitioner.phone,
        _role.hours,
        _role.absences,
        _role.time_zone,
        _role.role_text,
        _role.phone,
        _organization.name,
        _organization.phone,
        _organization.time_zone,
        _relative.given_name,
        _relative.family_name,
        _relative.gender,
        _relative.relationship,
        _relative.relationship_text,
        _relative.phone,
        _relative.is_emergency_contact,
        _link.id.is_not(None),
    )
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(
        PractitionerRole, _role.id == func.coalesce(_member.practitioner_role_id, _first_role)
    )
    .outerjoin(
        Organization,
        _organization.id == func.coalesce(_member.organization_id, _role.organization_id),
    )
    .outerjoin(
        RelatedPerson,
        and_(_relative.patient_id == _member.patient_id, _relative.id == _member.related_person_id),
    )
    .outerjoin(
        CareLink,
        and_(
            _link.patient_id == _member.patient_id,
            _link.related_person_id == _member.related_person_id,
            _link.user_id == bindparam("viewer_id"),
        ),
    )
    .where(
        _member.patient_id == bindparam("patient_id"),
        active_circle_member(),
        or_(_relative.id.is_(None), _relative.is_active),
    )
    .order_by(_member.position, _member.id)
    .limit(MAX_MEMBERS)
)


class FormerRow(NamedTuple):
    """Somebody who left, and when."""

    prefix: str | None
    given_name: str | None
    family_name: str | None
    organization_name: str | None
    role_text: str
    period_end: datetime


_FORMER = (
    select(
        _practitioner.prefix,
        func.coalesce(_practitioner.given_name, _relative.given_name),
        func.coalesce(_practitioner.family_name, _relative.family_name),
        _organization.name,
        _member.role_text,
        _member.period_end,
    )
    .select_from(CareTeamMember)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(Organization, _organization.id == _member.organization_id)
    .outerjoin(
        RelatedPerson,
        and_(_relative.patient_id == _member.patient_id, _relative.id == _member.related_person_id),
    )
    .where(
        _member.patient_id == bindparam("patient_id"),
        _member.period_end <= bindparam("now", type_=UtcDateTime),
    )
    .order_by(_member.period_end.desc(), _member.id)
    .limit(MAX_FORMER)
)


def former_members(session: Session, *, patient_id: UUID, at: datetime) -> list[FormerRow]:
    """Who left the circle, the latest first."""
    rows = session.execute(_FORMER, {"patient_id": patient_id, "now": at})
    return [FormerRow._make(row) for row in rows]


def circle_members(
    session: Session, *, patient_id: UUID, viewer_id: UUID, at: datetime
) -> list[MemberRow]:
    """The members of today, in the order that the coordinator gave them."""
    today = at.date()
    values = {"patient_id": patient_id, "viewer_id": viewer_id, "now": at, "today": today}
    return [MemberRow._make(row) for row in session.execute(_MEMBERS, values)]
