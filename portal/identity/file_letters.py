"""Who is told at once what happens to a file: the patient, and who represents them by law."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import Session

from portal import outbox
from portal.access.permissions import Permission
from portal.access.policy import PATIENT_POLICY
from portal.access.viewer import Standing, standing_of, towards_patient
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.account import User
from portal.models.rights import CareLink
from portal.outbox import Letter

MOST_READERS = 60

_user = columns(User)
_link = columns(CareLink)
_LINKED = (
    towards_patient(
        select(_user.id, _user.email, _user.locale, _user.practitioner_id).select_from(User)
    )
    .where(
        _link.patient_id == bindparam("patient_id"),
        _user.email.is_not(None),
        _user.disabled_at.is_(None),
    )
    .limit(MOST_READERS)
)


class Recipient(NamedTuple):
    """An account with an address."""

    user_id: UUID
    email: str
    locale: str | None


def who_may_read_the_log(session: Session, *, patient_id: UUID, at: datetime) -> list[Recipient]:
    """Those whom the policy lets see who opened the file, and nobody else."""
    return who_may(session, Permission.ACCESS_LOG_SEE, patient_id=patient_id, at=at)


def who_may(
    session: Session, permission: Permission, *, patient_id: UUID, at: datetime
) -> list[Recipient]:
    """Those with a link to the patient whom the policy lets do that."""
    rows = session.execute(_LINKED, {"patient_id": patient_id, "now": at}).mappings()
    return [
        Recipient(row["id"], row["email"], row["locale"])
        for row in rows
        if _may(permission, standing_of(row, at=at))
    ]


def tell(
    session: Session,
    *,
    keys: KeyRing,
    letter: Letter,
    to: Iterable[Recipient],
    subject_id: UUID,
    at: datetime,
) -> None:
    """One letter to each account, however often it is named."""
    for user_id, email, locale in dict.fromkeys(to):
        outbox.post(
            session,
            keys=keys,
            letter=letter,
            to=email,
            locale=locale,
            user_id=user_id,
            subject_id=subject_id,
            at=at,
        )


def _may(permission: Permission, standing: Standing | None) -> bool:
    rules = PATIENT_POLICY[permission]
    return standing is not None and any(rule(standing) for rule in rules)
