"""Whether a mail is still worth sending, asked again just before it leaves."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, SQLModel

from portal.messaging import at_send as messages_at_send
from portal.models.account import Invitation, User
from portal.models.credential import EmailChange, PasswordReset, Reproofing
from portal.models.outbox import OutboxMessage
from portal.outbox.letters import Letter
from portal.scheduling.letters import at_send

_SUBJECTS: dict[Letter, type[SQLModel]] = {
    Letter.INVITATION: Invitation,
    Letter.PASSWORD_RESET: PasswordReset,
    Letter.EMAIL_CHANGE_CONFIRM: EmailChange,
    Letter.EMAIL_CHANGE_ASKED: EmailChange,
    Letter.REPROOFING_READY: Reproofing,
}
# What ends a subject; each table has some of them.
_ENDS = (
    "accepted_at",
    "withdrawn_at",
    "used_at",
    "confirmed_at",
    "cancelled_at",
    "completed_at",
)
_NO_END: dict[type[SQLModel], frozenset[str]] = {Reproofing: frozenset({"confirmed_at"})}
"""Confirming a re-proofing is its beginning."""


def reason_to_drop(session: Session, *, message: OutboxMessage, at: datetime) -> str:
    """Empty when it must be sent."""
    if message.expires_at is not None and message.expires_at <= at:
        return "expired"
    user = session.get(User, message.user_id) if message.user_id else None
    if user is not None and user.disabled_at is not None:
        return "the account is closed"
    return _subject_is_over(session, message, at)


def values_of_now(
    session: Session, *, message: OutboxMessage, values: Mapping[str, str], at: datetime
) -> Mapping[str, str] | None:
    """What the letter says to who may read it now; none when that is nothing any more."""
    letter = Letter(message.letter)
    if letter in messages_at_send.LETTERS:
        return messages_at_send.values_now(session, letter, user_id=message.user_id, at=at)
    if letter not in at_send.LETTERS:
        return values
    return at_send.values_now(session, letter, values, user_id=message.user_id, at=at)


def _subject_is_over(session: Session, message: OutboxMessage, at: datetime) -> str:
    table = _SUBJECTS.get(Letter(message.letter))
    if table is None or message.subject_id is None:
        return ""
    subject = session.get(table, message.subject_id)
    if subject is None:
        return "what it was about is gone"
    for name in _ENDS:
        if name not in _NO_END.get(table, ()) and getattr(subject, name, None) is not None:
            return f"{table.__name__} {name.removesuffix('_at')}"
    ends_at: datetime = subject.ends_at  # type: ignore[attr-defined]  # each of these tables has it
    return f"{table.__name__} expired" if ends_at <= at else ""
