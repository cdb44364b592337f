"""Signing in, in two steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.crypto import KeyRing, new_token, token_hash
from portal.errors import CredentialsRefusedError
from portal.identity import budget, history, paper_sheets, queries, recovery_codes, totp
from portal.models import columns
from portal.models.account import User, UserSession
from portal.models.credential import KnownDevice, SecurityEventKind, SignInChallenge

CHALLENGE_LASTS = timedelta(minutes=10)

_challenge = columns(SignInChallenge)
_known = columns(KnownDevice)
_session = columns(UserSession)


class Method(StrEnum):
    """A second factor that is typed."""

    APP = "app"
    SHEET = "sheet"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Browser:
    """What is known of the browser that signs in."""

    device_token: str
    user_agent: str


def begin_challenge(session: Session, *, user: User, at: datetime, next_path: str = "") -> str:
    """The password was right: a token for the next step."""
    token = new_token()
    session.add(
        SignInChallenge(
            token_hash=token_hash(token),
            user_id=user.id,
            next_path=next_path[:500],
            created_at=at,
            ends_at=at + CHALLENGE_LASTS,
        )
    )
    session.flush()
    return token


def pass_password(
    session: Session,
    *,
    user: User,
    renewed_hash: str | None,
    bucket: budget.Bucket,
    next_path: str,
    at: datetime,
) -> str:
    """After a right password: give back the charge, keep a renewed hash, begin the second step."""
    budget.refund(session, bucket=bucket)
    if renewed_hash is not None:
        user.password_hash = renewed_hash
        session.add(user)
    return begin_challenge(session, user=user, next_path=next_path, at=at)


def method_of(code: str) -> Method:
    """What a code is by its shape: 6 digits an app's, 8 the sheet's, anything else recovery."""
    digits = paper_sheets.plain(code)
    if not (digits.isascii() and digits.isdigit()):
        return Method.RECOVERY
    if len(digits) == paper_sheets.DIGITS:
        return Method.SHEET
    # A recovery code may happen to have digits only.
    return Method.APP if len(digits) < paper_sheets.DIGITS else Method.RECOVERY


def accept_factor(
    session: Session,
    *,
    keys: KeyRing,
    user: User,
    code: str,
    at: datetime,
    allowed: frozenset[Method] = frozenset(Method),
    user_agent: str = "",
) -> Method:
    """Use up one typed second factor of that account; returns which it was.

    For every page that asks one: sign-in, a new password by mail, step-up (without recovery
    codes). Lock the account before (`locked`). Raises `CredentialsRefusedError`.
    """
    method = method_of(code)
    if method not in allowed:
        raise CredentialsRefusedError
    if method is Method.APP:
        digits = paper_sheets.plain(code)
        totp.accept_code(session, keys=keys, user_id=user.id, code=digits, at=at)
    elif method is Method.SHEET:
        paper_sheets.accept_sheet_code(session, keys=keys, user_id=user.id, code=code, at=at)
    else:
        recovery_codes.accept_recovery_code(session, keys=keys, user_id=user.id, code=code, at=at)
        kind = SecurityEventKind.RECOVERY_CODE_USED
        history.record(session, keys=keys, user=user, kind=kind, at=at, user_agent=user_agent)
    return method


def pass_code(
    session: Session, *, keys: KeyRing, user: User, code: str, browser: Browser, at: datetime
) -> str:
    """Check the second factor and start the session; returns its token.

    Raises `CredentialsRefusedError`.
    """
    user = locked(session, user)
    if not queries.can_sign_in(user):
        raise CredentialsRefusedError
    agent = browser.user_agent
    accept_factor(session, keys=keys, user=user, code=code, at=at, user_agent=agent)
    return sign_in(session, keys=keys, user=user, browser=browser, at=at)


def sign_in(session: Session, *, keys: KeyRing, user: User, browser: Browser, at: datetime) -> str:
    """Both factors were right, whatever they were; returns the token of the new session.

    Every way in calls it once, after `locked`: code, passkey, new password by mail. It writes the
    line of the history, and the mail when the browser is new to an account that was used before.
    """
    is_new = _is_new_browser(session, user=user, browser=browser)
    kind = SecurityEventKind.SIGNED_IN_NEW_DEVICE if is_new else SecurityEventKind.SIGNED_IN
    history.record(session, keys=keys, user=user, kind=kind, at=at, user_agent=browser.user_agent)
    row, token = start(session, user=user, browser=browser, at=at)
    recovery_codes.hand_over_codes(session, keys=keys, to=row)
    return token


def end_challenge(session: Session, *, challenge: SignInChallenge, at: datetime) -> None:
    """The step is done; those that nobody finished go with it."""
    session.connection().execute(
        delete(SignInChallenge).where(
            _challenge.user_id == challenge.user_id,
            or_(_challenge.id == challenge.id, _challenge.ends_at <= at),
        )
    )


def locked(session: Session, user: User) -> User:
    """The account as it is now, until the commit."""
    return session.get_one(User, user.id, with_for_update=True, populate_existing=True)


def start(
    session: Session, *, user: User, browser: Browser, at: datetime
) -> tuple[UserSession, str]:
    """A signed-in browser, known from now on; returns its session and token.

    Without a line in the history: ways in call `sign_in`, enrolment has a line of its own.
    """
    known = token_hash(browser.device_token)
    session.merge(KnownDevice(user_id=user.id, token_hash=known, created_at=at))
    return start_session(
        session,
        user_id=user.id,
        is_staff=queries.is_staff(session, user),
        user_agent=browser.user_agent,
        at=at,
    )


def _is_new_browser(session: Session, *, user: User, browser: Browser) -> bool:
    """Never used with this account, while another one was: the first of all alarms nobody."""
    if session.get(KnownDevice, (user.id, token_hash(browser.device_token))) is not None:
        return False
    return _was_used(session, user.id)


def _was_used(session: Session, user_id: UUID) -> bool:
    statement = select(
        or_(
            exists().where(_known.user_id == user_id),
            exists().where(_session.user_id == user_id),
        )
    )
    return bool(session.execute(statement).scalar_one())
