"""Telling people that something of a programme waits for them, and never what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal import outbox
from portal.access.permissions import Permission
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.account import User
from portal.models.outbox import OutboxMessage, OutboxState
from portal.models.programme import EducationProgramme
from portal.outbox import Letter
from portal.scheduling.standings import RELATIVES, allows, standing_as_relative, standing_towards

MOST = 60
_user, _message, _p = columns(User), columns(OutboxMessage), columns(EducationProgramme)
_FAMILY = RELATIVES.where(
    RELATIVES.selected_columns.patient_id == bindparam("of_patient", type_=Uuid),
    _user.email.is_not(None),
    _user.id != bindparam("by", type_=Uuid),
).limit(MOST)
_ONE = select(_user.id, _user.email, _user.locale).where(
    _user.id == bindparam("of_user", type_=Uuid),
    _user.email.is_not(None),
    _user.disabled_at.is_(None),
)

_PROPOSER = (
    select(_p.id, _p.proposed_by)
    .where(_p.patient_id == bindparam("of_patient", type_=Uuid))
    .order_by(_p.id.desc())
    .limit(1)
)
_UNSENT = select(
    exists().where(
        _message.user_id == bindparam("to_user", type_=Uuid),
        _message.subject_id == bindparam("of_subject", type_=Uuid),
        _message.letter == Letter.PROGRAMME_NEWS,
        _message.state == OutboxState.PENDING,
    )
)


def tell_family(
    session: Session,
    *,
    patient_id: UUID,
    by: UUID,
    at: datetime,
    keys: KeyRing,
    needed: Permission = Permission.EDUCATION_ACT,
) -> int:
    """The patient and the relatives who may answer, but whoever did it; how many."""
    values = {"of_patient": patient_id, "by": by, "now": at}
    rows = session.execute(_FAMILY, values).mappings().all()
    told = [row for row in rows if allows(needed, standing_as_relative(row, at=at))]
    for row in told:
        outbox.post(
            session,
            keys=keys,
            letter=Letter.PROGRAMME_ASKED,
            to=row["email"],
            locale=row["locale"],
            user_id=row["user_id"],
            at=at,
        )
    return len(told)


def tell_proposer(
    session: Session, *, patient_id: UUID, by: UUID, path: str, at: datetime, keys: KeyRing
) -> bool:
    """Whoever proposed the newest programme, that it was answered; whether they were written to."""
    values = {"of_patient": patient_id}
    row = session.execute(_PROPOSER, values).one_or_none()
    if row is None or row.proposed_by == by:
        return False
    return tell_professional(
        session,
        row.proposed_by,
        patient_id=patient_id,
        subject_id=row.id,
        path=path,
        at=at,
        keys=keys,
    )


def tell_professional(
    session: Session,
    user_id: UUID,
    *,
    patient_id: UUID,
    subject_id: UUID,
    path: str,
    at: datetime,
    keys: KeyRing,
) -> bool:
    """That there is news in a file they follow: once, until that letter leaves.

    Nothing goes to who has no address, or may not follow the education of this patient now.
    """
    row = session.execute(_ONE, {"of_user": user_id}).one_or_none()
    standing, _relative = standing_towards(session, user_id=user_id, patient_id=patient_id, at=at)
    if row is None or not allows(Permission.EDUCATION_FOLLOW, standing):
        return False
    values = {"to_user": user_id, "of_subject": subject_id}
    if session.execute(_UNSENT, values).scalar():
        return False
    outbox.post(
        session,
        keys=keys,
        letter=Letter.PROGRAMME_NEWS,
        to=row.email,
        locale=row.locale,
        user_id=row.id,
        subject_id=subject_id,
        at=at,
        values={"path": path},
    )
    return True
