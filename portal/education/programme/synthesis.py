"""The page for the médecin traitant: written by a professional, shared when the patient agrees.

A change is a new number, which is asked about anew; what was shared before stays shared until the
patient agrees to the new one, or withdraws.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.education.programme.papers import (
    NotUnderWayError,
    Texts,
    cell_of,
    locked_programme,
    only,
    open_texts,
    seal_texts,
)
from portal.errors import ChangedMeanwhileError
from portal.models import columns
from portal.models.account import User
from portal.models.programme import ProgrammeState, ProgrammeSynthesis

PARTS = ("title", "situation", "goals", "sessions", "next")
_ABOUT = (ProgrammeState.ACCEPTED, ProgrammeState.ENDED)
_TABLE = str(ProgrammeSynthesis.__tablename__)
_s, _user = columns(ProgrammeSynthesis), columns(User)
_ours = (
    _s.patient_id == bindparam("of_patient", type_=Uuid),
    _s.programme_id == bindparam("of_programme", type_=Uuid),
)
_NUMBERS = (
    select(
        _s.number,
        _s.content_sealed,
        _s.written_by,
        _user.given_name,
        _user.family_name,
        _s.written_at,
        _s.shared_at,
        _s.withdrawn_at,
    )
    .join_from(ProgrammeSynthesis, User, _user.id == _s.written_by)
    .where(*_ours)
    .order_by(_s.number.desc())
    .limit(20)
)
_LOCKED = (
    select(ProgrammeSynthesis).where(*_ours).order_by(_s.number.desc()).limit(20).with_for_update()
)


class Synthesis(NamedTuple):
    """One number of it, and what the patient answered."""

    number: int
    texts: dict[str, str]
    author_id: UUID
    author: str
    at: datetime
    shared_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None and self.withdrawn_at is None

    @property
    def is_waiting(self) -> bool:
        return self.shared_at is None and self.withdrawn_at is None


class Held(NamedTuple):
    """What there is of it now."""

    newest: Synthesis | None
    shared: Synthesis | None
    """What the médecin traitant reads; not always the newest."""

    @property
    def waiting(self) -> Synthesis | None:
        """What the patient is asked about."""
        return self.newest if self.newest is not None and self.newest.is_waiting else None


def held(session: Session, *, patient_id: UUID, programme_id: UUID, keys: KeyRing) -> Held:
    values = {"of_patient": patient_id, "of_programme": programme_id}
    found = [
        Synthesis(
            row.number,
            open_texts(keys, row.content_sealed, cell_of(_TABLE, programme_id, row.number)),
            row.written_by,
            f"{row.given_name} {row.family_name}".strip(),
            row.written_at,
            row.shared_at,
            row.withdrawn_at,
        )
        for row in session.execute(_NUMBERS, values)
    ]
    return Held(next(iter(found), None), next((one for one in found if one.is_shared), None))


def write(
    session: Session,
    texts: Texts,
    *,
    patient_id: UUID,
    programme_id: UUID,
    base: int,
    by: UUID,
    at: datetime,
    keys: KeyRing,
) -> int:
    """A new number, about which the patient is asked; 0 is before the first.

    Raises `ChangedMeanwhileError`, `NotFoundError`, and `NotUnderWayError` for a programme to
    which the patient never agreed.
    """
    wanted = only(PARTS, texts)
    programme = locked_programme(session, patient_id=patient_id, programme_id=programme_id)
    if programme.state not in _ABOUT:
        raise NotUnderWayError
    rows = _locked(session, patient_id, programme_id)
    if base != (rows[0].number if rows else 0):
        raise ChangedMeanwhileError
    number = base + 1
    session.add(
        ProgrammeSynthesis(
            patient_id=patient_id,
            programme_id=programme_id,
            number=number,
            content_sealed=seal_texts(keys, wanted, cell_of(_TABLE, programme_id, number)),
            written_by=by,
            written_at=at,
        )
    )
    session.flush()
    return number


def answer(
    session: Session,
    *,
    patient_id: UUID,
    programme_id: UUID,
    number: int,
    agrees: bool,
    by: UUID,
    at: datetime,
) -> bool:
    """Of the number that was read; false when it was answered already.

    A yes replaces what was shared before. Raises `ChangedMeanwhileError` when another was written
    since.
    """
    locked_programme(session, patient_id=patient_id, programme_id=programme_id)
    rows = _locked(session, patient_id, programme_id)
    if not rows or rows[0].number != number:
        raise ChangedMeanwhileError
    newest = rows[0]
    if newest.shared_at is not None or newest.withdrawn_at is not None:
        return False
    if agrees:
        _withdraw(session, rows[1:], at=at)
        newest.shared_at, newest.shared_by = at, by
    else:
        newest.withdrawn_at = at
    session.add(newest)
    session.flush()
    return True


def withdraw(session: Session, *, patient_id: UUID, programme_id: UUID, at: datetime) -> bool:
    """From now on the médecin traitant reads none of it; whether there was any."""
    locked_programme(session, patient_id=patient_id, programme_id=programme_id)
    is_changed = _withdraw(session, _locked(session, patient_id, programme_id), at=at)
    session.flush()
    return is_changed


def _withdraw(session: Session, rows: list[ProgrammeSynthesis], *, at: datetime) -> bool:
    shared = [one for one in rows if one.shared_at is not None and one.withdrawn_at is None]
    for row in shared:
        row.withdrawn_at = at
        session.add(row)
    return bool(shared)


def _locked(session: Session, patient_id: UUID, programme_id: UUID) -> list[ProgrammeSynthesis]:
    values = {"of_patient": patient_id, "of_programme": programme_id}
    fresh = {"populate_existing": True}
    return list(session.execute(_LOCKED, values, execution_options=fresh).scalars())
