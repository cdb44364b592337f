"""Our own session table, and the cookie that carries a session's token to Flask-Login."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from portal.crypto import new_token, token_hash
from portal.errors import SignInRequiredError
from portal.models import columns
from portal.models.account import User, UserSession
from portal.models.base import UtcDateTime

IDLE_MINUTES = 30
IDLE_MINUTES_STAFF = 15
ABSOLUTE_HOURS = 12
STEP_UP_LASTS = timedelta(minutes=5)
"""For how long a second factor, shown again, opens sensitive acts."""
TOUCH_EVERY = timedelta(minutes=1)
"""How stale `last_seen_at` may be: one write a minute instead of one a page."""

_LOGIN_KEY = "_user_id"
_user = columns(User)
_session = columns(UserSession)


class SidSession(dict[str, object], SessionMixin):
    """What Flask-Login sees as the session; only the token outlives the request."""


class SidSessionInterface(SessionInterface):
    """Keeps one value in the browser, the session token; nothing that could be replayed."""

    def open_session(self, app: Flask, request: Request) -> SidSession:
        token = request.cookies.get(cookie_name(app, "sid"))
        return SidSession({_LOGIN_KEY: token} if token else {})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        from flask import request

        name = cookie_name(app, "sid")
        token = session.get(_LOGIN_KEY)
        if token == request.cookies.get(name):
            return
        if token is None:
            clear_cookie(app, response, "sid")
        else:
            set_cookie(app, response, "sid", str(token))


def cookie_name(app: Flask, name: str) -> str:
    """`__Host-` binds the cookie to this host and to TLS; plain only on http://localhost."""
    return f"__Host-{name}" if app.config["SESSION_COOKIE_SECURE"] else name


def set_cookie(
    app: Flask, response: Response, name: str, value: str, *, max_age: timedelta | None = None
) -> None:
    response.set_cookie(
        cookie_name(app, name),
        value,
        max_age=max_age,
        path="/",
        secure=app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def clear_cookie(app: Flask, response: Response, name: str) -> None:
    secure = app.config["SESSION_COOKIE_SECURE"]
    response.delete_cookie(
        cookie_name(app, name), path="/", secure=secure, httponly=True, samesite="Lax"
    )


def start_session(
    session: Session, *, user_id: UUID, is_staff: bool, user_agent: str, at: datetime
) -> tuple[UserSession, str]:
    """A new signed-in browser and its token, which is nowhere else."""
    token = new_token()
    idle = IDLE_MINUTES_STAFF if is_staff else IDLE_MINUTES
    row = UserSession(
        token_hash=token_hash(token),
        user_id=user_id,
        idle_minutes=idle,
        created_at=at,
        last_seen_at=at,
        idle_ends_at=at + timedelta(minutes=idle),
        ends_at=at + timedelta(hours=ABSOLUTE_HOURS),
        stepped_up_at=at,
        user_agent=user_agent[:200],
    )
    session.add(row)
    session.flush()
    return row, token


_TOUCH = (
    update(UserSession)
    .where(_session.id == bindparam("session_id"), _session.ended_at.is_(None))
    .values(last_seen_at=bindparam("at"), idle_ends_at=bindparam("idle_ends"))
)
_END = (
    update(UserSession)
    .where(_session.id == bindparam("session_id"), _session.ended_at.is_(None))
    .values(ended_at=bindparam("at"))
)


_END_OTHERS = (
    update(UserSession)
    .where(
        _session.user_id == bindparam("of_user"),
        _session.id != bindparam("kept"),
        _session.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"), recovery_codes_sealed=None)
)
_RENEW = (
    update(UserSession)
    .where(_session.id == bindparam("session_id"), _session.ended_at.is_(None))
    .values(token_hash=bindparam("new_hash"), stepped_up_at=bindparam("at"))
)
_END_ALL = (
    update(UserSession)
    .where(_session.user_id == bindparam("of_user"), _session.ended_at.is_(None))
    .values(ended_at=bindparam("at"), recovery_codes_sealed=None)
)


_OWNER = (
    select(_user.id)
    .join_from(UserSession, User, _session.user_id == _user.id)
    .where(_session.id == bindparam("session_id"), _user.disabled_at.is_(None))
    .with_for_update(of=User)
)
_now = bindparam("now", type_=UtcDateTime)
_IN_FORCE = select(_session.id).where(
    _session.id == bindparam("session_id"),
    _session.ended_at.is_(None),
    _session.idle_ends_at > _now,
    _session.ends_at > _now,
)


def require_session(session: Session, *, session_id: UUID, at: datetime) -> None:
    """Call it first in a transaction that writes after another one: the guard's rights are old.

    It locks the account until the commit, so that whoever signs this browser out meanwhile
    comes before or after, never between. Raises `SignInRequiredError`.
    """
    values = {"session_id": session_id, "now": at}
    for statement in (_OWNER, _IN_FORCE):
        if session.execute(statement, values).first() is None:
            raise SignInRequiredError


def touch_session(session: Session, *, session_id: UUID, idle_minutes: int, at: datetime) -> None:
    """The reader is there: the idle time starts again."""
    idle_ends = at + timedelta(minutes=idle_minutes)
    session.connection().execute(
        _TOUCH, {"session_id": session_id, "at": at, "idle_ends": idle_ends}
    )


def end_session(session: Session, *, session_id: UUID, at: datetime) -> None:
    session.connection().execute(_END, {"session_id": session_id, "at": at})


def step_up(session: Session, *, session_id: UUID, at: datetime) -> str:
    """A second factor was shown again: a new token for the same session; the old one is dead."""
    token = new_token()
    values = {"session_id": session_id, "new_hash": token_hash(token), "at": at}
    session.connection().execute(_RENEW, values)
    return token


def end_other_sessions(session: Session, *, user_id: UUID, kept: UUID, at: datetime) -> int:
    """Every browser of an account but one; returns how many were signed in."""
    values = {"of_user": user_id, "kept": kept, "at": at}
    return session.connection().execute(_END_OTHERS, values).rowcount


def end_all_sessions(session: Session, *, user_id: UUID, at: datetime) -> int:
    """Every browser of an account; returns how many were signed in."""
    return session.connection().execute(_END_ALL, {"of_user": user_id, "at": at}).rowcount
