"""Words that are written often: of one professional, or of a team for those who coordinate it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, or_, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portal.access.viewer import Viewer
from portal.errors import NotFoundError, PortalError
from portal.models import columns
from portal.models.account import Coordination
from portal.models.directory import Organization
from portal.models.messaging import AnswerTemplate

LONGEST_TITLE = 80
LONGEST_BODY = 2000
MOST_TEMPLATES = 50
"""Of one owner: more cannot be looked through while somebody waits."""

_template = columns(AnswerTemplate)
_coordination = columns(Coordination)
_organization = columns(Organization)
_teams = select(_coordination.organization_id).where(
    _coordination.user_id == bindparam("viewer_id", type_=Uuid), _coordination.ended_at.is_(None)
)


class TooManyTemplatesError(PortalError):
    """One has to be deleted first."""


class Team(NamedTuple):
    id: UUID
    name: str


def templates_of_reader() -> ColumnElement[bool]:
    """Of a row of `answer_template`; binds `viewer_id` and `practitioner_id`."""
    return or_(
        _template.practitioner_id == bindparam("practitioner_id", type_=Uuid),
        _template.organization_id.in_(_teams),
    )


_OWN = select(AnswerTemplate).where(templates_of_reader())
_TEAMS = (
    select(_organization.id, _organization.name)
    .where(_organization.id.in_(_teams))
    .order_by(_organization.name, _organization.id)
)


def list_templates(session: Session, *, viewer: Viewer) -> list[AnswerTemplate]:
    """By title."""
    found = session.execute(_OWN, _about(viewer)).scalars()
    return sorted(found, key=lambda one: (one.title.casefold(), one.id))


def list_teams(session: Session, *, viewer: Viewer) -> list[Team]:
    """For which this account may keep words."""
    return [Team._make(row) for row in session.execute(_TEAMS, _about(viewer))]


def find_template(session: Session, template_id: UUID, *, viewer: Viewer) -> AnswerTemplate:
    """Raises `NotFoundError` for one of somebody else."""
    statement = _OWN.where(_template.id == template_id)
    found: AnswerTemplate | None = session.execute(statement, _about(viewer)).scalar_one_or_none()
    if found is None:
        raise NotFoundError("template")
    return found


def add_template(
    session: Session,
    *,
    viewer: Viewer,
    template_id: UUID,
    title: str,
    body: str,
    team_id: UUID | None,
    at: datetime,
) -> None:
    """One's own without a team; the same id again adds nothing more.

    Raises `NotFoundError` for a team that the account does not coordinate, or for its own where it
    is no professional, and `TooManyTemplatesError`.
    """
    teams = {one.id for one in list_teams(session, viewer=viewer)}
    if (team_id is None and viewer.practitioner_id is None) or (team_id and team_id not in teams):
        raise NotFoundError("team")
    before = list_templates(session, viewer=viewer)
    if any(one.id == template_id for one in before):
        return
    if sum(one.organization_id == team_id for one in before) >= MOST_TEMPLATES:
        raise TooManyTemplatesError
    template = AnswerTemplate(
        id=template_id,
        practitioner_id=None if team_id else viewer.practitioner_id,
        organization_id=team_id,
        title=title,
        body=body,
        created_by=viewer.id,
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(template)
            session.flush()
    except IntegrityError:
        return  # the same tap at the same moment; or the id of somebody else, who is not told of


def _about(viewer: Viewer) -> dict[str, UUID | None]:
    return {"viewer_id": viewer.id, "practitioner_id": viewer.practitioner_id}
