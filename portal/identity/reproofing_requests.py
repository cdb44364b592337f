"""Opening, confirming and stopping a way back: two members of staff, and a delay."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, func, or_, select, update
from sqlmodel import Session

from portal.crypto import KeyRing, new_token, token_hash
from portal.errors import ReproofingError
from portal.identity import history, reproofing_letters, short_codes
from portal.identity.authentication import locked
from portal.identity.reproofing import code_digest, is_open
from portal.identity.reproofing_confirmers import obstacle
from portal.identity.reproofing_scope import Staff, account_chosen
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.credential import (
    IdentityDocument,
    Reproofing,
    SecurityEventKind,
    SignInChallenge,
)

CONFIRM_WITHIN = timedelta(days=7)
DELAY = timedelta(hours=24)
"""In which the owner, told on every channel, can stop it."""
USABLE_FOR = timedelta(days=14)
MAX_OPENINGS = 2
"""For one account in `OPENINGS_WITHIN`: the owner stops one with each, and is not worn down."""
OPENINGS_WITHIN = timedelta(hours=24)

_request = columns(Reproofing)
_user = columns(User)
_challenge = columns(SignInChallenge)
_at = bindparam("at", type_=UtcDateTime)
_by = bindparam("by", type_=Uuid)
_open_accounts = select(_user.id).where(_user.disabled_at.is_(None))
_OPENINGS = select(func.count()).where(
    _request.user_id == bindparam("of_user", type_=Uuid),
    _request.opened_at > bindparam("since", type_=UtcDateTime),
)


_CONFIRM = (
    update(Reproofing)
    .where(
        _request.id == bindparam("request"),
        *is_open(),
        _request.confirmed_at.is_(None),
        _request.opened_by != _by,
        _request.user_id != _by,
        _request.opened_by.in_(_open_accounts),
        _request.user_id.in_(_open_accounts),
    )
    .values(
        confirmed_by=_by,
        confirmed_at=_at,
        ready_at=bindparam("ready"),
        ends_at=bindparam("ends"),
        token_hash=bindparam("token"),
        code_digest=bindparam("code"),
        cancel_hash=bindparam("cancel"),
    )
)
_REPRINT = (
    update(Reproofing)
    .where(
        _request.id == bindparam("request"),
        *is_open(),
        _request.confirmed_at.is_not(None),
        or_(_request.opened_by == _by, _request.confirmed_by == _by),
    )
    .values(token_hash=bindparam("token"), code_digest=bindparam("code"))
)
_CANCEL = (
    update(Reproofing)
    .where(_request.id == bindparam("request"), *is_open())
    .values(cancelled_at=_at, cancelled_by=_by, password_hash=None)
)


@dataclass(frozen=True, slots=True)
class WayBack:
    """What the person is handed on paper. It is nowhere else in clear."""

    token: str
    code: str


def open_request(
    session: Session,
    *,
    keys: KeyRing,
    user: User,
    document: IdentityDocument,
    staff: Staff,
    at: datetime,
) -> Reproofing:
    """The first of two: they met the person. Raises `ReproofingError`.

    `user` is within the reach of `staff`: see `reproofing_scope`.
    """
    if user.id == staff.id:
        raise ReproofingError("not_yours")
    user = locked(session, user)
    if _open_request_of(session, user_id=user.id, at=at) is not None:
        raise ReproofingError("already_open")
    values = {"of_user": user.id, "since": at - OPENINGS_WITHIN}
    if session.execute(_OPENINGS, values).scalar_one() >= MAX_OPENINGS:
        raise ReproofingError("too_often")
    row = Reproofing(
        user_id=user.id,
        document=document,
        opened_by=staff.id,
        opened_at=at,
        ends_at=at + CONFIRM_WITHIN,
    )
    session.add(row)
    session.flush()
    kind = SecurityEventKind.REPROOFING_OPENED
    history.record(session, keys=keys, user=user, kind=kind, at=at, detail=staff.name)
    return row


def confirm(
    session: Session, *, keys: KeyRing, request_id: UUID, staff: Staff, at: datetime
) -> WayBack:
    """The second of two, another person: the delay begins, and the owner is told at once.

    Raises `ReproofingError` when `staff` opened it or does not reach the account, when only an
    operator can confirm it (see `reproofing_confirmers`), and when it was confirmed or ended
    meanwhile.
    """
    _require_reach(session, request_id=request_id, staff=staff, at=at)
    _require_no_obstacle(session, request_id=request_id, staff=staff, at=at)
    way, cancel_token = _new_way(), new_token()
    ready_at = at + DELAY
    values = {
        "request": request_id,
        "by": staff.id,
        "at": at,
        "ready": ready_at,
        "ends": ready_at + USABLE_FOR,
        "token": token_hash(way.token),
        "code": code_digest(keys, way.code),
        "cancel": token_hash(cancel_token),
    }
    if session.connection().execute(_CONFIRM, values).rowcount != 1:
        raise ReproofingError("over")
    row, user = _fresh(session, request_id)
    kind = SecurityEventKind.REPROOFING_CONFIRMED
    history.record(session, keys=keys, user=user, kind=kind, at=at, detail=staff.name)
    reproofing_letters.post_confirmed(
        session, keys=keys, row=row, user=user, cancel_token=cancel_token, at=at
    )
    reproofing_letters.post_ready(session, keys=keys, row=row, user=user, at=at)
    return way


def print_again(
    session: Session, *, keys: KeyRing, request_id: UUID, staff: Staff, at: datetime
) -> WayBack:
    """A new link and a new code; the old ones are dead, and the owner is told who printed.

    Only for the two who opened and confirmed it, while they reach the account. Raises
    `ReproofingError`.
    """
    _require_reach(session, request_id=request_id, staff=staff, at=at)
    way = _new_way()
    values = {
        "request": request_id,
        "by": staff.id,
        "at": at,
        "token": token_hash(way.token),
        "code": code_digest(keys, way.code),
    }
    if session.connection().execute(_REPRINT, values).rowcount != 1:
        raise ReproofingError("over")
    row, user = _fresh(session, request_id)
    _end_what_was_begun(session, row=row)
    kind = SecurityEventKind.REPROOFING_PRINTED
    history.record(session, keys=keys, user=user, kind=kind, at=at, detail=staff.name)
    return way


def cancel(
    session: Session, *, keys: KeyRing, request_id: UUID, staff: Staff, at: datetime
) -> None:
    """By staff. Raises `ReproofingError` when it is over already."""
    _cancel(session, keys=keys, request_id=request_id, by=staff.id, name=staff.name, at=at)


def cancel_own(session: Session, *, keys: KeyRing, user_id: UUID, at: datetime) -> bool:
    """By the owner, signed in; whether there was something to stop."""
    row = _open_request_of(session, user_id=user_id, at=at)
    if row is None:
        return False
    _cancel(session, keys=keys, request_id=row.id, by=user_id, at=at)
    return True


def cancel_by_link(session: Session, *, keys: KeyRing, token: str, at: datetime) -> None:
    """By whoever reads the owner's mail. Raises `ReproofingError`."""
    row = request_to_stop(session, token=token, at=at)
    _cancel(session, keys=keys, request_id=row.id, by=None, at=at)


def request_to_stop(session: Session, *, token: str, at: datetime) -> Reproofing:
    """Raises `ReproofingError`, the same for an unknown link and for a request that is over."""
    statement = select(Reproofing).where(_request.cancel_hash == bindparam("hash"), *is_open())
    values = {"hash": token_hash(token), "at": at}
    found: Reproofing | None = session.execute(statement, values).scalar_one_or_none()
    if found is None:
        raise ReproofingError("over")
    return found


def _require_reach(session: Session, *, request_id: UUID, staff: Staff, at: datetime) -> None:
    """Again in the transaction that acts: who opened it may have left the organization since."""
    if not staff.is_operator:
        account_id = session.get_one(Reproofing, request_id).user_id
        account_chosen(session, staff=staff, account_id=account_id, at=at)


def _cancel(
    session: Session,
    *,
    keys: KeyRing,
    request_id: UUID,
    by: UUID | None,
    at: datetime,
    name: str = "",
) -> None:
    values = {"request": request_id, "by": by, "at": at}
    if session.connection().execute(_CANCEL, values).rowcount != 1:
        raise ReproofingError("over")
    row, user = _fresh(session, request_id)
    _end_what_was_begun(session, row=row)
    reproofing_letters.withdraw(session, row=row, at=at)
    kind = SecurityEventKind.REPROOFING_CANCELLED
    history.record(session, keys=keys, user=user, kind=kind, at=at, detail=name)


def _require_no_obstacle(session: Session, *, request_id: UUID, staff: Staff, at: datetime) -> None:
    row = session.get_one(Reproofing, request_id)
    found = obstacle(session, account_id=row.user_id, opened_by=row.opened_by, staff=staff, at=at)
    if found is not None:
        raise ReproofingError(found.value)


def _end_what_was_begun(session: Session, *, row: Reproofing) -> None:
    """With the sheet that is no longer good."""
    session.connection().execute(delete(SignInChallenge).where(_challenge.reproofing_id == row.id))


def _open_request_of(session: Session, *, user_id: UUID, at: datetime) -> Reproofing | None:
    statement = select(Reproofing).where(_request.user_id == bindparam("of_user"), *is_open())
    return session.execute(statement, {"of_user": user_id, "at": at}).scalars().first()


def _fresh(session: Session, request_id: UUID) -> tuple[Reproofing, User]:
    row = session.get_one(Reproofing, request_id, populate_existing=True)
    return row, session.get_one(User, row.user_id)


def _new_way() -> WayBack:
    return WayBack(token=new_token(), code=short_codes.new_code())
