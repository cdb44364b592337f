"""What somebody chose about messages, and the answer times that are theirs to choose."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.models import columns
from portal.models.account import Coordination, MessageLetters, User
from portal.models.directory import Organization, Practitioner

MOST_TEAMS = 20

_user = columns(User)
_practitioner = columns(Practitioner)
_coordination = columns(Coordination)
_organization = columns(Organization)
_of_user = bindparam("of_user", type_=Uuid)
_OWN = (
    select(_user.message_letters, _practitioner.answer_days)
    .select_from(User)
    .outerjoin(Practitioner, _practitioner.id == _user.practitioner_id)
    .where(_user.id == _of_user)
)
_TEAMS = (
    select(_organization.id, _organization.name, _organization.answer_days)
    .join_from(Coordination, Organization, _organization.id == _coordination.organization_id)
    .where(_coordination.user_id == _of_user, _coordination.ended_at.is_(None))
    .order_by(_organization.name, _organization.id)
    .limit(MOST_TEAMS)
)


class Team(NamedTuple):
    """One whose coordinator the reader is."""

    id: UUID
    name: str
    answer_days: int


class Settings(NamedTuple):
    letters: MessageLetters
    answer_days: int | None
    """Of a professional; none for everybody else."""
    teams: list[Team]


def settings_of(session: Session, *, user_id: UUID) -> Settings:
    own = session.execute(_OWN, {"of_user": user_id}).one()
    teams = [Team(*row) for row in session.execute(_TEAMS, {"of_user": user_id})]
    return Settings(own.message_letters, own.answer_days, teams)
