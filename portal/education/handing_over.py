"""A text whose author writes no longer goes on with another writer of the organization."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from portal.education.coauthors import WriterRow, writers_for
from portal.education.gates import Gate
from portal.education.members import is_member
from portal.education.standing import ModuleStanding, find_standing
from portal.errors import NotFoundError, PublishingRefusedError
from portal.models import columns
from portal.models.education import Module, ModuleVersion
from portal.models.education_writing import EducationRole, ModuleCoauthor

_v, _m = columns(ModuleVersion), columns(Module)


class OrphanRow(NamedTuple):
    """A text in work."""

    id: UUID
    title: str
    locale: str


def texts_in_work(session: Session, author_id: UUID, *, organization_id: UUID) -> list[OrphanRow]:
    """What this author has not published."""
    rows = session.execute(
        select(_v.id, _v.title, _v.locale)
        .join_from(ModuleVersion, Module, _m.id == _v.module_id)
        .where(
            _v.author_id == author_id,
            _m.organization_id == organization_id,
            _v.published_at.is_(None),
        )
        .order_by(_v.created_at, _v.id)
        .limit(100)
    )
    return [OrphanRow(*row) for row in rows]


def may_hand_over(session: Session, standing: ModuleStanding) -> bool:
    """A coordinator, once the author writes no longer: nobody is robbed of their text."""
    version = standing.version
    if not standing.manages or version.published_at is not None:
        return False
    return not is_member(
        session,
        version.author_id,
        organization_id=standing.module.organization_id,
        role=EducationRole.WRITER,
    )


def hand_over(
    session: Session, version: ModuleVersion, user_id: UUID, *, by: UUID, at: datetime
) -> WriterRow:
    """To a writer of the organization, who is its author from now on; the row is held.

    The first author stays known as one who wrote it: they neither read it as a peer nor review
    it, and may write along if they come back. Raises `NotFoundError`, `PublishingRefusedError`.
    """
    standing = find_standing(session, version.id, user_id=by)
    if not may_hand_over(session, standing):
        raise PublishingRefusedError(Gate.WRONG_STATE)
    chosen = {row.id: row for row in writers_for(session, standing)}.get(user_id)
    if chosen is None or user_id == version.reviewer_id:
        raise NotFoundError("writer")
    if session.get(ModuleCoauthor, (version.module_id, version.author_id)) is None:
        session.add(
            ModuleCoauthor(
                module_id=version.module_id, user_id=version.author_id, added_by=by, added_at=at
            )
        )
    version.author_id = user_id
    if version.peer_id == user_id:
        version.peer_id = version.peer_read_at = None
    version.revision += 1
    session.add(version)
    session.flush()
    return chosen
