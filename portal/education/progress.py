"""How far somebody read: kept for the reader, and shown to nobody else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, select
from sqlmodel import Session

from portal.education.reading import Opened
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.education import ModuleProgress, ModuleVersion, VersionState

_p, _v = columns(ModuleProgress), columns(ModuleVersion)
_IN_LANGUAGE = select(_v.id).where(
    _v.module_id == bindparam("of_module", type_=Uuid),
    _v.locale == bindparam("of_locale", type_=String),
    _v.state == VersionState.PUBLISHED,
)
_LOCKED = (
    select(ModuleProgress)
    .where(
        _p.patient_id == bindparam("of_patient", type_=Uuid),
        _p.user_id == bindparam("of_user", type_=Uuid),
        _p.module_id == bindparam("of_module", type_=Uuid),
    )
    .with_for_update()
)


def read_step(
    session: Session, opened: Opened, number: int, *, patient_id: UUID, user_id: UUID, at: datetime
) -> None:
    """The reader read a step to its end; reading an earlier one again takes nothing back."""
    row = _row(session, opened, patient_id=patient_id, user_id=user_id, at=at)
    row.step = max(row.step, min(number, opened.step_count))
    row.updated_at = at
    session.add(row)
    session.flush()


def finish(
    session: Session,
    opened: Opened,
    *,
    has_question: bool,
    patient_id: UUID,
    user_id: UUID,
    at: datetime,
) -> None:
    """They understood, or have a question: either ends the module, and can be said anew."""
    row = _row(session, opened, patient_id=patient_id, user_id=user_id, at=at)
    row.has_question, row.finished_at, row.updated_at = has_question, at, at
    session.add(row)
    session.flush()


def read_in(
    session: Session, opened: Opened, locale: str, *, patient_id: UUID, user_id: UUID, at: datetime
) -> None:
    """Go on with the same module in another language. Raises `NotFoundError`."""
    values = {"of_module": opened.module_id, "of_locale": locale}
    version_id = session.execute(_IN_LANGUAGE, values).scalar_one_or_none()
    if version_id is None:
        raise NotFoundError("module version")
    row = _row(session, opened, patient_id=patient_id, user_id=user_id, at=at)
    row.version_id, row.updated_at = version_id, at
    session.add(row)
    session.flush()


def begin_again(
    session: Session, opened: Opened, *, patient_id: UUID, user_id: UUID, at: datetime
) -> None:
    """From the first step, in the version that is read now."""
    row = _row(session, opened, patient_id=patient_id, user_id=user_id, at=at)
    session.delete(row)
    session.flush()


def _row(
    session: Session, opened: Opened, *, patient_id: UUID, user_id: UUID, at: datetime
) -> ModuleProgress:
    values = {"of_patient": patient_id, "of_user": user_id, "of_module": opened.module_id}
    fresh = {"populate_existing": True}
    found: ModuleProgress | None = session.execute(
        _LOCKED, values, execution_options=fresh
    ).scalar_one_or_none()
    if found is not None:
        found.version_id = opened.version_id
        return found
    return ModuleProgress(
        patient_id=patient_id,
        user_id=user_id,
        module_id=opened.module_id,
        version_id=opened.version_id,
        started_at=at,
        updated_at=at,
    )
