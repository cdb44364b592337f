"""What was written when by whom, and back to any of it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func, select
from sqlmodel import Session

from portal.education.drafting.saving import Draft, Saved, draft_of, save_draft
from portal.education.drafting.text import DraftText
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.education import ModuleVersion
from portal.models.education_writing import ModuleRevision, RevisionKind

MOST_LISTED = 50
_r, _user = columns(ModuleRevision), columns(User)
_version = bindparam("of_version", type_=Uuid)
# The last of each go, which is what came of it.
_last = (
    select(func.max(_r.number).label("number"))
    .where(_r.version_id == _version)
    .group_by(_r.kind, _r.written_by, _r.began_at)
    .subquery()
)
_HISTORY = (
    select(
        _r.number,
        _r.kind,
        _user.given_name,
        _user.family_name,
        _r.written_by,
        _r.began_at,
        _r.written_at,
    )
    .join_from(ModuleRevision, _last, _last.c.number == _r.number)
    .join(User, _user.id == _r.written_by)
    .where(_r.version_id == _version)
    .order_by(_r.number.desc())
    .limit(MOST_LISTED)
)
_ONE = select(ModuleRevision).where(
    _r.version_id == _version, _r.number == bindparam("of_number", type_=Integer)
)


class HistoryRow(NamedTuple):
    """What one person wrote in one go."""

    number: int
    kind: RevisionKind
    given_name: str
    family_name: str
    written_by: UUID
    began_at: datetime
    written_at: datetime


def history_of(session: Session, version_id: UUID) -> list[HistoryRow]:
    """The newest first."""
    return [HistoryRow(*row) for row in session.execute(_HISTORY, {"of_version": version_id})]


def revision_of(session: Session, version_id: UUID, number: int) -> Draft:
    """One state, also one that was set aside. Raises `NotFoundError`."""
    values = {"of_version": version_id, "of_number": number}
    row: ModuleRevision | None = session.execute(_ONE, values).scalar_one_or_none()
    if row is None:
        raise NotFoundError("module revision")
    text = DraftText.model_validate_json(row.content)
    return Draft(row.number, text, row.written_by, row.written_at)


def restore(
    session: Session, version: ModuleVersion, number: int, *, by: UUID, at: datetime
) -> Saved:
    """Go on from an older state; what is there now stays in the history."""
    older = revision_of(session, version.id, number)
    there = draft_of(session, version)
    return save_draft(
        session,
        version,
        older.text,
        base=there.number,
        by=by,
        at=at,
        kind=RevisionKind.RESTORED,
    )
