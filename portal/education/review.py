"""From a draft to what people read: each act has its actor, and none skips another.

draft → submitted → (changes requested → submitted) → approved → published → replaced or withdrawn
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, exists, select, update
from sqlmodel import Session

from portal.education.gates import (
    LONGEST_REVIEW,
    Gate,
    gates_of_review,
    gates_of_text,
    readability_of,
)
from portal.education.remarks import has_remarks
from portal.education.searching import index_version
from portal.education.standing import ModuleStanding, find_standing
from portal.education.storing import text_of
from portal.errors import ChangedMeanwhileError, NotFoundError, PublishingRefusedError
from portal.models import columns
from portal.models.account import User
from portal.models.education import Module, ModuleProgress, ModuleVersion, VersionState
from portal.models.education_writing import ModuleNotice

_v, _p = columns(ModuleVersion), columns(ModuleProgress)
_notice = columns(ModuleNotice)
_LOCKED = (
    select(ModuleVersion).where(_v.id == bindparam("of_version", type_=Uuid)).with_for_update()
)
WRITABLE = (VersionState.DRAFT, VersionState.CHANGES_REQUESTED)
"""Where a version is with those who write it."""


def locked(session: Session, version_id: UUID, *, revision: int | None = None) -> ModuleVersion:
    """The row as it stands now, held until the transaction ends.

    Raises `NotFoundError`, and `ChangedMeanwhileError` when it is not what the reader saw.
    """
    fresh = {"populate_existing": True}
    values = {"of_version": version_id}
    found: ModuleVersion | None = session.execute(
        _LOCKED, values, execution_options=fresh
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("module version")
    if revision is not None and found.revision != revision:
        raise ChangedMeanwhileError
    return found


def submit(session: Session, version: ModuleVersion, *, by: UUID, at: datetime) -> None:
    """The author asks for the review. Raises `PublishingRefusedError` with all that is lacking."""
    _only_from(version, *WRITABLE)
    if not _standing_of_author(session, version, by=by).is_writer:
        raise PublishingRefusedError(Gate.NOT_EXPERT)
    text = text_of(session, version)
    lacking = gates_of_text(text)
    if lacking:
        raise PublishingRefusedError(*lacking)
    version.readability = readability_of(text) if version.locale == "fr" else None
    version.submitted_at = at
    # Whoever read an earlier text has not read this one.
    version.peer_id = version.peer_read_at = None
    _go_to(session, version, VersionState.SUBMITTED)


def take_back(session: Session, version: ModuleVersion, *, by: UUID) -> None:
    """The author goes on writing, as long as nobody answered."""
    _only_from(version, VersionState.SUBMITTED)
    _standing_of_author(session, version, by=by)
    if version.peer_id is not None or has_remarks(session, version):
        raise PublishingRefusedError(Gate.WRONG_STATE)
    version.submitted_at = None
    _go_to(session, version, VersionState.DRAFT)


def read_as_peer(session: Session, version: ModuleVersion, *, by: User, at: datetime) -> None:
    """Another patient expert says that they read it."""
    _only_from(version, VersionState.SUBMITTED)
    standing = _standing_of_another(session, version, by)
    if not by.is_patient_expert:
        raise PublishingRefusedError(Gate.NOT_EXPERT)
    if not standing.is_writer:
        raise PublishingRefusedError(Gate.NO_MEMBER)
    version.peer_id, version.peer_read_at = by.id, at
    _go_to(session, version, VersionState.SUBMITTED)


def request_changes(session: Session, version: ModuleVersion, *, by: User, at: datetime) -> None:
    """A professional sends it back to its author; what to change stands in their remarks."""
    _only_from(version, VersionState.SUBMITTED, VersionState.APPROVED)
    _a_reviewer(session, version, by)
    if not has_remarks(session, version, is_open=True):
        raise PublishingRefusedError(Gate.NO_OPEN_REMARK)
    version.reviewer_id, version.reviewed_at, version.review_due = by.id, at, None
    _go_to(session, version, VersionState.CHANGES_REQUESTED)


def approve(
    session: Session, version: ModuleVersion, *, by: User, review_due: date, at: datetime
) -> None:
    """A professional answers for what it says, until a day. Raises `PublishingRefusedError`."""
    _only_from(version, VersionState.SUBMITTED)
    _a_reviewer(session, version, by)
    if has_remarks(session, version, is_open=True, by=by.id):
        raise PublishingRefusedError(Gate.OPEN_REMARK)
    if review_due > at.date() + LONGEST_REVIEW:
        raise PublishingRefusedError(Gate.TOO_LONG)
    version.reviewer_id, version.reviewed_at, version.review_due = by.id, at, review_due
    lacking = gates_of_review(version, today=at.date())
    if lacking:
        raise PublishingRefusedError(*lacking)
    _go_to(session, version, VersionState.APPROVED)


def publish(
    session: Session, version: ModuleVersion, *, at: datetime, is_urgent: bool = False
) -> None:
    """From now on it is read; whoever began with an older one ends with that, unless urgent.

    Raises `PublishingRefusedError`. The database refuses the same by itself.
    """
    _only_from(version, VersionState.APPROVED)
    lacking = (
        gates_of_text(text_of(session, version))
        + gates_of_review(version, today=at.date())
        + _gates_of_people(session, version)
    )
    if lacking:
        raise PublishingRefusedError(*lacking)
    _replace_older(session, version)
    index_version(session, version)
    version.published_at, version.is_urgent = at, is_urgent
    _go_to(session, version, VersionState.PUBLISHED)
    if is_urgent:
        _move_readers(session, version)


def renew_review(
    session: Session, version: ModuleVersion, *, by: User, review_due: date, at: datetime
) -> None:
    """A professional says that it is still right; what was withdrawn for its date is read again.

    Raises `PublishingRefusedError`, also where a newer text is read or the module was retracted.
    """
    _only_from(version, VersionState.PUBLISHED, VersionState.WITHDRAWN)
    _a_reviewer(session, version, by)
    if session.get_one(Module, version.module_id).retracted_at is not None:
        raise PublishingRefusedError(Gate.WRONG_STATE)
    if version.state is VersionState.WITHDRAWN and _newer_is_read(session, version):
        raise PublishingRefusedError(Gate.WRONG_STATE)
    if review_due <= at.date():
        raise PublishingRefusedError(Gate.NO_REVIEW_DATE)
    if review_due > at.date() + LONGEST_REVIEW:
        raise PublishingRefusedError(Gate.TOO_LONG)
    version.reviewer_id, version.reviewed_at, version.review_due = by.id, at, review_due
    # The next warnings are about the new day.
    session.execute(delete(ModuleNotice).where(_notice.version_id == version.id))
    _go_to(session, version, VersionState.PUBLISHED)


def withdraw_overdue(session: Session, *, today: date) -> list[UUID]:
    """Take what is past its review date out of reading; the ids of these versions."""
    is_overdue = (_v.state == VersionState.PUBLISHED) & (_v.review_due < today)
    found = list(session.execute(select(_v.id).where(is_overdue)).scalars())
    for version_id in found:
        _go_to(session, locked(session, version_id), VersionState.WITHDRAWN)
    return found


def retract(session: Session, module: Module, *, by: UUID, reason: str, at: datetime) -> None:
    """Take a module back whole, for a reason that its readers are told."""
    module.retracted_at, module.retracted_by, module.retraction_reason = at, by, reason
    session.add(module)
    is_read = (_v.module_id == module.id) & (_v.state == VersionState.PUBLISHED)
    for version_id in session.execute(select(_v.id).where(is_read)).scalars().all():
        _go_to(session, locked(session, version_id), VersionState.WITHDRAWN)


def _replace_older(session: Session, version: ModuleVersion) -> None:
    is_older = (
        (_v.module_id == version.module_id)
        & (_v.locale == version.locale)
        & (_v.state == VersionState.PUBLISHED)
    )
    for version_id in session.execute(select(_v.id).where(is_older)).scalars().all():
        _go_to(session, locked(session, version_id), VersionState.REPLACED)


def _newer_is_read(session: Session, version: ModuleVersion) -> bool:
    is_newer = exists().where(
        _v.module_id == version.module_id,
        _v.locale == version.locale,
        _v.number > version.number,
        _v.published_at.is_not(None),
    )
    return bool(session.execute(select(is_newer)).scalar())


def _move_readers(session: Session, version: ModuleVersion) -> None:
    """They read the correction from its beginning: what they read before was wrong."""
    older = select(_v.id).where(
        _v.module_id == version.module_id, _v.locale == version.locale, _v.id != version.id
    )
    session.execute(
        update(ModuleProgress)
        .where(_p.version_id.in_(older))
        .values(version_id=version.id, step=0, finished_at=None)
    )


def _only_from(version: ModuleVersion, *states: VersionState) -> None:
    if version.state not in states:
        raise PublishingRefusedError(Gate.WRONG_STATE)


def _standing_of_author(session: Session, version: ModuleVersion, *, by: UUID) -> ModuleStanding:
    if by != version.author_id:
        raise NotFoundError("module version")
    return find_standing(session, version.id, user_id=by)


def _standing_of_another(session: Session, version: ModuleVersion, by: User) -> ModuleStanding:
    standing = find_standing(session, version.id, user_id=by.id)
    if standing.wrote:
        raise PublishingRefusedError(Gate.OWN_TEXT)
    return standing


def _gates_of_people(session: Session, version: ModuleVersion) -> tuple[Gate, ...]:
    """As they are on the day of publishing, whatever they were when they wrote and reviewed."""
    lacking = []
    if not find_standing(session, version.id, user_id=version.author_id).user.is_patient_expert:
        lacking.append(Gate.NOT_EXPERT)
    if version.reviewer_id is not None and version.reviewer_id != version.author_id:
        standing = find_standing(session, version.id, user_id=version.reviewer_id)
        if standing.wrote:
            lacking.append(Gate.OWN_TEXT)
        if not standing.is_professional:
            lacking.append(Gate.NOT_PROFESSIONAL)
    return tuple(lacking)


def _a_reviewer(session: Session, version: ModuleVersion, by: User) -> None:
    standing = _standing_of_another(session, version, by)
    if not standing.is_professional:
        raise PublishingRefusedError(Gate.NOT_PROFESSIONAL)
    if not standing.is_reviewer:
        raise PublishingRefusedError(Gate.NO_MEMBER)


def _go_to(session: Session, version: ModuleVersion, state: VersionState) -> None:
    version.state = state
    version.revision += 1
    session.add(version)
    session.flush()
