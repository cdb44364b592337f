"""Keeping what was chosen; a promise that was made already stays as it was made."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from portal.blueprints.message_settings.queries import settings_of
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import MessageLetters, User
from portal.models.directory import Organization, Practitioner

_organization = columns(Organization)


def save(
    session: Session,
    *,
    user_id: UUID,
    letters: MessageLetters,
    own_days: int | None,
    team_days: Mapping[UUID, int],
) -> None:
    """Raises `NotFoundError` for a team that they coordinate no more."""
    user = session.get_one(User, user_id)
    user.message_letters = letters
    session.add(user)
    if own_days is not None and user.practitioner_id is not None:
        practitioner = session.get_one(Practitioner, user.practitioner_id)
        practitioner.answer_days = own_days
        session.add(practitioner)
    _save_teams(session, user_id, team_days)


def _save_teams(session: Session, user_id: UUID, team_days: Mapping[UUID, int]) -> None:
    own = {one.id for one in settings_of(session, user_id=user_id).teams}
    if not set(team_days) <= own:
        raise NotFoundError("team")
    teams = select(Organization).where(_organization.id.in_(team_days)).order_by(_organization.id)
    for team in session.execute(teams).scalars():
        team.answer_days = team_days[team.id]
        session.add(team)
