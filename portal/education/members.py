"""For which organizations somebody writes or reviews modules."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal.models import columns
from portal.models.directory import Organization
from portal.models.education_writing import EducationMember, EducationRole

_m, _organization = columns(EducationMember), columns(Organization)
_ROLES = select(_m.organization_id, _m.role).where(
    _m.user_id == bindparam("of_user", type_=Uuid), _m.ended_at.is_(None)
)
_HOUSES = (
    select(_organization.id, _organization.name)
    .join_from(EducationMember, Organization, _organization.id == _m.organization_id)
    .where(
        _m.user_id == bindparam("of_user", type_=Uuid),
        _m.role == bindparam("of_role", type_=_m.role.type),
        _m.ended_at.is_(None),
    )
    .order_by(_organization.name, _organization.id)
)


def roles_of(session: Session, user_id: UUID) -> dict[EducationRole, frozenset[UUID]]:
    """The organizations for which they hold each role now."""
    rows = session.execute(_ROLES, {"of_user": user_id}).all()
    return {
        role: frozenset(row.organization_id for row in rows if row.role is role)
        for role in EducationRole
    }


class House(NamedTuple):
    """An organization that publishes modules."""

    id: UUID
    name: str


def houses_of(session: Session, user_id: UUID, *, role: EducationRole) -> list[House]:
    """For which organizations somebody writes, or reviews, by name."""
    rows = session.execute(_HOUSES, {"of_user": user_id, "of_role": role})
    return [House(*row) for row in rows]


def is_member(
    session: Session, user_id: UUID, *, organization_id: UUID, role: EducationRole
) -> bool:
    held = exists().where(
        _m.user_id == user_id,
        _m.organization_id == organization_id,
        _m.role == role,
        _m.ended_at.is_(None),
    )
    return bool(session.execute(select(held)).scalar())


def add_member(
    session: Session,
    user_id: UUID,
    *,
    organization_id: UUID,
    role: EducationRole,
    by: UUID | None,
    at: datetime,
) -> EducationMember:
    """From now on, also when they held it once before; flushes."""
    row = session.get(EducationMember, (organization_id, user_id, role)) or EducationMember(
        organization_id=organization_id, user_id=user_id, role=role, added_at=at
    )
    row.added_by, row.added_at, row.ended_at = by, at, None
    session.add(row)
    session.flush()
    return row
