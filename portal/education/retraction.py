"""Taking a module back for a reason that its readers are told, and telling them of corrections."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlmodel import Session

from portal import outbox
from portal.crypto import KeyRing
from portal.education.answerable import answerable_for
from portal.education.gates import Gate
from portal.education.review import retract
from portal.education.standing import ModuleStanding
from portal.education.telling import tell
from portal.errors import NotFoundError, PublishingRefusedError
from portal.models import columns
from portal.models.account import User
from portal.models.education import Module, ModuleProgress, ModuleVersion
from portal.outbox import Letter

SHORTEST_REASON, LONGEST_REASON = 10, 500
_p, _user, _m = columns(ModuleProgress), columns(User), columns(Module)
_of_module = bindparam("of_module", type_=Uuid)
_LOCKED = select(Module).where(_m.id == _of_module).with_for_update()
_COUNT = select(func.count(_p.user_id.distinct())).where(_p.module_id == _of_module)
_READERS = (
    select(_user.id, _user.email, _user.locale, _p.patient_id, _p.version_id)
    .join_from(ModuleProgress, User, _user.id == _p.user_id)
    .where(_p.module_id == _of_module, _user.email.is_not(None), _user.disabled_at.is_(None))
    .order_by(_user.id, _p.patient_id)
)


def may_retract(standing: ModuleStanding) -> bool:
    """Whoever writes it, a reviewer or a coordinator of the organization; once, and published."""
    is_read = standing.version.published_at is not None and standing.module.retracted_at is None
    return is_read and (standing.writes or standing.reviews or standing.manages)


def readers_of(session: Session, module_id: UUID) -> int:
    """How many people began it, in whatever version; who they are is told to nobody."""
    return int(session.execute(_COUNT, {"of_module": module_id}).scalar_one())


def take_back_module(
    session: Session, standing: ModuleStanding, *, reason: str, keys: KeyRing, at: datetime
) -> None:
    """From now on nobody reads it, and everybody whom it concerns gets a letter.

    Raises `NotFoundError` for who may not, `PublishingRefusedError` when it was taken back before.
    """
    values, fresh = {"of_module": standing.module.id}, {"populate_existing": True}
    module = session.execute(_LOCKED, values, execution_options=fresh).scalar_one()
    if module.retracted_at is not None:
        raise PublishingRefusedError(Gate.WRONG_STATE)
    if not may_retract(standing):
        raise NotFoundError("module version")
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ValueError("a reason that says something")
    retract(session, module, by=standing.user.id, reason=reason, at=at)
    session.flush()
    _tell_readers(session, module.id, Letter.MODULE_TAKEN_FROM_READER, keys=keys, at=at)
    by = f"{standing.user.given_name} {standing.user.family_name}"
    for user_id in answerable_for(session, standing.version):
        tell(
            session,
            Letter.MODULE_RETRACTED,
            standing.version,
            to=user_id,
            keys=keys,
            at=at,
            by=by,
            reason=reason,
        )


def tell_correction(
    session: Session, version: ModuleVersion, *, keys: KeyRing, at: datetime
) -> None:
    """To whom an urgent correction moved; the caller has just published it."""
    _tell_readers(
        session, version.module_id, Letter.MODULE_CORRECTED, of=version.id, keys=keys, at=at
    )


def _tell_readers(
    session: Session,
    module_id: UUID,
    letter: Letter,
    *,
    keys: KeyRing,
    at: datetime,
    of: UUID | None = None,
) -> None:
    """One letter to each, however many files they read it in; with `of` those of that version."""
    told: set[UUID] = set()
    for row in session.execute(_READERS, {"of_module": module_id}).all():
        if row.id in told or of not in (None, row.version_id):
            continue
        told.add(row.id)
        outbox.post(
            session,
            keys=keys,
            letter=letter,
            to=row.email,
            locale=row.locale,
            user_id=row.id,
            subject_id=module_id,
            at=at,
            values={"path": f"/p/{row.patient_id}/education"},
        )
