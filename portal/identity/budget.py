"""The sign-in budget: 5 failures in 15 minutes over both steps, then a wait that doubles."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, case, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from portal.crypto import KeyRing, token_hash
from portal.errors import SignInBlockedError
from portal.identity import history, queries
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.credential import KnownDevice, SecurityEventKind, SignInBudget

FAILURES = 5
WINDOW = timedelta(minutes=15)
WAITS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))
STRIKES_FORGOTTEN_AFTER = timedelta(hours=24)
_STRANGERS = b"other devices"
_LINK = b"mailed links"
_JUST_SPENT = "budget spent by this request"

_budget = columns(SignInBudget)
_user = columns(User)
_known = columns(KnownDevice)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One row: this account, tried from this known device or from any other."""

    account: bytes
    device: bytes
    owner: UUID | None = None
    """Whose account it is; nobody's when the name has none."""

    def as_values(self) -> dict[str, bytes]:
        return {"account_digest": self.account, "device_digest": self.device}


def bucket_of(session: Session, *, keys: KeyRing, name: str, device_token: str) -> Bucket:
    """A known device has its own budget: a stranger's failures do not lock it out.

    Address and user name of one account share a budget; an unknown name has one too.
    """
    is_known_device = and_(
        _known.user_id == _user.id, _known.token_hash == token_hash(device_token)
    )
    found = session.execute(
        select(_user.id, _known.user_id.label("known"))
        .join_from(User, KnownDevice, is_known_device, isouter=True)
        .where(or_(_user.email == name, _user.username == name))
    ).first()
    owner = found.id if found is not None else None
    is_known = found is not None and found.known is not None
    return Bucket(
        account=keys.hmac("sign-in budget", str(owner or name)),
        device=token_hash(device_token) if is_known else _STRANGERS,
        owner=owner,
    )


def bucket_of_link(*, keys: KeyRing, user_id: UUID) -> Bucket:
    """Whoever holds a link that was mailed to the owner is no stranger, and has their own budget.

    A way in for the owner, on a new device too, while strangers spend theirs. One for all links:
    who reads the mail of somebody else has no more tries than a stranger.
    """
    return Bucket(keys.hmac("sign-in budget", str(user_id)), _LINK, user_id)


def charge(session: Session, *, bucket: Bucket, at: datetime) -> None:
    """Count a failure before the attempt is judged. Raises `SignInBlockedError`.

    One statement, so that any number of parallel attempts share one budget.
    """
    _forget_old(session, at)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    window_over = _budget.window_started_at <= bindparam("window_start", type_=UtcDateTime)
    failures = case((window_over, 1), else_=_budget.failures + 1)
    forgotten = _budget.window_started_at <= bindparam("forgotten", type_=UtcDateTime)
    strikes = case((forgotten, 0), else_=_budget.strikes)
    spent = failures >= FAILURES
    statement = (
        insert(SignInBudget)
        .values(**bucket.as_values(), failures=1, strikes=0, window_started_at=at)
        .on_conflict_do_update(
            index_elements=["account_digest", "device_digest"],
            set_={
                "failures": failures,
                "strikes": strikes + case((spent, 1), else_=0),
                "window_started_at": case((window_over, at), else_=_budget.window_started_at),
                "blocked_until": case((spent, _wait_after(strikes, at)), else_=None),
            },
            where=or_(_budget.blocked_until.is_(None), _budget.blocked_until <= at),
        )
        .returning(_budget.blocked_until)
    )
    values = {"window_start": at - WINDOW, "forgotten": at - STRIKES_FORGOTTEN_AFTER}
    charged = session.connection().execute(statement, values).first()
    if charged is None:
        wait = _blocked_until(session, bucket) - at
        raise SignInBlockedError(wait, has_other_ways=bucket.device == _STRANGERS)
    if charged.blocked_until is not None and bucket.device in (_STRANGERS, _LINK):
        session.info[_JUST_SPENT] = bucket.owner


def is_just_spent(session: Session) -> bool:
    """Whether this request spent what others than the owner's devices had: the owner is told."""
    return _JUST_SPENT in session.info


def tell_owner(session: Session, *, keys: KeyRing, user_agent: str, at: datetime) -> None:
    """One line and one mail for each time that sign-in is paused, whatever is tried after."""
    owner = session.info.pop(_JUST_SPENT, None)
    user = session.get(User, owner) if owner is not None else None
    if user is None or not queries.can_sign_in(user):
        return
    kind = SecurityEventKind.SIGN_IN_BLOCKED
    history.record(session, keys=keys, user=user, kind=kind, user_agent=user_agent, at=at)


def _forget_old(session: Session, at: datetime) -> None:
    """Invented addresses leave rows too: none stays for more than two days."""
    session.connection().execute(
        delete(SignInBudget).where(_budget.window_started_at < at - 2 * STRIKES_FORGOTTEN_AFTER)
    )


def refund(session: Session, *, bucket: Bucket) -> None:
    """The attempt was right: take back its own charge only, never the failures before it."""
    session.connection().execute(
        update(SignInBudget)
        .where(_budget.account_digest == bucket.account, _budget.device_digest == bucket.device)
        .values(
            failures=case((_budget.failures > 0, _budget.failures - 1), else_=0),
            strikes=case(
                (_budget.blocked_until.is_not(None), _budget.strikes - 1), else_=_budget.strikes
            ),
            blocked_until=None,
        )
    )


def _wait_after(strikes: object, at: datetime) -> object:
    waits = [(strikes == number, at + wait) for number, wait in enumerate(WAITS[:-1])]
    instants = [(test, literal(until, UtcDateTime)) for test, until in waits]
    return case(*instants, else_=literal(at + WAITS[-1], UtcDateTime))  # type: ignore[arg-type]


def _blocked_until(session: Session, bucket: Bucket) -> datetime:
    until: datetime = session.execute(
        select(_budget.blocked_until).where(
            _budget.account_digest == bucket.account, _budget.device_digest == bucket.device
        )
    ).scalar_one()
    return until
