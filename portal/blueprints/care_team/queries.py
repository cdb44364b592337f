"""Who left the circle of one patient."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import Session

from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.care import CareTeamMember, EndReason, RelatedPerson
from portal.models.directory import Gender, Organization, Practitioner

MAX_FORMER = 20

_member = columns(CareTeamMember)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_relative = columns(RelatedPerson)
# Who took over: the same tables a second time.
_successors = CareTeamMember.__table__.alias("successor")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_followers = Practitioner.__table__.alias("follower")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_follower_places = Organization.__table__.alias("follower_place")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_follower_kin = RelatedPerson.__table__.alias("follower_kin")  # type: ignore[attr-defined]  # set by SQLModel's metaclass


class FormerRow(NamedTuple):
    """Somebody who left, and when."""

    prefix: str | None
    given_name: str | None
    family_name: str | None
    organization_name: str | None
    role_text: str
    period_end: datetime
    gender: Gender | None
    successor_prefix: str | None
    successor_given_name: str | None
    successor_family_name: str | None
    successor_organization_name: str | None


_FORMER = (
    select(
        _practitioner.prefix,
        func.coalesce(_practitioner.given_name, _relative.given_name),
        func.coalesce(_practitioner.family_name, _relative.family_name),
        _organization.name,
        _member.role_text,
        _member.period_end,
        func.coalesce(_practitioner.gender, _relative.gender),
        _followers.c.prefix,
        func.coalesce(_followers.c.given_name, _follower_kin.c.given_name),
        func.coalesce(_followers.c.family_name, _follower_kin.c.family_name),
        _follower_places.c.name,
    )
    .select_from(CareTeamMember)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(Organization, _organization.id == _member.organization_id)
    .outerjoin(
        RelatedPerson,
        and_(_relative.patient_id == _member.patient_id, _relative.id == _member.related_person_id),
    )
    .outerjoin(
        _successors,
        and_(
            _successors.c.patient_id == _member.patient_id,
            _successors.c.id == _member.successor_id,
        ),
    )
    .outerjoin(_followers, _followers.c.id == _successors.c.practitioner_id)
    .outerjoin(_follower_places, _follower_places.c.id == _successors.c.organization_id)
    .outerjoin(
        _follower_kin,
        and_(
            _follower_kin.c.patient_id == _successors.c.patient_id,
            _follower_kin.c.id == _successors.c.related_person_id,
        ),
    )
    .where(
        _member.patient_id == bindparam("patient_id"),
        _member.period_end <= bindparam("now", type_=UtcDateTime),
        # Nobody left: they never were there, or still are.
        _member.end_reason.not_in((EndReason.MISTAKE, EndReason.MERGED)),
    )
    .order_by(_member.period_end.desc(), _member.id)
    .limit(MAX_FORMER)
)


def former_members(session: Session, *, patient_id: UUID, at: datetime) -> list[FormerRow]:
    """Who left the circle, the latest first."""
    rows = session.execute(_FORMER, {"patient_id": patient_id, "now": at})
    return [FormerRow._make(row) for row in rows]
