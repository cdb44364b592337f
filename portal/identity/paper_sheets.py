"""The printed sheet of numbered codes: the second factor of somebody without a smartphone."""

import json
import re
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlmodel import Session

from portal.crypto import Cell, KeyRing
from portal.errors import CredentialsRefusedError
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.credential import PaperCode, PaperSheet

HOW_MANY = 40
DIGITS = 8
"""Of 10^8 codes an attacker, who has the password, tries five a quarter of an hour."""
RUNS_OUT_AT = 8
"""From this many codes left on, a new sheet is proposed after signing in; that can wait."""
CANNOT_WAIT_AT = 3

_sheet = columns(PaperSheet)
_code = columns(PaperCode)
_is_in_use = (
    exists()
    .where(_sheet.id == _code.sheet_id, _sheet.confirmed_at.is_not(None), _sheet.ended_at.is_(None))
    .correlate(PaperCode.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
)
# One statement uses a code up: of any number of parallel uses, one finds it unused.
_USE = (
    update(PaperCode)
    .where(
        _code.sheet_id == bindparam("of_sheet"),
        _code.number == bindparam("asked"),
        _code.code_digest == bindparam("digest"),
        _code.used_at.is_(None),
    )
    .values(used_at=bindparam("at", type_=UtcDateTime))
)
_USE_TO_SIGN_IN = _USE.where(_is_in_use)
_ASKED = (
    select(_sheet.id, func.min(_code.number).label("number"))
    .join_from(PaperSheet, PaperCode, _code.sheet_id == _sheet.id)
    .where(
        _sheet.user_id == bindparam("of_user"),
        _sheet.confirmed_at.is_not(None),
        _sheet.ended_at.is_(None),
        _code.used_at.is_(None),
    )
    .group_by(_sheet.id, _sheet.created_at)
    .order_by(_sheet.created_at.desc())
    .limit(1)
)


def new_sheet(session: Session, *, keys: KeyRing, user_id: UUID, at: datetime) -> PaperSheet:
    """A sheet that opens nothing until a code of it was typed; it takes the place of another such.

    The sheet in use stays good until then.
    """
    forget_pending(session, user_id=user_id)
    sheet = PaperSheet(user_id=user_id, created_at=at)
    codes = [f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}" for _ in range(HOW_MANY)]
    sheet.codes_sealed = keys.seal(json.dumps(codes).encode(), _cell(sheet.id))
    session.add(sheet)
    session.flush()
    session.add_all(
        PaperCode(
            sheet_id=sheet.id, number=number, code_digest=_digest(keys, sheet.id, number, code)
        )
        for number, code in enumerate(codes, start=1)
    )
    session.flush()
    return sheet


def pending_sheet(session: Session, user_id: UUID) -> PaperSheet | None:
    """The sheet that was printed, and of which no code was typed yet."""
    return session.execute(
        select(PaperSheet)
        .where(_sheet.user_id == user_id, _sheet.confirmed_at.is_(None))
        .order_by(_sheet.created_at.desc())
        .limit(1)
    ).scalar_one_or_none()


def codes_of(sheet: PaperSheet, *, keys: KeyRing) -> list[str]:
    """All codes in their order, in groups of four digits; none once the sheet is in hand."""
    if sheet.codes_sealed is None:
        return []
    codes: list[str] = json.loads(keys.open(sheet.codes_sealed, _cell(sheet.id)))
    return [f"{code[:4]} {code[4:]}" for code in codes]


def confirm_sheet(
    session: Session, *, keys: KeyRing, sheet: PaperSheet, code: str, at: datetime
) -> None:
    """Code n° 1 proves that the sheet is in hand and uses that code up; older sheets end.

    From then on nobody can read the codes. Raises `CredentialsRefusedError`.
    """
    if not _used(session, keys=keys, statement=_USE, sheet_id=sheet.id, number=1, code=code, at=at):
        raise CredentialsRefusedError
    connection = session.connection()
    others = select(_sheet.id).where(_sheet.user_id == sheet.user_id, _sheet.id != sheet.id)
    connection.execute(delete(PaperCode).where(_code.sheet_id.in_(others)))
    connection.execute(
        update(PaperSheet)
        .where(
            _sheet.user_id == sheet.user_id, _sheet.id != sheet.id, _sheet.confirmed_at.is_not(None)
        )
        .values(ended_at=func.coalesce(_sheet.ended_at, at))
    )
    sheet.confirmed_at, sheet.codes_sealed = at, None
    session.add(sheet)
    session.flush()


def accept_sheet_code(
    session: Session, *, keys: KeyRing, user_id: UUID, code: str, at: datetime
) -> None:
    """Use up the code that is asked for, and no other. Raises `CredentialsRefusedError`."""
    asked = session.execute(_ASKED, {"of_user": user_id}).first()
    if asked is None or not _used(
        session,
        keys=keys,
        statement=_USE_TO_SIGN_IN,
        sheet_id=asked.id,
        number=int(asked.number),
        code=code,
        at=at,
    ):
        raise CredentialsRefusedError


def remove_sheet(session: Session, *, sheet_id: UUID, at: datetime) -> None:
    """End it, and forget its codes."""
    connection = session.connection()
    connection.execute(delete(PaperCode).where(_code.sheet_id == sheet_id))
    connection.execute(
        update(PaperSheet)
        .where(_sheet.id == sheet_id, _sheet.ended_at.is_(None))
        .values(ended_at=at, codes_sealed=None)
    )


def forget_pending(session: Session, *, user_id: UUID) -> None:
    """Sheets of which no code was typed."""
    pending = select(_sheet.id).where(_sheet.user_id == user_id, _sheet.confirmed_at.is_(None))
    connection = session.connection()
    connection.execute(delete(PaperCode).where(_code.sheet_id.in_(pending)))
    connection.execute(
        delete(PaperSheet).where(_sheet.user_id == user_id, _sheet.confirmed_at.is_(None))
    )


def plain(code: str) -> str:
    """The digits alone: blanks, dashes and dots do not matter."""
    return re.sub(r"[\s.\-\u2010-\u2015]", "", code)


def _used(
    session: Session,
    *,
    keys: KeyRing,
    statement: object,
    sheet_id: UUID,
    number: int,
    code: str,
    at: datetime,
) -> bool:
    digest = _digest(keys, sheet_id, number, plain(code))
    values = {"of_sheet": sheet_id, "asked": number, "digest": digest, "at": at}
    return session.connection().execute(statement, values).rowcount == 1  # type: ignore[call-overload,no-any-return]


def _digest(keys: KeyRing, sheet_id: UUID, number: int, code: str) -> bytes:
    return keys.hmac(f"paper:{sheet_id}", f"{number}:{code}")


def _cell(sheet_id: UUID) -> Cell:
    return Cell("paper_sheet", "codes_sealed", sheet_id)
