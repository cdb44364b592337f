"""A version with the people around it and what they said: one statement for its pages."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.education.remarks import REMARK, RemarkAuthor, RemarkRow, remark_row
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.education import Module, ModuleVersion, VersionState
from portal.models.education_writing import (
    ModuleRemark,
    ModuleReviewRequest,
    ModuleRevision,
    RevisionKind,
)

_v, _m, _organization = columns(ModuleVersion), columns(Module), columns(Organization)
_remark, _request = columns(ModuleRemark), columns(ModuleReviewRequest)
_revision, _entry = columns(ModuleRevision), columns(Practitioner)
_Author: Any = aliased(User, name="author")
_Peer: Any = aliased(User, name="peer")
_Reviewer: Any = aliased(User, name="reviewer")
_Asked: Any = aliased(User, name="asked")
_ReviewerEntry: Any = aliased(Practitioner, name="reviewer_entry")
_AskedEntry: Any = aliased(Practitioner, name="asked_entry")
_Read: Any = aliased(ModuleVersion, name="read")


class Who(NamedTuple):
    """Somebody who wrote, read or reviewed; all empty for nobody."""

    id: UUID | None
    given_name: str | None
    family_name: str | None
    prefix: str | None = None
    gender: Gender | None = None
    profession: str | None = None
    profession_text: str | None = None


class Facts(NamedTuple):
    author: Who
    peer: Who
    reviewer: Who
    asked: Who
    """Whose review was asked for."""
    due_on: date | None
    """The day on which their answer is hoped for."""
    organization_name: str
    written_at: datetime | None
    """Of the last word of the draft that is kept; none when it was imported and never changed."""
    read_id: UUID | None
    """What people read of the module in this language meanwhile."""
    read_since: datetime | None
    read_due: date | None


class Dossier(NamedTuple):
    facts: Facts
    remarks: list[RemarkRow]


def _who(user: Any, entry: Any = None) -> list[Any]:
    own = [user.id, user.given_name, user.family_name]
    if entry is None:
        return own
    return [*own, entry.prefix, entry.gender, entry.profession, entry.profession_text]


_WRITTEN = (
    select(func.max(_revision.written_at))
    .where(_revision.version_id == _v.id, _revision.kind != RevisionKind.SET_ASIDE)
    .correlate(ModuleVersion)
    .scalar_subquery()
)
_GROUPS = (
    _who(_Author),
    _who(_Peer),
    _who(_Reviewer, _ReviewerEntry),
    _who(_Asked, _AskedEntry),
    [
        _request.due_on,
        _organization.name,
        _WRITTEN,
        _Read.id,
        _Read.published_at,
        _Read.review_due,
    ],
    list(REMARK),
)


def _opening() -> Select[Any]:
    named = [
        column.label(f"c{number}")
        for number, column in enumerate(column for group in _GROUPS for column in group)
    ]
    return (
        select(*named)
        .join_from(ModuleVersion, Module, _m.id == _v.module_id)
        .join(Organization, _organization.id == _m.organization_id)
        .join(_Author, _Author.id == _v.author_id)
        .outerjoin(_Peer, _Peer.id == _v.peer_id)
        .outerjoin(_Reviewer, _Reviewer.id == _v.reviewer_id)
        .outerjoin(_ReviewerEntry, _ReviewerEntry.id == _Reviewer.practitioner_id)
        .outerjoin(ModuleReviewRequest, _request.version_id == _v.id)
        .outerjoin(_Asked, _Asked.id == _request.reviewer_id)
        .outerjoin(_AskedEntry, _AskedEntry.id == _Asked.practitioner_id)
        .outerjoin(
            _Read,
            and_(
                _Read.module_id == _v.module_id,
                _Read.locale == _v.locale,
                _Read.state == VersionState.PUBLISHED,
            ),
        )
        .outerjoin(ModuleRemark, _remark.version_id == _v.id)
        .outerjoin(RemarkAuthor, RemarkAuthor.id == _remark.author_id)
        .outerjoin(Practitioner, _entry.id == RemarkAuthor.practitioner_id)
        .where(_v.id == bindparam("of_version", type_=Uuid))
        .order_by(_request.asked_at.desc(), _remark.made_at, _remark.id)
    )


_OPEN = _opening()


def dossier_of(session: Session, version_id: UUID) -> Dossier:
    """Raises `NotFoundError`. Who may read it is asked of `standing` before."""
    rows = session.execute(_OPEN, {"of_version": version_id}).all()
    if not rows:
        raise NotFoundError("module version")
    groups = [_grouped(tuple(row)) for row in rows]
    author, peer, reviewer, asked, rest, _remarks = groups[0]
    facts = Facts(Who(*author), Who(*peer), Who(*reviewer), Who(*asked), *rest)
    remarks = {group[5][0]: remark_row(group[5]) for group in groups if group[5][0] is not None}
    return Dossier(facts, list(remarks.values()))


def _grouped(values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    found, start = [], 0
    for group in _GROUPS:
        found.append(values[start : start + len(group)])
        start += len(group)
    return found
