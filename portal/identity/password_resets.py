"""A forgotten password: a link by mail, and the second factor all the same."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlmodel import Session

from portal import outbox
from portal.access.sessions import end_all_sessions
from portal.crypto import KeyRing, new_token, token_hash
from portal.errors import LinkRefusedError
from portal.identity import history, queries
from portal.identity.authentication import Browser, locked
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.credential import PasswordReset, SecurityEventKind, SignInChallenge

VALID_FOR = timedelta(minutes=30)
MOST_AN_HOUR = 3
_NOBODY = UUID(int=0)

_reset = columns(PasswordReset)
_challenge = columns(SignInChallenge)
_user = columns(User)
_IS_OPEN = (
    _reset.used_at.is_(None),
    _reset.ends_at > bindparam("now", type_=UtcDateTime),
)
_ASKED_LATELY = select(func.count()).where(
    _reset.user_id == bindparam("of_user"),
    _reset.created_at > bindparam("since", type_=UtcDateTime),
)
_LOCK = select(_user.id).where(_user.id == bindparam("of_user")).with_for_update()
_WITHDRAW = (
    update(PasswordReset)
    .where(_reset.user_id == bindparam("of_user"), _reset.used_at.is_(None))
    .values(used_at=bindparam("at", type_=UtcDateTime))
)
# One statement: of any number of uses of one link, one wins.
_USE = (
    update(PasswordReset)
    .where(
        _reset.token_hash == bindparam("token"), _reset.user_id == bindparam("of_user"), *_IS_OPEN
    )
    .values(used_at=bindparam("at", type_=UtcDateTime))
)
_END_CHALLENGES = delete(SignInChallenge).where(
    _challenge.user_id == bindparam("of_user"),
    _challenge.invitation_id.is_(None),
    _challenge.reproofing_id.is_(None),
)


def ask(session: Session, *, keys: KeyRing, name: str, user_agent: str, at: datetime) -> None:
    """Mail a link to the account of that address or user name, folded.

    Nothing tells whether there is one: the same statements run for somebody unknown, and a
    letter is written to nobody and torn up. Three an hour for one account, then silently none.
    """
    user = queries.user_named(session, name)
    user_id = user.id if user is not None else _NOBODY
    # Parallel requests wait for each other here: three an hour stays three.
    session.execute(_LOCK, {"of_user": user_id})
    since = {"of_user": user_id, "since": at - timedelta(hours=1)}
    asked = int(session.execute(_ASKED_LATELY, since).scalar_one())
    if user is None or not queries.can_sign_in(user) or not user.email or asked >= MOST_AN_HOUR:
        _pretend(session, keys=keys, at=at)
        return
    withdraw(session, user_id=user.id, at=at)
    token = new_token()
    reset = PasswordReset(
        token_hash=token_hash(token), user_id=user.id, created_at=at, ends_at=at + VALID_FOR
    )
    session.add(reset)
    _write(session, keys, user, reset, token)
    history.record(
        session,
        keys=keys,
        user=user,
        kind=SecurityEventKind.PASSWORD_RESET_ASKED,
        at=at,
        user_agent=user_agent,
    )


def user_of_link(session: Session, *, token: str, at: datetime) -> User:
    """Whose password the link changes; raises `LinkRefusedError`, the same for every reason."""
    statement = select(User).join(PasswordReset, _reset.user_id == _user.id)
    statement = statement.where(_reset.token_hash == bindparam("token"), *_IS_OPEN)
    found: User | None = session.execute(
        statement, {"token": token_hash(token), "now": at}
    ).scalar_one_or_none()
    if found is None or not queries.can_sign_in(found):
        raise LinkRefusedError
    return found


def use(
    session: Session,
    *,
    keys: KeyRing,
    user_id: UUID,
    token: str,
    password_hash: str,
    browser: Browser,
    at: datetime,
) -> User:
    """Set the password and sign every browser out, once. Raises `LinkRefusedError`.

    The caller accepts a second factor in the same transaction: without it this never commits.
    """
    user = locked(session, session.get_one(User, user_id))
    if not queries.can_sign_in(user):
        raise LinkRefusedError
    values = {"token": token_hash(token), "of_user": user_id, "now": at, "at": at}
    if session.connection().execute(_USE, values).rowcount != 1:
        raise LinkRefusedError
    set_password(session, user=user, password_hash=password_hash, at=at)
    end_all_sessions(session, user_id=user.id, at=at)
    history.record(
        session,
        keys=keys,
        user=user,
        kind=SecurityEventKind.PASSWORD_RESET,
        at=at,
        user_agent=browser.user_agent,
    )
    return user


def set_password(session: Session, *, user: User, password_hash: str, at: datetime) -> None:
    """What the old password had begun ends with it: open links, and steps before the code."""
    user.password_hash = password_hash
    session.add(user)
    withdraw(session, user_id=user.id, at=at)
    session.connection().execute(_END_CHALLENGES, {"of_user": user.id})


def withdraw(session: Session, *, user_id: UUID, at: datetime) -> None:
    """Earlier links open nothing any more; the worker does not send those that still wait."""
    session.connection().execute(_WITHDRAW, {"of_user": user_id, "at": at})


def _write(session: Session, keys: KeyRing, user: User, reset: PasswordReset, token: str) -> None:
    outbox.post(
        session,
        keys=keys,
        letter=outbox.Letter.PASSWORD_RESET,
        to=user.email or "",
        locale=user.locale,
        user_id=user.id,
        subject_id=reset.id,
        values={
            "path": f"/password-reset/{token}",
            "minutes": str(VALID_FOR // timedelta(minutes=1)),
        },
        at=reset.created_at,
        expires_at=reset.ends_at,
    )


def _pretend(session: Session, *, keys: KeyRing, at: datetime) -> None:
    """As many statements, tokens and sealed values as for a real account, and nothing is left."""
    withdraw(session, user_id=_NOBODY, at=at)
    for _ in range(2):
        letter = outbox.post(
            session,
            keys=keys,
            letter=outbox.Letter.PASSWORD_RESET,
            to="",
            locale=None,
            values={"path": new_token(), "minutes": ""},
            at=at,
        )
        session.delete(letter)
        session.flush()
