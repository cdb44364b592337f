"""Whom the author of a module lets write it with them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal.education.standing import ModuleStanding
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.education import Module
from portal.models.education_writing import EducationMember, EducationRole, ModuleCoauthor

_m, _user = columns(Module), columns(User)
_member, _coauthor = columns(EducationMember), columns(ModuleCoauthor)
_of_module = bindparam("of_module", type_=Uuid)
_writes = exists().where(_coauthor.module_id == _of_module, _coauthor.user_id == _user.id)
_WRITERS = (
    select(_user.id, _user.given_name, _user.family_name, _writes.label("writes"))
    .join_from(EducationMember, User, _user.id == _member.user_id)
    .join(Module, _m.organization_id == _member.organization_id)
    .where(
        _m.id == _of_module,
        _member.role == EducationRole.WRITER,
        _member.ended_at.is_(None),
        _user.is_patient_expert,
        _user.disabled_at.is_(None),
    )
    .order_by(_user.family_name, _user.given_name, _user.id)
    .limit(100)
)


class WriterRow(NamedTuple):
    """A patient expert of the organization, and whether they write this module already."""

    id: UUID
    given_name: str
    family_name: str
    writes: bool


def writers_for(session: Session, standing: ModuleStanding) -> list[WriterRow]:
    """Whom the author may let in: all writers of the organization but the author."""
    rows = session.execute(_WRITERS, {"of_module": standing.module.id})
    return [WriterRow(*row) for row in rows if row.id != standing.version.author_id]


def let_write(session: Session, standing: ModuleStanding, user_id: UUID, *, at: datetime) -> None:
    """Raises `NotFoundError` for who is no writer of the organization, or without being author."""
    _only_author(standing)
    chosen = {row.id: row for row in writers_for(session, standing)}.get(user_id)
    if chosen is None:
        raise NotFoundError("writer")
    if not chosen.writes:
        session.add(
            ModuleCoauthor(
                module_id=standing.module.id,
                user_id=user_id,
                added_by=standing.user.id,
                added_at=at,
            )
        )
        session.flush()


def stop_writing(session: Session, standing: ModuleStanding, user_id: UUID) -> None:
    """What they wrote stays; they write no more of it."""
    _only_author(standing)
    row = session.get(ModuleCoauthor, (standing.module.id, user_id))
    if row is not None:
        session.delete(row)
        session.flush()


def _only_author(standing: ModuleStanding) -> None:
    if not (standing.is_author and standing.writes):
        raise NotFoundError("module version")
