"""Who answers for a version towards its readers: author, reviewer, coordinators."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from portal.models import columns
from portal.models.account import Coordination
from portal.models.education import Module, ModuleVersion

_coordination, _m = columns(Coordination), columns(Module)


def authors_of(version: ModuleVersion) -> list[UUID]:
    """Who wrote it and who reviewed it."""
    return [one for one in (version.author_id, version.reviewer_id) if one is not None]


def answerable_for(session: Session, version: ModuleVersion) -> list[UUID]:
    """They, then the coordinators of the organization; everybody once."""
    coordinators = session.execute(
        select(_coordination.user_id)
        .join_from(Coordination, Module, _m.organization_id == _coordination.organization_id)
        .where(_m.id == version.module_id, _coordination.ended_at.is_(None))
        .order_by(_coordination.user_id)
    ).scalars()
    return list(dict.fromkeys([*authors_of(version), *coordinators]))
