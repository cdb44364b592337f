"""What protects an account besides the password, and what must stay of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, delete, func, literal, null, select, update
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.errors import LastFactorError, NotFoundError
from portal.identity import history, paper_sheets, queries, recovery_codes, totp
from portal.identity.authentication import locked
from portal.models import columns
from portal.models.account import User, UserSession
from portal.models.credential import PaperCode, PaperSheet, Passkey, RecoveryCode, TotpDevice
from portal.models.credential import SecurityEventKind as Kind

FEW_RECOVERY_CODES = 3
"""From this many codes left on, the owner is told to make new ones."""
MOST = 20
"""Apps of one account, and passkeys of one account: more than anybody has devices."""

_user = columns(User)
_app = columns(TotpDevice)
_passkey = columns(Passkey)
_sheet = columns(PaperSheet)
_paper_code = columns(PaperCode)
_recovery_code = columns(RecoveryCode)
_of_user: BindParameter[UUID] = bindparam("of_user")

_OF_APPS = (_app.user_id == _of_user, _app.confirmed_at.is_not(None))
_HOW_MANY_APPS = select(func.count()).where(*_OF_APPS)
_APP = select(_app.name).where(
    _app.user_id == _of_user, _app.id == bindparam("app_id"), _app.confirmed_at.is_not(None)
)
# Passkeys first: a union takes the types of its first part.
_APPS_AND_PASSKEYS = (
    select(
        literal(True).label("is_passkey"),
        _passkey.id,
        _passkey.name,
        _passkey.created_at,
        _passkey.last_used_at,
    )
    .where(_passkey.user_id == _of_user)
    .union_all(select(literal(False), _app.id, _app.name, _app.created_at, null()).where(*_OF_APPS))
    .order_by("created_at", "id")
    .limit(2 * MOST)
)
_CODES_LEFT = (
    select(func.count())
    .where(_paper_code.sheet_id == _sheet.id, _paper_code.used_at.is_(None))
    .correlate(PaperSheet.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
_NEXT_NUMBER = (
    select(func.min(_paper_code.number))
    .where(_paper_code.sheet_id == _sheet.id, _paper_code.used_at.is_(None))
    .correlate(PaperSheet.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
_RECOVERY_CODES_LEFT = select(func.count()).where(
    _recovery_code.user_id == _of_user, _recovery_code.used_at.is_(None)
)
_IN_USE = (
    (_sheet.user_id == _user.id) & _sheet.confirmed_at.is_not(None) & _sheet.ended_at.is_(None)
)
_ON_PAPER = (
    select(
        _RECOVERY_CODES_LEFT.scalar_subquery().label("recovery_codes_left"),
        _sheet.id,
        _sheet.created_at,
        _CODES_LEFT.label("codes_left"),
        _NEXT_NUMBER.label("next_number"),
    )
    .join_from(User, PaperSheet, _IN_USE, isouter=True)
    .where(_user.id == _of_user)
    .order_by(_sheet.created_at.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes what protects their own account, when, and in which browser."""

    user_id: UUID
    at: datetime
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class App:
    """An authenticator app; its name may be empty."""

    id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The printed sheet in use."""

    id: UUID
    created_at: datetime
    codes_left: int
    next_number: int | None
    """Of the code that is asked for next: the lowest unused. None when all are used."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Everything besides the password, as its owner sees it."""

    apps: list[App]
    passkeys: list[Key]
    sheet: Sheet | None
    recovery_codes_left: int

    @property
    def ids(self) -> set[UUID]:
        """What signs in again and again: recovery codes are for the day when these are lost."""
        sheet = {self.sheet.id} if self.sheet is not None and self.sheet.codes_left else set()
        return {app.id for app in self.apps} | {key.id for key in self.passkeys} | sheet

    def named(self, factor_id: UUID) -> App | Key:
        """That app or passkey. Raises `NotFoundError`, also for one of another account."""
        both: tuple[App | Key, ...] = (*self.apps, *self.passkeys)
        for one in both:
            if one.id == factor_id:
                return one
        raise NotFoundError

    def is_last(self, factor_id: UUID) -> bool:
        """Whether nothing would be left without it."""
        return not self.ids - {factor_id}

    @property
    def recovery_codes_are_few(self) -> bool:
        return self.recovery_codes_left <= FEW_RECOVERY_CODES


def factors_of(session: Session, *, user_id: UUID) -> Factors:
    """Confirmed ones only: what is half begun opens nothing. Two statements."""
    devices = session.execute(_APPS_AND_PASSKEYS, {"of_user": user_id}).all()
    sheet, recovery_codes_left = on_paper(session, user_id=user_id)
    return Factors(
        apps=[App(*row[1:4]) for row in devices if not row.is_passkey],
        passkeys=[Key(*row[1:]) for row in devices if row.is_passkey],
        sheet=sheet,
        recovery_codes_left=recovery_codes_left,
    )


def on_paper(session: Session, *, user_id: UUID) -> tuple[Sheet | None, int]:
    """The sheet in use, and how many recovery codes are left."""
    row = session.execute(_ON_PAPER, {"of_user": user_id}).first()
    if row is None:
        return None, 0
    return Sheet(*row[1:]) if row.id is not None else None, int(row.recovery_codes_left)


def has_most_apps(session: Session, *, user_id: UUID) -> bool:
    """Whether one more code app would be one too many."""
    found = session.execute(_HOW_MANY_APPS, {"of_user": user_id}).scalar_one()
    return int(found) >= MOST


def require_another(session: Session, *, user_id: UUID, factor_id: UUID) -> User:
    """Call it before removing that factor, in the transaction that removes it.

    It locks the account until the commit, so that of two parallel removals the second sees what
    the first left. Returns the account. Raises `LastFactorError`.
    """
    user = locked(session, session.get_one(User, user_id))
    if factors_of(session, user_id=user_id).is_last(factor_id):
        raise LastFactorError
    return user


def name_of_app(session: Session, *, user_id: UUID, app_id: UUID) -> str:
    """Raises `NotFoundError` for an app of somebody else, and for one that is not confirmed."""
    found = session.execute(_APP, {"of_user": user_id, "app_id": app_id}).first()
    if found is None:
        raise NotFoundError
    return str(found.name)


def begin_app(session: Session, *, keys: KeyRing, user_id: UUID, at: datetime) -> None:
    """A new seed, in place of one that was begun and never confirmed."""
    locked(session, session.get_one(User, user_id))
    totp.new_device(session, keys=keys, user_id=user_id, at=at)


def finish_app(session: Session, *, keys: KeyRing, change: Change, name: str, code: str) -> None:
    """The first code of the app confirms it. Raises `CredentialsRefusedError`.

    Raises `NotFoundError` when none was begun, or it was finished meanwhile.
    """
    user = locked(session, session.get_one(User, change.user_id))
    device = queries.pending_device(session, user.id)
    if device is None:
        raise NotFoundError
    digits = "".join(code.split())
    totp.confirm_device(session, keys=keys, device=device, code=digits, at=change.at)
    device.name = name
    session.add(device)
    _note(session, keys, user, Kind.TOTP_ADDED, change, detail=name)


def rename_app(session: Session, *, user_id: UUID, app_id: UUID, name: str) -> None:
    """Raises `NotFoundError` for an app of somebody else."""
    done = session.connection().execute(
        update(TotpDevice)
        .where(_app.id == app_id, _app.user_id == user_id, _app.confirmed_at.is_not(None))
        .values(name=name)
    )
    if done.rowcount != 1:
        raise NotFoundError


def remove_app(session: Session, *, keys: KeyRing, change: Change, app_id: UUID) -> None:
    """Its codes are refused from now on. Raises `NotFoundError` and `LastFactorError`."""
    name = name_of_app(session, user_id=change.user_id, app_id=app_id)
    user = require_another(session, user_id=change.user_id, factor_id=app_id)
    done = session.connection().execute(
        delete(TotpDevice).where(_app.id == app_id, _app.user_id == user.id)
    )
    if done.rowcount != 1:
        raise NotFoundError
    _note(session, keys, user, Kind.TOTP_REMOVED, change, detail=name)


def begin_sheet(session: Session, *, keys: KeyRing, user_id: UUID, at: datetime) -> None:
    """New codes to print; the sheet in use stays good until one of them is typed."""
    locked(session, session.get_one(User, user_id))
    paper_sheets.new_sheet(session, keys=keys, user_id=user_id, at=at)


def finish_sheet(session: Session, *, keys: KeyRing, change: Change, code: str) -> None:
    """Code n° 1 shows that the sheet is in hand; the sheet before it ends.

    Raises `CredentialsRefusedError`, and `NotFoundError` when none was begun.
    """
    user = locked(session, session.get_one(User, change.user_id))
    sheet = paper_sheets.pending_sheet(session, user.id)
    if sheet is None:
        raise NotFoundError
    paper_sheets.confirm_sheet(session, keys=keys, sheet=sheet, code=code, at=change.at)
    _note(session, keys, user, Kind.SHEET_ADDED, change)


def remove_sheet(session: Session, *, keys: KeyRing, change: Change, sheet_id: UUID) -> None:
    """Raises `NotFoundError` when it is not the one in use, and `LastFactorError`."""
    user = require_another(session, user_id=change.user_id, factor_id=sheet_id)
    sheet, _codes_left = on_paper(session, user_id=user.id)
    if sheet is None or sheet.id != sheet_id:
        raise NotFoundError
    paper_sheets.remove_sheet(session, sheet_id=sheet_id, at=change.at)
    _note(session, keys, user, Kind.SHEET_REMOVED, change)


def renew_recovery_codes(
    session: Session, *, keys: KeyRing, change: Change, session_id: UUID
) -> None:
    """Ten new codes, shown in that session until noted; the old ones are refused from now on."""
    user = locked(session, session.get_one(User, change.user_id))
    row = session.get_one(UserSession, session_id)
    recovery_codes.renew_in(session, keys=keys, row=row, at=change.at)
    _note(session, keys, user, Kind.RECOVERY_CODES_RENEWED, change)


def _note(
    session: Session, keys: KeyRing, user: User, kind: Kind, change: Change, *, detail: str = ""
) -> None:
    agent = change.user_agent
    history.record(
        session, keys=keys, user=user, kind=kind, at=change.at, user_agent=agent, detail=detail
    )
