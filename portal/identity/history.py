"""The history of an account, for its owner: a line there, and a mail for what may be an attack."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session

from portal import outbox
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.credential import SecurityEvent, SecurityEventKind

Kind = SecurityEventKind
KEPT = timedelta(days=365)
SHOWN = 50

_NOT_MAILED = frozenset(
    {
        Kind.ENROLLED,  # they are there
        Kind.SIGNED_IN,
        Kind.NAME_CHANGED,
        Kind.SESSION_ENDED,
        Kind.SESSIONS_ENDED,
        Kind.INVITATION_ACCEPTED,
        Kind.INVITATION_LOCKED,
        Kind.CALENDAR_REMOVED,
        # These have letters of their own, with a link.
        Kind.PASSWORD_RESET_ASKED,
        Kind.EMAIL_CHANGE_ASKED,
        Kind.REPROOFING_CONFIRMED,
    }
)
_event = columns(SecurityEvent)
_EVENTS = (
    select(_event.kind, _event.at, _event.user_agent, _event.detail)
    .where(_event.user_id == bindparam("of_user"))
    .order_by(_event.id.desc())
    .limit(SHOWN)
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened to an account."""

    kind: SecurityEventKind
    at: datetime
    user_agent: str
    detail: str


def record(
    session: Session,
    *,
    keys: KeyRing,
    user: User,
    kind: SecurityEventKind,
    at: datetime,
    user_agent: str = "",
    detail: str = "",
) -> None:
    """Note it, and tell the owner by mail, in the transaction that does it."""
    session.add(
        SecurityEvent(
            user_id=user.id, kind=kind, at=at, user_agent=user_agent[:200], detail=detail[:254]
        )
    )
    _forget_old(session, user.id, at)
    if user.email and is_mailed(user, kind):
        outbox.post(
            session,
            keys=keys,
            letter=outbox.Letter.SECURITY_NOTICE,
            to=user.email,
            locale=user.locale,
            user_id=user.id,
            values={"kind": kind, "at": at.isoformat(), "user_agent": user_agent[:200]},
            at=at,
        )


def is_mailed(user: User, kind: SecurityEventKind) -> bool:
    """Changes always; a sign-in from a new device unless the owner said no."""
    if kind is Kind.SIGNED_IN_NEW_DEVICE:
        return user.notify_sign_ins
    return kind not in _NOT_MAILED


def lines_of(session: Session, *, user_id: UUID) -> list[Line]:
    """The newest first, at most `SHOWN`."""
    return [Line(*row) for row in session.execute(_EVENTS, {"of_user": user_id})]


def _forget_old(session: Session, user_id: UUID, at: datetime) -> None:
    session.connection().execute(
        delete(SecurityEvent).where(
            _event.user_id == user_id, _event.at < bindparam("before", type_=UtcDateTime)
        ),
        {"before": at - KEPT},
    )
