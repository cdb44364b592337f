"""The date of birth that the holder of a printed invitation types."""

import re
from datetime import date, datetime

from sqlalchemy import bindparam, case, update
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.errors import InvitationError
from portal.identity import history
from portal.models import columns
from portal.models.account import Invitation, InvitationKind, User
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.credential import SecurityEventKind

TRIES = 5
_DAY_FIRST = re.compile(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4})|(\d{2})(\d{2})(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", re.ASCII)
_FULL_DATE = len("1945-03-17")

_invitation = columns(Invitation)
# Counted by one statement: parallel guesses share the tries.
_COUNT = (
    update(Invitation)
    .where(
        _invitation.id == bindparam("invitation_id"),
        _invitation.accepted_at.is_(None),
        _invitation.withdrawn_at.is_(None),
    )
    .values(
        failures=_invitation.failures + 1,
        withdrawn_at=case(
            (_invitation.failures + 1 >= TRIES, bindparam("at", type_=UtcDateTime)), else_=None
        ),
    )
    .returning(_invitation.failures)
)


def read(text: str) -> str | None:
    """`1945-03-17` from `17/03/1945`, `17.3.1945`, `17 03 1945`, `17031945`; none if unreadable."""
    typed = text.strip()
    if found := _YEAR_FIRST.fullmatch(typed):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(typed):
        day, month, year = [part for part in found.groups() if part is not None]
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def is_asked(session: Session, invitation: Invitation) -> bool:
    """Of a patient who was invited on paper, when the record knows the whole date."""
    return bool(_known(session, invitation))


def is_right(session: Session, invitation: Invitation, answer: str) -> bool:
    """`answer` as `read` returns it."""
    return answer == _known(session, invitation)


def count_wrong(session: Session, *, keys: KeyRing, invitation: Invitation, at: datetime) -> int:
    """One try less: how many are left. After the last the invitation is withdrawn.

    The inviter reads it in the history of their account. Raises `InvitationError` when the
    invitation is over already.
    """
    values = {"invitation_id": invitation.id, "at": at}
    failures: int | None = session.connection().execute(_COUNT, values).scalar_one_or_none()
    if failures is None:
        raise InvitationError("used")
    inviter = session.get(User, invitation.invited_by) if invitation.invited_by else None
    if failures >= TRIES and inviter is not None:
        history.record(
            session, keys=keys, user=inviter, kind=SecurityEventKind.INVITATION_LOCKED, at=at
        )
    return max(TRIES - failures, 0)


def _known(session: Session, invitation: Invitation) -> str:
    if invitation.kind is not InvitationKind.PATIENT or invitation.email is not None:
        return ""
    patient = session.get(Patient, invitation.patient_id)
    birth_date = patient.birth_date if patient is not None else ""
    return birth_date if len(birth_date) == _FULL_DATE else ""
