"""Passkeys of an account: made, used, named and removed.

What takes an answer spends its challenge whether it holds or not: a refusal is `None` and not an
error, so that the caller's transaction commits that.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.errors import NotFoundError
from portal.identity import authentication, ceremonies, enrolment, factors, history, queries
from portal.identity.ceremonies import Answer, RelyingParty
from portal.identity.factors import Change
from portal.identity.reproofing import KeptFactor
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.credential import CeremonyPurpose, Passkey, SecurityEventKind

_passkey = columns(Passkey)
_MAKING = (CeremonyPurpose.REGISTRATION, CeremonyPurpose.ENROLMENT)
_USE = (
    update(Passkey)
    .where(
        _passkey.id == bindparam("used"),
        # Again here, so that of two parallel signatures with one count only one is good.
        or_(
            _passkey.sign_count < bindparam("count"),
            and_(_passkey.sign_count == 0, bindparam("count") == 0),
        ),
    )
    .values(sign_count=bindparam("count"), last_used_at=bindparam("at", type_=UtcDateTime))
)


def passkeys_of(session: Session, *, user_id: UUID) -> list[Passkey]:
    """The oldest first."""
    statement = (
        select(Passkey)
        .where(_passkey.user_id == user_id)
        .order_by(_passkey.created_at, _passkey.id)
        .limit(factors.MOST)
    )
    return list(session.execute(statement).scalars())


def has_most(session: Session, *, user_id: UUID) -> bool:
    """Whether one more passkey would be one too many."""
    return len(passkeys_of(session, user_id=user_id)) >= factors.MOST


def passkey_of(session: Session, *, user_id: UUID, passkey_id: UUID) -> Passkey:
    """One passkey of that account. Raises `NotFoundError`, also for one of another."""
    found: Passkey | None = session.execute(
        select(Passkey).where(_passkey.id == passkey_id, _passkey.user_id == user_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError
    return found


def owner_of(session: Session, *, credential: str) -> User | None:
    """Whose passkey says to have signed this; nothing is proved yet."""
    passkey = _named_by(session, credential)
    return session.get(User, passkey.user_id) if passkey is not None else None


def offer(
    session: Session,
    *,
    party: RelyingParty,
    purpose: CeremonyPurpose,
    user: User | None,
    at: datetime,
) -> tuple[str, str]:
    """What the browser is asked, as JSON, and the token of the ceremony for its cookie.

    Without `user` any passkey of this portal may answer.
    """
    user_id = user.id if user is not None else None
    challenge, token = ceremonies.begin(session, purpose=purpose, user_id=user_id, at=at)
    known = passkeys_of(session, user_id=user.id) if user is not None else []
    if user is not None and purpose in _MAKING:
        return ceremonies.creation_options(party, challenge, user=user, excluded=known), token
    return ceremonies.request_options(party, challenge, allowed=known), token


def accept(
    session: Session,
    *,
    answer: Answer,
    purpose: CeremonyPurpose,
    user_id: UUID | None,
    at: datetime,
) -> Passkey | None:
    """The passkey that answered the challenge of this browser; with `user_id` only theirs."""
    challenge = ceremonies.take(
        session, token=answer.token, purpose=purpose, user_id=user_id, at=at
    )
    passkey = _named_by(session, answer.credential)
    if challenge is None or passkey is None or user_id not in (None, passkey.user_id):
        return None
    count = ceremonies.new_sign_count(
        answer, challenge, passkey=passkey, is_owner_known=user_id is not None
    )
    if count is None:
        return None
    values = {"used": passkey.id, "count": count, "at": at}
    return passkey if session.connection().execute(_USE, values).rowcount == 1 else None


def sign_in(
    session: Session,
    *,
    keys: KeyRing,
    answer: Answer,
    purpose: CeremonyPurpose,
    user: User,
    browser: authentication.Browser,
    at: datetime,
) -> str | None:
    """Start the session of a user whose passkey answered; returns its token.

    After the password (`SECOND_FACTOR`), or alone (`SIGN_IN`): the phone checked the finger, the
    face or its own code, so that a passkey is two factors.
    """
    user = authentication.locked(session, user)
    named = user.id if purpose is CeremonyPurpose.SECOND_FACTOR else None
    passkey = accept(session, answer=answer, purpose=purpose, user_id=named, at=at)
    if passkey is None or passkey.user_id != user.id or not queries.can_sign_in(user):
        return None
    return authentication.sign_in(session, keys=keys, user=user, browser=browser, at=at)


def register(
    session: Session,
    *,
    answer: Answer,
    purpose: CeremonyPurpose,
    user: User,
    name: str,
    at: datetime,
) -> Passkey | None:
    """A new passkey of that user; none when the answer does not hold or the key is known here."""
    challenge = ceremonies.take(
        session, token=answer.token, purpose=purpose, user_id=user.id, at=at
    )
    made = ceremonies.new_credential(answer, challenge) if challenge is not None else None
    if made is None:
        return None
    passkey = Passkey(
        user_id=user.id,
        name=name,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError:
        return None
    return passkey


def add(
    session: Session, *, keys: KeyRing, change: Change, answer: Answer, name: str
) -> Passkey | None:
    """One more passkey, from the account; its owner is told. Raises `NotFoundError` at `MOST`."""
    user = authentication.locked(session, session.get_one(User, change.user_id))
    # Counted behind the lock: of two that come for the last place one is too many.
    if has_most(session, user_id=user.id):
        raise NotFoundError
    purpose = CeremonyPurpose.REGISTRATION
    passkey = register(session, answer=answer, purpose=purpose, user=user, name=name, at=change.at)
    if passkey is not None:
        _note(session, keys, user, SecurityEventKind.PASSKEY_ADDED, change, passkey)
    return passkey


def enrol(
    session: Session,
    *,
    keys: KeyRing,
    answer: Answer,
    user: User,
    occasion: enrolment.Occasion,
    name: str,
    browser: authentication.Browser,
    at: datetime,
) -> str | None:
    """A passkey as the first factor; returns the session's token, raises as `complete`."""
    passkey = register(
        session, answer=answer, purpose=CeremonyPurpose.ENROLMENT, user=user, name=name, at=at
    )
    if passkey is None:
        return None
    kept = KeptFactor(passkey=passkey.id)
    return enrolment.complete(
        session, keys=keys, user=user, occasion=occasion, kept=kept, browser=browser, at=at
    )


def remove(session: Session, *, keys: KeyRing, change: Change, passkey_id: UUID) -> None:
    """From now on it opens nothing. Raises `NotFoundError` and `LastFactorError`."""
    user = factors.require_another(session, user_id=change.user_id, factor_id=passkey_id)
    # Read after the lock: of two parallel removals the second finds none.
    passkey = passkey_of(session, user_id=user.id, passkey_id=passkey_id)
    session.delete(passkey)
    _note(session, keys, user, SecurityEventKind.PASSKEY_REMOVED, change, passkey)
    session.flush()


def _note(
    session: Session,
    keys: KeyRing,
    user: User,
    kind: SecurityEventKind,
    change: Change,
    passkey: Passkey,
) -> None:
    history.record(
        session,
        keys=keys,
        user=user,
        kind=kind,
        at=change.at,
        user_agent=change.user_agent,
        detail=passkey.name,
    )


def _named_by(session: Session, credential: str) -> Passkey | None:
    credential_id = ceremonies.named_by(credential)
    if credential_id is None:
        return None
    return session.execute(
        select(Passkey).where(_passkey.credential_id == credential_id)
    ).scalar_one_or_none()
