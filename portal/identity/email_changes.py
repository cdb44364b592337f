"""A new e-mail address: confirmed from its mailbox, and stopped from the old one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portal import outbox
from portal.crypto import KeyRing, new_token, token_hash
from portal.errors import EmailTakenError, LinkRefusedError, TooManyRequestsError
from portal.identity import history, password_resets, queries
from portal.identity.authentication import locked
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.credential import EmailChange, SecurityEventKind

VALID_FOR = timedelta(hours=24)
MOST_A_DAY = 5

_change = columns(EmailChange)
_user = columns(User)
_IS_OPEN = (
    _change.confirmed_at.is_(None),
    _change.cancelled_at.is_(None),
    _change.ends_at > bindparam("now", type_=UtcDateTime),
)
_ASKED_TODAY = select(func.count()).where(
    _change.user_id == bindparam("of_user"),
    _change.created_at > bindparam("since", type_=UtcDateTime),
)
_PENDING = (
    select(_change.id, _change.user_id, _change.new_email, _change.ends_at)
    .where(_change.user_id == bindparam("of_user"), *_IS_OPEN)
    .order_by(_change.created_at.desc())
    .limit(1)
)
_OF_LINK = select(_change.id, _change.user_id, _change.new_email, _change.ends_at).where(
    _change.token_hash == bindparam("token"), *_IS_OPEN
)
# Each of the next three wins once, however many arrive together.
_CONFIRM = (
    update(EmailChange)
    .where(
        _change.token_hash == bindparam("token"), _change.user_id == bindparam("of_user"), *_IS_OPEN
    )
    .values(confirmed_at=bindparam("at", type_=UtcDateTime))
    .returning(_change.id, _change.new_email)
)
_STOP = (
    update(EmailChange)
    .where(_change.cancel_hash == bindparam("token"), *_IS_OPEN)
    .values(cancelled_at=bindparam("at", type_=UtcDateTime))
    .returning(_change.id, _change.user_id)
)
_CANCEL = (
    update(EmailChange)
    .where(_change.user_id == bindparam("of_user"), *_IS_OPEN)
    .values(cancelled_at=bindparam("at", type_=UtcDateTime))
    .returning(_change.id)
)
_other = User.__table__.alias()  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_TAKE_ADDRESS = (
    update(User)
    .where(
        _user.id == bindparam("of_user"),
        ~exists().where(_other.c.email == bindparam("new_email")),
    )
    .values(email=bindparam("new_email"))
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that waits for the word of its new mailbox."""

    id: UUID
    user_id: UUID
    new_email: str
    ends_at: datetime


def pending_of(session: Session, *, user_id: UUID, at: datetime) -> Pending | None:
    row = session.execute(_PENDING, {"of_user": user_id, "now": at}).first()
    return Pending(*row) if row is not None else None


def change_of_link(session: Session, *, token: str, at: datetime) -> Pending:
    """What the link in the new mailbox confirms.

    Raises `LinkRefusedError`, the same for unknown, used, stopped and expired.
    """
    row = session.execute(_OF_LINK, {"token": token_hash(token), "now": at}).first()
    if row is None:
        raise LinkRefusedError
    return Pending(*row)


def can_be_stopped(session: Session, *, token: str, at: datetime) -> bool:
    """Whether the link in the old mailbox still has something to stop."""
    statement = select(_change.id).where(_change.cancel_hash == bindparam("token"), *_IS_OPEN)
    return session.execute(statement, {"token": token_hash(token), "now": at}).first() is not None


def ask(
    session: Session,
    *,
    keys: KeyRing,
    user_id: UUID,
    new_email: str,
    user_agent: str,
    at: datetime,
) -> None:
    """Write to both addresses; an earlier change that still waits is over.

    An address of another account looks the same from here: it only gets no mail, so that nobody
    learns who has an account. Raises `TooManyRequestsError` after five in 24 hours.
    """
    user = locked(session, session.get_one(User, user_id))
    since = {"of_user": user.id, "since": at - timedelta(days=1)}
    if int(session.execute(_ASKED_TODAY, since).scalar_one()) >= MOST_A_DAY:
        raise TooManyRequestsError
    withdraw(session, user_id=user.id, at=at)
    _begin(session, keys, user, new_email, at)
    history.record(
        session,
        keys=keys,
        user=user,
        kind=SecurityEventKind.EMAIL_CHANGE_ASKED,
        at=at,
        user_agent=user_agent,
        detail=new_email,
    )


def confirm(
    session: Session, *, keys: KeyRing, user_id: UUID, token: str, user_agent: str, at: datetime
) -> str:
    """The link of the new mailbox, in a session of the account; returns the new address.

    Raises `LinkRefusedError`; `EmailTakenError` when another account took the address meanwhile.
    Links to choose a new password that went to the old mailbox die with it.
    """
    user = locked(session, session.get_one(User, user_id))
    values = {"token": token_hash(token), "of_user": user_id, "now": at, "at": at}
    found = session.connection().execute(_CONFIRM, values).first()
    if found is None:
        raise LinkRefusedError
    if user.email:
        _tell_the_old(session, keys, user, user_agent, at)
    _take_address(session, user, found.new_email)
    outbox.drop_about(session, subject_id=found.id, at=at)
    password_resets.withdraw(session, user_id=user.id, at=at)
    history.record(
        session,
        keys=keys,
        user=user,
        kind=SecurityEventKind.EMAIL_CHANGED,
        at=at,
        user_agent=user_agent,
        detail=found.new_email,
    )
    email: str = found.new_email
    return email


def stop(session: Session, *, keys: KeyRing, token: str, user_agent: str, at: datetime) -> None:
    """The link of the old mailbox; it needs no session. Raises `LinkRefusedError`."""
    values = {"token": token_hash(token), "now": at, "at": at}
    found = session.connection().execute(_STOP, values).first()
    if found is None:
        raise LinkRefusedError
    outbox.drop_about(session, subject_id=found.id, at=at)
    _record_cancelled(session, keys, found.user_id, user_agent, at)


def cancel(
    session: Session, *, keys: KeyRing, user_id: UUID, user_agent: str, at: datetime
) -> bool:
    """From the account itself; false when nothing waited."""
    was_pending = withdraw(session, user_id=user_id, at=at)
    if was_pending:
        _record_cancelled(session, keys, user_id, user_agent, at)
    return was_pending


def withdraw(session: Session, *, user_id: UUID, at: datetime) -> bool:
    """Without a word to anybody; false when nothing waited. Its letters are not sent any more."""
    values = {"of_user": user_id, "now": at, "at": at}
    dropped = session.connection().execute(_CANCEL, values).scalars().all()
    for change_id in dropped:
        outbox.drop_about(session, subject_id=change_id, at=at)
    return bool(dropped)


def _begin(session: Session, keys: KeyRing, user: User, new_email: str, at: datetime) -> None:
    """The row, and a letter to each mailbox that there is."""
    token, cancel_token = new_token(), new_token()
    change = EmailChange(
        user_id=user.id,
        new_email=new_email,
        token_hash=token_hash(token),
        cancel_hash=token_hash(cancel_token),
        created_at=at,
        ends_at=at + VALID_FOR,
    )
    session.add(change)
    session.flush()
    if queries.user_of_email(session, new_email) is None:
        _write_to_the_new(session, keys, user, change, token)
    if user.email:
        _write_to_the_old(session, keys, user, change, cancel_token)


def _take_address(session: Session, user: User, new_email: str) -> None:
    values = {"of_user": user.id, "new_email": new_email}
    try:
        taken = session.connection().execute(_TAKE_ADDRESS, values).rowcount
    except IntegrityError:
        # Two accounts confirmed it in the same instant.
        raise EmailTakenError from None
    if taken != 1:
        raise EmailTakenError
    session.refresh(user)


def _record_cancelled(
    session: Session, keys: KeyRing, user_id: UUID, user_agent: str, at: datetime
) -> None:
    history.record(
        session,
        keys=keys,
        user=session.get_one(User, user_id),
        kind=SecurityEventKind.EMAIL_CHANGE_CANCELLED,
        at=at,
        user_agent=user_agent,
    )


def _write_to_the_new(
    session: Session, keys: KeyRing, user: User, change: EmailChange, token: str
) -> None:
    outbox.post(
        session,
        keys=keys,
        letter=outbox.Letter.EMAIL_CHANGE_CONFIRM,
        to=change.new_email,
        locale=user.locale,
        user_id=user.id,
        subject_id=change.id,
        values={
            "path": f"/email-change/{token}",
            "hours": str(VALID_FOR // timedelta(hours=1)),
        },
        at=change.created_at,
        expires_at=change.ends_at,
    )


def _write_to_the_old(
    session: Session, keys: KeyRing, user: User, change: EmailChange, cancel_token: str
) -> None:
    outbox.post(
        session,
        keys=keys,
        letter=outbox.Letter.EMAIL_CHANGE_ASKED,
        to=user.email or "",
        locale=user.locale,
        user_id=user.id,
        subject_id=change.id,
        values={"path": f"/email-change/stop/{cancel_token}"},
        at=change.created_at,
        expires_at=change.ends_at,
    )


def _tell_the_old(
    session: Session, keys: KeyRing, user: User, user_agent: str, at: datetime
) -> None:
    """The history line tells the new mailbox; whoever holds the old one must hear it too."""
    kind = SecurityEventKind.EMAIL_CHANGED
    outbox.post(
        session,
        keys=keys,
        letter=outbox.Letter.SECURITY_NOTICE,
        to=user.email or "",
        locale=user.locale,
        user_id=user.id,
        values={"kind": kind, "at": at.isoformat(), "user_agent": user_agent[:200]},
        at=at,
    )
