"""Changes of one's own account that need no mailbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import Session

from portal.access.sessions import end_other_sessions
from portal.crypto import KeyRing
from portal.errors import CredentialsRefusedError, NotFoundError
from portal.identity import history, password_resets
from portal.identity.authentication import locked
from portal.models import columns
from portal.models.account import User, UserSession
from portal.models.base import UtcDateTime
from portal.models.credential import SecurityEventKind

_session = columns(UserSession)
_END_ONE = (
    update(UserSession)
    .where(
        _session.id == bindparam("session_id"),
        _session.user_id == bindparam("of_user"),
        _session.id != bindparam("kept"),
        _session.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at", type_=UtcDateTime))
    .returning(_session.user_agent)
)


def rename(
    session: Session, *, keys: KeyRing, user_id: UUID, names: tuple[str, str], at: datetime
) -> None:
    """Given and family name; nothing is noted when they stay the same."""
    user = locked(session, session.get_one(User, user_id))
    before = (user.given_name, user.family_name)
    if names == before:
        return
    user.given_name, user.family_name = names
    session.add(user)
    kind = SecurityEventKind.NAME_CHANGED
    history.record(session, keys=keys, user=user, kind=kind, at=at, detail=" ".join(before))


def change_password(
    session: Session,
    *,
    keys: KeyRing,
    user_id: UUID,
    before: str,
    password_hash: str,
    kept: UUID | None,
    user_agent: str,
    at: datetime,
) -> None:
    """`before` is the hash that the present password was compared with.

    Every browser but `kept` is signed out; none is without it. Raises `CredentialsRefusedError`
    when the password was replaced meanwhile.
    """
    user = locked(session, session.get_one(User, user_id))
    if user.password_hash != before:
        raise CredentialsRefusedError
    password_resets.set_password(session, user=user, password_hash=password_hash, at=at)
    history.record(
        session,
        keys=keys,
        user=user,
        kind=SecurityEventKind.PASSWORD_CHANGED,
        at=at,
        user_agent=user_agent,
    )
    if kept is not None:
        end_others(session, keys=keys, user_id=user_id, kept=kept, user_agent=user_agent, at=at)


def end_one(
    session: Session, *, keys: KeyRing, user_id: UUID, session_id: UUID, kept: UUID, at: datetime
) -> None:
    """Sign another browser of this account out; its next request is a stranger's.

    Raises `NotFoundError` for one of somebody else, for the one that asks (it signs out instead)
    and for one that is over.
    """
    values = {"session_id": session_id, "of_user": user_id, "kept": kept, "at": at}
    ended = session.connection().execute(_END_ONE, values).first()
    if ended is None:
        raise NotFoundError("session")
    history.record(
        session,
        keys=keys,
        user=session.get_one(User, user_id),
        kind=SecurityEventKind.SESSION_ENDED,
        at=at,
        user_agent=ended.user_agent,
    )


def end_others(
    session: Session, *, keys: KeyRing, user_id: UUID, kept: UUID, user_agent: str, at: datetime
) -> None:
    """Sign every other browser of this account out; one line in the history if there was any."""
    if not end_other_sessions(session, user_id=user_id, kept=kept, at=at):
        return
    history.record(
        session,
        keys=keys,
        user=session.get_one(User, user_id),
        kind=SecurityEventKind.SESSIONS_ENDED,
        at=at,
        user_agent=user_agent,
    )
