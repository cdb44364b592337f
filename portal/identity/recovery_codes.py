"""Ten printed recovery codes of 80 bits, each good once."""

import json
import secrets
from base64 import b32encode
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import Session

from portal.crypto import Cell, KeyRing
from portal.errors import CredentialsRefusedError
from portal.models import columns
from portal.models.account import UserSession
from portal.models.credential import RecoveryCode

HOW_MANY = 10
_BYTES = 10
_LOOKALIKES = str.maketrans("018", "OIB")

_code = columns(RecoveryCode)
_session = columns(UserSession)
_USE = (
    update(RecoveryCode)
    .where(
        _code.user_id == bindparam("of_user"),
        _code.code_digest == bindparam("digest"),
        _code.used_at.is_(None),
    )
    .values(used_at=bindparam("at"))
)

_FORGET_SHOWN = (
    update(UserSession)
    .where(_session.user_id == bindparam("of_user"), _session.recovery_codes_sealed.is_not(None))
    .values(recovery_codes_sealed=None)
)


def renew_codes(session: Session, *, keys: KeyRing, user_id: UUID, at: datetime) -> list[str]:
    """Replace all codes of an account; the plain codes exist only in the answer."""
    session.connection().execute(delete(RecoveryCode).where(_code.user_id == user_id))
    codes = [_new_code() for _ in range(HOW_MANY)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_digest=_digest(keys, user_id, code), created_at=at)
        for code in codes
    )
    session.flush()
    return codes


def accept_recovery_code(
    session: Session, *, keys: KeyRing, user_id: UUID, code: str, at: datetime
) -> None:
    """Use up one code, in one statement. Raises `CredentialsRefusedError`."""
    values = {"of_user": user_id, "digest": _digest(keys, user_id, code), "at": at}
    if session.connection().execute(_USE, values).rowcount != 1:
        raise CredentialsRefusedError


def keep_until_noted(row: UserSession, *, keys: KeyRing, codes: list[str]) -> None:
    """Seal the new codes into the session, so that a lost answer or a reload shows them again."""
    row.recovery_codes_sealed = keys.seal(json.dumps(codes).encode(), _cell(row.id))


def renew_in(session: Session, *, keys: KeyRing, row: UserSession, at: datetime) -> None:
    """Ten new codes for the reader of that session, shown there until noted; the old ones die."""
    session.connection().execute(_FORGET_SHOWN, {"of_user": row.user_id})
    codes = renew_codes(session, keys=keys, user_id=row.user_id, at=at)
    keep_until_noted(row, keys=keys, codes=codes)
    session.add(row)
    session.flush()


def hand_over_codes(session: Session, *, keys: KeyRing, to: UserSession) -> None:
    """Codes that nobody noted yet go on with the reader's newest session, and only there."""
    statement = select(UserSession).where(
        _session.user_id == to.user_id,
        _session.id != to.id,
        _session.recovery_codes_sealed.is_not(None),
    )
    for before in session.execute(statement).scalars().all():
        keep_until_noted(to, keys=keys, codes=codes_to_note(before, keys=keys))
        before.recovery_codes_sealed = None
        session.add_all((before, to))


def codes_to_note(row: UserSession, *, keys: KeyRing) -> list[str]:
    """The codes that the reader has not yet said to have kept."""
    if row.recovery_codes_sealed is None:
        return []
    codes: list[str] = json.loads(keys.open(row.recovery_codes_sealed, _cell(row.id)))
    return codes


def made_at(session: Session, *, user_id: UUID) -> datetime | None:
    """When the codes of an account were made: all of them at once."""
    statement = select(_code.created_at).where(_code.user_id == user_id).limit(1)
    at: datetime | None = session.execute(statement).scalar()
    return at


def plain(code: str) -> str:
    """As it was printed, whatever the case, the spaces, and 0 for O, 1 for I, 8 for B."""
    return "".join(code.split()).replace("-", "").upper().translate(_LOOKALIKES)


def _new_code() -> str:
    text = b32encode(secrets.token_bytes(_BYTES)).decode()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def _digest(keys: KeyRing, user_id: UUID, code: str) -> bytes:
    return keys.hmac(f"recovery:{user_id}", plain(code))


def _cell(session_id: UUID) -> Cell:
    return Cell("user_session", "recovery_codes_sealed", session_id)
