"""From a draft to what people read: each act has its actor, and none skips another.

draft → submitted → (changes requested → submitted) → approved → published → replaced or withdrawn
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update
from sqlmodel import Session

from portal.education.gates import Gate, gates_of_review, gates_of_text, readability_of
from portal.education.storing import text_of
from portal.errors import ChangedMeanwhileError, NotFoundError, PublishingRefusedError
from portal.models import columns
from portal.models.account import User
from portal.models.education import Module, ModuleProgress, ModuleVersion, VersionState

_v, _p = columns(ModuleVersion), columns(ModuleProgress)
_LOCKED = (
    select(ModuleVersion).where(_v.id == bindparam("of_version", type_=Uuid)).with_for_update()
)
_WRITABLE = (VersionState.DRAFT, VersionState.CHANGES_REQUESTED)


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
    _only_from(version, *_WRITABLE)
    if by != version.author_id:
        raise NotFoundError("module version")
    text = text_of(session, version)
    lacking = gates_of_text(text)
    if lacking:
        raise PublishingRefusedError(*lacking)
    version.readability = readability_of(text) if version.locale == "fr" else None
    version.submitted_at = at
    # Whoever read an earlier text has not read this one.
    version.peer_id = version.peer_read_at = None
    _go_to(session, version, VersionState.SUBMITTED)


def read_as_peer(session: Session, version: ModuleVersion, *, by: User, at: datetime) -> None:
    """Another patient expert says that they read it."""
    _only_from(version, VersionState.SUBMITTED)
    _another_than_the_author(version, by)
    if not by.is_patient_expert:
        raise PublishingRefusedError(Gate.NOT_EXPERT)
    version.peer_id, version.peer_read_at = by.id, at
    _go_to(session, version, VersionState.SUBMITTED)


def request_changes(session: Session, version: ModuleVersion, *, by: User, at: datetime) -> None:
    """A professional sends it back to its author; what to change stands in their remarks."""
    _only_from(version, VersionState.SUBMITTED, VersionState.APPROVED)
    _a_professional(version, by)
    version.reviewer_id, version.reviewed_at, version.review_due = by.id, at, None
    _go_to(session, version, VersionState.CHANGES_REQUESTED)


def approve(
    session: Session, version: ModuleVersion, *, by: User, review_due: date, at: datetime
) -> None:
    """A professional answers for what it says, until a day. Raises `PublishingRefusedError`."""
    _only_from(version, VersionState.SUBMITTED)
    _a_professional(version, by)
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
    lacking = gates_of_text(text_of(session, version)) + gates_of_review(version, today=at.date())
    if lacking:
        raise PublishingRefusedError(*lacking)
    _replace_older(session, version)
    version.published_at, version.is_urgent = at, is_urgent
    _go_to(session, version, VersionState.PUBLISHED)
    if is_urgent:
        _move_readers(session, version)


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


def _another_than_the_author(version: ModuleVersion, by: User) -> None:
    if by.id == version.author_id:
        raise PublishingRefusedError(Gate.OWN_TEXT)


def _a_professional(version: ModuleVersion, by: User) -> None:
    _another_than_the_author(version, by)
    if by.practitioner_id is None:
        raise PublishingRefusedError(Gate.NOT_PROFESSIONAL)


def _go_to(session: Session, version: ModuleVersion, state: VersionState) -> None:
    version.state = state
    version.revision += 1
    session.add(version)
    session.flush()
