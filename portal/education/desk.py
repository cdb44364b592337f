"""The modules that somebody writes, reads, reviews or answers for, and what waits for them."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Date,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.base import UtcDateTime
from portal.models.directory import Organization, Practitioner, Profession
from portal.models.education import Module, ModuleVersion, Theme, VersionState
from portal.models.education_writing import (
    EducationMember,
    EducationRole,
    ModuleCoauthor,
    ModuleRemark,
    ModuleReviewRequest,
    ModuleRevision,
)

ENDS_SOON = timedelta(days=60)
"""Before its last day, a review is asked for again without haste."""
MOST_WAITING = 100
_m, _v, _user = columns(Module), columns(ModuleVersion), columns(User)
_member, _coauthor = columns(EducationMember), columns(ModuleCoauthor)
_remark, _request = columns(ModuleRemark), columns(ModuleReviewRequest)
_revision, _practitioner = columns(ModuleRevision), columns(Practitioner)
_coordination, _organization = columns(Coordination), columns(Organization)
_Self: Any = aliased(User, name="reader")
_of_user = bindparam("of_user", type_=Uuid)


def _holds(role: EducationRole) -> Any:
    return exists().where(
        _member.organization_id == _m.organization_id,
        _member.user_id == _of_user,
        _member.role == role,
        _member.ended_at.is_(None),
    )


_IS_EXPERT = exists().where(_Self.id == _of_user, _Self.is_patient_expert)
_IS_WRITER = and_(_holds(EducationRole.WRITER), _IS_EXPERT)
_IS_REVIEWER = and_(
    _holds(EducationRole.REVIEWER),
    exists().where(
        _Self.id == _of_user,
        _practitioner.id == _Self.practitioner_id,
        _practitioner.profession != Profession.PATIENT_EXPERT,
    ),
)
_MANAGES = exists().where(
    _coordination.organization_id == _m.organization_id,
    _coordination.user_id == _of_user,
    _coordination.ended_at.is_(None),
)
_WROTE = or_(
    _v.author_id == _of_user,
    exists().where(_coauthor.module_id == _m.id, _coauthor.user_id == _of_user),
)
_WROTE_SOME = exists().where(_revision.version_id == _v.id, _revision.written_by == _of_user)
_OPEN_REMARKS = (
    select(func.count())
    .where(_remark.version_id == _v.id, _remark.settled_at.is_(None))
    .correlate(ModuleVersion)
    .scalar_subquery()
)
_is_mine = and_(_WROTE, _IS_WRITER)
_IS_SEEN = or_(
    _MANAGES,
    _is_mine,
    and_(or_(_IS_WRITER, _IS_REVIEWER), _v.state != VersionState.DRAFT),
)


class DeskRow(NamedTuple):
    """A version in a list, and what its reader is to it."""

    id: UUID
    title: str
    locale: str
    number: int
    theme: Theme
    state: VersionState
    is_retracted: bool
    author_given_name: str
    author_family_name: str
    organization_name: str
    peer_id: UUID | None
    submitted_at: datetime | None
    published_at: datetime | None
    review_due: date | None
    due_on: date | None
    """When the reader's own review is hoped for; none when it was not asked of them."""
    open_remarks: int
    is_mine: bool
    may_read_as_peer: bool
    may_review: bool
    manages: bool
    created_at: datetime


def _listing(*conditions: Any) -> Select[Any]:
    return (
        select(
            _v.id,
            _v.title,
            _v.locale,
            _v.number,
            _m.theme,
            _v.state,
            _m.retracted_at.is_not(None),
            _user.given_name,
            _user.family_name,
            _organization.name,
            _v.peer_id,
            _v.submitted_at,
            _v.published_at,
            _v.review_due,
            _request.due_on,
            _OPEN_REMARKS,
            _is_mine,
            and_(_IS_WRITER, ~_WROTE, ~_WROTE_SOME),
            and_(_IS_REVIEWER, ~_WROTE, ~_WROTE_SOME),
            _MANAGES,
            _v.created_at,
        )
        .join_from(ModuleVersion, Module, _m.id == _v.module_id)
        .join(Organization, _organization.id == _m.organization_id)
        .join(User, _user.id == _v.author_id)
        .outerjoin(
            ModuleReviewRequest,
            and_(_request.version_id == _v.id, _request.reviewer_id == _of_user),
        )
        .where(_IS_SEEN, *conditions)
    )


_ENDS_SOON = and_(
    _v.state == VersionState.PUBLISHED,
    _m.retracted_at.is_(None),
    _v.review_due <= bindparam("until", type_=Date),
    or_(_is_mine, _IS_REVIEWER, _MANAGES),
)
_WAITING = (
    _listing(
        or_(
            and_(_v.published_at.is_(None), _v.state != VersionState.DRAFT),
            _ENDS_SOON,
        )
    )
    .order_by(_request.due_on.is_(None), _request.due_on, _v.submitted_at, _v.id)
    .limit(MOST_WAITING)
)
_after = tuple_(bindparam("after_time", type_=UtcDateTime), bindparam("after_id", type_=Uuid))


def _page(*conditions: Any) -> Select[Any]:
    return (
        _listing(_v.state != VersionState.REPLACED, *conditions)
        .order_by(_v.created_at.desc(), _v.id.desc())
        .limit(bindparam("most", type_=Integer))
    )


_FIRST, _NEXT = _page(true()), _page(tuple_(_v.created_at, _v.id) < _after)


def waiting_for(session: Session, *, user_id: UUID, today: date) -> list[DeskRow]:
    """What may wait for that account: in work, or with a review that ends soon.

    Nearest hoped-for day first. Which of it does is said by `tasks_of`.
    """
    values = {"of_user": user_id, "until": today + ENDS_SOON}
    return [DeskRow(*row) for row in session.execute(_WAITING, values)]


def versions_for(
    session: Session,
    *,
    user_id: UUID,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[DeskRow]:
    """All that they may look at, the newest first; an older text that was replaced not."""
    values: dict[str, Any] = {"of_user": user_id, "most": limit}
    if after is None:
        return [DeskRow(*row) for row in session.execute(_FIRST, values)]
    values |= {"after_time": after[0], "after_id": after[1]}
    return [DeskRow(*row) for row in session.execute(_NEXT, values)]


class Tasks(NamedTuple):
    """What waits for one account, each version under the first that fits."""

    to_treat: list[DeskRow]
    """Their own, with remarks that wait."""
    to_publish: list[DeskRow]
    to_review: list[DeskRow]
    """Asked of them by name."""
    to_read: list[DeskRow]
    """As a peer."""
    ends_soon: list[DeskRow]

    @property
    def is_any(self) -> bool:
        return any(self)


def tasks_of(rows: list[DeskRow]) -> Tasks:
    found = Tasks([], [], [], [], [])
    for row in rows:
        kind = _task(row)
        if kind is not None:
            getattr(found, kind).append(row)
    return found


def _task(row: DeskRow) -> str | None:
    if row.state is VersionState.PUBLISHED:
        return "ends_soon"
    if row.is_mine:
        return _own_task(row)
    if row.state is not VersionState.SUBMITTED:
        return None
    if row.due_on is not None and row.may_review:
        return "to_review"
    return "to_read" if row.may_read_as_peer and row.peer_id is None else None


def _own_task(row: DeskRow) -> str | None:
    if row.state is VersionState.APPROVED:
        return "to_publish"
    is_answered = row.state is VersionState.CHANGES_REQUESTED or row.open_remarks
    return "to_treat" if is_answered else None
