"""The way back after everything was lost: a new password, worth nothing until a fresh factor is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, update
from sqlmodel import Session

from portal.access.sessions import end_all_sessions
from portal.crypto import KeyRing, token_hash
from portal.errors import ReproofingError
from portal.identity import email_changes, password_resets, short_codes
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.credential import (
    KnownDevice,
    PaperCode,
    PaperSheet,
    Passkey,
    RecoveryCode,
    Reproofing,
    SignInChallenge,
    TotpDevice,
)

TICKET_LASTS = timedelta(hours=1)
"""After the short code, so that it is not typed again at each step."""
NONE = UUID(int=0)
"""The id of no row."""

_request = columns(Reproofing)
_user = columns(User)
_sheet = columns(PaperSheet)
_paper_code = columns(PaperCode)
_at = bindparam("at", type_=UtcDateTime)


def is_open() -> tuple[ColumnElement[bool], ...]:
    """Neither over nor out of time at the bound instant `at`."""
    return (
        _request.cancelled_at.is_(None),
        _request.completed_at.is_(None),
        _request.ends_at > _at,
    )


_usable = (*is_open(), _request.ready_at <= _at)
_CONFIRMED = (
    select(Reproofing)
    .join_from(Reproofing, User, _user.id == _request.user_id)
    .where(*is_open(), _request.confirmed_at.is_not(None), _user.disabled_at.is_(None))
)
_CHOOSE = (
    update(Reproofing)
    .where(_request.id == bindparam("request"), *_usable)
    .values(password_hash=bindparam("chosen"))
)
_COMPLETE = (
    update(Reproofing).where(_request.id == bindparam("request"), *_usable).values(completed_at=_at)
)


@dataclass(frozen=True, slots=True)
class KeptFactor:
    """The factor that was confirmed just now: exactly one of the ids."""

    device: UUID | None = None
    passkey: UUID | None = None
    sheet: UUID | None = None


def code_digest(keys: KeyRing, code: str) -> bytes:
    return keys.hmac("renewal code", short_codes.plain(code))


def request_of_token(session: Session, *, token: str, at: datetime) -> Reproofing:
    """A confirmed request, perhaps not ready yet.

    Raises `ReproofingError`, the same for an unknown link and for a request that is over.
    """
    return _found(session, _request.token_hash == token_hash(token), at)


def request_of_code(
    session: Session, *, keys: KeyRing, name: str, code: str, at: datetime
) -> Reproofing:
    """The code opens only with the name that it was made for. Raises as `request_of_token`."""
    is_named = or_(_user.email == name, _user.username == name)
    return _found(session, and_(_request.code_digest == code_digest(keys, code), is_named), at)


def is_ready(request: Reproofing, at: datetime) -> bool:
    """Whether the delay is over: from that very second on."""
    return request.ready_at is not None and request.ready_at <= at


def ticket_of(request: Reproofing, *, keys: KeyRing, at: datetime) -> str:
    """For a cookie: this browser typed the right code. Dead once another code is printed."""
    ends = str(int((at + TICKET_LASTS).timestamp()))
    return f"{request.id.hex}.{ends}.{_seal(keys, request, ends)}"


def request_of_ticket(session: Session, *, keys: KeyRing, ticket: str, at: datetime) -> Reproofing:
    """Raises as `request_of_token`."""
    try:
        hexadecimal, ends, seal = ticket.split(".")
        request_id, ends_at = UUID(hexadecimal), int(ends)
    except ValueError:
        raise ReproofingError("over") from None
    found = _found(session, _request.id == request_id, at)
    if ends_at <= at.timestamp() or not compare_digest(
        seal.encode(), _seal(keys, found, ends).encode()
    ):
        raise ReproofingError("over")
    return found


def choose_password(
    session: Session, *, request: Reproofing, password_hash: str, at: datetime
) -> None:
    """Keep it aside: the old one stays in force until `complete`. Raises `ReproofingError`."""
    values = {"request": request.id, "chosen": password_hash, "at": at}
    if session.connection().execute(_CHOOSE, values).rowcount != 1:
        raise ReproofingError("over")


def complete(session: Session, *, request: Reproofing, kept: KeptFactor, at: datetime) -> None:
    """The fresh factor is confirmed: everything older ends, once, and the new password holds.

    Raises `ReproofingError` when the request was cancelled, used, or is not ready.
    """
    if session.connection().execute(_COMPLETE, {"request": request.id, "at": at}).rowcount != 1:
        raise ReproofingError("over")
    fresh = session.get_one(Reproofing, request.id, populate_existing=True)
    user = session.get_one(User, fresh.user_id)
    if fresh.password_hash is not None:
        user.password_hash, fresh.password_hash = fresh.password_hash, None
        session.add_all((user, fresh))
        session.flush()
    end_all_sessions(session, user_id=user.id, at=at)
    forget_factors(session, user_id=user.id, kept=kept)
    _end_what_was_begun(session, user_id=user.id, at=at)


def forget_factors(session: Session, *, user_id: UUID, kept: KeptFactor) -> None:
    """Every app, passkey and sheet but the one just confirmed, all recovery codes and browsers."""
    connection = session.connection()
    others = select(_sheet.id).where(_sheet.user_id == user_id, _sheet.id != (kept.sheet or NONE))
    connection.execute(delete(PaperCode).where(_paper_code.sheet_id.in_(others)))
    factors = ((TotpDevice, kept.device), (Passkey, kept.passkey), (PaperSheet, kept.sheet))
    for table, kept_id in factors:
        row = columns(table)
        connection.execute(delete(table).where(row.user_id == user_id, row.id != (kept_id or NONE)))
    for rest in (RecoveryCode, KnownDevice):
        connection.execute(delete(rest).where(columns(rest).user_id == user_id))


def _end_what_was_begun(session: Session, *, user_id: UUID, at: datetime) -> None:
    """Whoever held the account before may have asked for a new address or a new password."""
    email_changes.withdraw(session, user_id=user_id, at=at)
    password_resets.withdraw(session, user_id=user_id, at=at)
    challenges = columns(SignInChallenge)
    session.connection().execute(delete(SignInChallenge).where(challenges.user_id == user_id))


def _found(session: Session, is_it: ColumnElement[bool], at: datetime) -> Reproofing:
    statement: Any = _CONFIRMED.where(is_it)
    found: Reproofing | None = session.execute(statement, {"at": at}).scalar_one_or_none()
    if found is None:
        raise ReproofingError("over")
    return found


def _seal(keys: KeyRing, request: Reproofing, ends: str) -> str:
    code = (request.code_digest or b"").hex()
    return keys.hmac("renewal ticket", f"{request.id.hex}.{ends}.{code}").hex()
