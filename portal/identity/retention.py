"""What accounts and notes leave behind, and how long; the mail worker forgets it every hour."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, or_, select
from sqlmodel import Session, SQLModel

from portal.identity import history
from portal.models import columns
from portal.models.account import UserSession
from portal.models.agreement import AppointmentNote
from portal.models.base import UtcDateTime
from portal.models.calendar import CalendarFeed
from portal.models.credential import (
    EmailChange,
    PasskeyCeremony,
    PasswordReset,
    RateLimit,
    SecurityEvent,
    SignInChallenge,
)
from portal.scheduling.notes import UNDO_LASTS

KEPT = timedelta(days=30)
"""Links and sessions after their end, to answer questions; without an end they last hours."""

_instant = bindparam("instant", type_=UtcDateTime)
_before = bindparam("before", type_=UtcDateTime)
_undone_before = bindparam("undone_before", type_=UtcDateTime)
_first_event = bindparam("first_event", type_=UtcDateTime)
_session = columns(UserSession)
_challenge = columns(SignInChallenge)
_newer = UserSession.__table__.alias("newer").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
# The newest of each account stays: operators see when somebody was last there.
_OLD_SESSION = and_(
    or_(_session.ended_at < _before, _session.idle_ends_at < _before, _session.ends_at < _before),
    exists().where(
        _newer.user_id == _session.user_id,
        or_(
            _newer.last_seen_at > _session.last_seen_at,
            and_(_newer.last_seen_at == _session.last_seen_at, _newer.id > _session.id),
        ),
    ),
)
# That of an invitation leads back to the account that was begun with it, as long as it is valid.
_OLD_CHALLENGE = or_(
    and_(_challenge.invitation_id.is_(None), _challenge.ends_at <= _instant),
    _challenge.ends_at < _before,
)
_OLD: tuple[tuple[type[SQLModel], Any], ...] = (
    (SecurityEvent, columns(SecurityEvent).at < _first_event),
    (PasswordReset, columns(PasswordReset).ends_at < _before),
    (EmailChange, columns(EmailChange).ends_at < _before),
    (PasskeyCeremony, columns(PasskeyCeremony).ends_at <= _instant),
    (SignInChallenge, _OLD_CHALLENGE),
    (RateLimit, columns(RateLimit).window_ends_at <= _instant),
    (UserSession, _OLD_SESSION),
    (CalendarFeed, columns(CalendarFeed).revoked_at < _before),
    (AppointmentNote, columns(AppointmentNote).deleted_at < _undone_before),
)
_IS_OLD = [select(exists().where(mark)) for _table, mark in _OLD]
_FORGET = [delete(table).where(mark) for table, mark in _OLD]


def is_due(session: Session, *, at: datetime) -> bool:
    """A read, so that nobody waits for the write lock for nothing."""
    return any(session.execute(one, _values(one, at)).scalar_one() for one in _IS_OLD)


def carry_out(session: Session, *, at: datetime) -> None:
    for one in _FORGET:
        session.connection().execute(one, _values(one, at))


def _values(statement: Any, at: datetime) -> dict[str, datetime]:
    """Of the instants, those that the statement asks for."""
    every = {
        "instant": at,
        "before": at - KEPT,
        "first_event": at - history.KEPT,
        "undone_before": at - UNDO_LASTS,
    }
    return {name: every[name] for name in statement.compile().params if name in every}
