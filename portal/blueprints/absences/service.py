"""Noting days away, and coming back: one absence at a time, whoever writes first."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, select
from sqlmodel import Session

from portal.errors import AbsenceRefusedError, ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.directory import Absence, Practitioner

MOST_DAYS = 366
"""A longer one is a place that ended."""

_absence = columns(Absence)
_practitioner = columns(Practitioner)
_of_practitioner = bindparam("of_practitioner", type_=Uuid)
# Held by whoever writes: two absences that overlap are never noted side by side.
_LOCK = select(_practitioner.id).where(_practitioner.id == _of_practitioner).with_for_update()
_EXISTS = select(_practitioner.id).where(
    _practitioner.id == bindparam("of_replacement", type_=Uuid)
)
_ONE = select(Absence).where(
    _absence.practitioner_id == _of_practitioner,
    _absence.id == bindparam("of_absence", type_=Uuid),
)
_TOUCHING = (
    select(Absence)
    .where(
        _absence.practitioner_id == _of_practitioner,
        _absence.starts_on <= bindparam("last", type_=Date),
        _absence.ends_on >= bindparam("first", type_=Date),
    )
    .order_by(_absence.starts_on)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed; `last` is included."""

    first: date
    last: date
    replacement_id: UUID | None
    note: str


def version_of(starts_on: date, ends_on: date, replacement_id: UUID | None, note: str) -> str:
    """Of what a form showed: another one when anything changed meanwhile."""
    text = f"{starts_on} {ends_on} {replacement_id} {note}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def add(
    session: Session,
    *,
    practitioner_id: UUID,
    wanted: Wanted,
    by: UUID,
    at: datetime,
) -> None:
    """The same twice, by a second tap, is noted once. Raises `AbsenceRefusedError`."""
    _lock(session, practitioner_id)
    for one in _touching(session, practitioner_id, wanted):
        if _as_wanted(one) == wanted:
            return
        raise AbsenceRefusedError("overlaps", first=one.starts_on, last=one.ends_on)
    _check_replacement(session, practitioner_id, wanted)
    session.add(
        Absence(
            practitioner_id=practitioner_id,
            starts_on=wanted.first,
            ends_on=wanted.last,
            replacement_id=wanted.replacement_id,
            note=wanted.note,
            created_at=at,
            created_by=by,
        )
    )
    session.flush()


def change(
    session: Session,
    *,
    practitioner_id: UUID,
    absence_id: UUID,
    wanted: Wanted,
    version: str,
    today: date,
) -> None:
    """Raises `ChangedMeanwhileError`, and `AbsenceRefusedError` as `add`."""
    row = _locked(session, practitioner_id, absence_id)
    if _as_wanted(row) == wanted:
        return
    if _version(row) != version:
        raise ChangedMeanwhileError
    if row.ends_on < today:
        raise AbsenceRefusedError("over")
    _check_free(session, row, wanted)
    _check_replacement(session, practitioner_id, wanted)
    row.starts_on, row.ends_on = wanted.first, wanted.last
    row.replacement_id, row.note = wanted.replacement_id, wanted.note
    session.flush()


def delete(session: Session, *, practitioner_id: UUID, absence_id: UUID, today: date) -> None:
    """One that kept nobody away yet, or from today only. Raises `AbsenceRefusedError`."""
    row = _locked(session, practitioner_id, absence_id)
    if row.starts_on < today:
        raise AbsenceRefusedError("over")
    session.delete(row)
    session.flush()


def come_back(session: Session, *, practitioner_id: UUID, absence_id: UUID, today: date) -> date:
    """At work again from `today`; returns the last day that had been noted, for `leave_again`.

    Raises `AbsenceRefusedError` when it does not run, or did not begin before today.
    """
    row = _locked(session, practitioner_id, absence_id)
    if not row.starts_on < today <= row.ends_on:
        raise AbsenceRefusedError("over")
    noted, row.ends_on = row.ends_on, today - timedelta(days=1)
    session.flush()
    return noted


def leave_again(
    session: Session, *, practitioner_id: UUID, absence_id: UUID, last: date, today: date
) -> None:
    """Takes `come_back` back, on the same day. Raises `AbsenceRefusedError`."""
    row = _locked(session, practitioner_id, absence_id)
    if row.ends_on == last:
        return
    if row.ends_on != today - timedelta(days=1) or not 0 <= (last - row.ends_on).days <= MOST_DAYS:
        raise AbsenceRefusedError("over")
    _check_free(session, row, Wanted(row.starts_on, last, row.replacement_id, row.note))
    row.ends_on = last
    session.flush()


def _lock(session: Session, practitioner_id: UUID) -> None:
    session.execute(_LOCK, {"of_practitioner": practitioner_id})


def _locked(session: Session, practitioner_id: UUID, absence_id: UUID) -> Absence:
    """Raises `NotFoundError` for that of anybody else."""
    _lock(session, practitioner_id)
    values = {"of_practitioner": practitioner_id, "of_absence": absence_id}
    row = session.execute(
        _ONE, values, execution_options={"populate_existing": True}
    ).scalar_one_or_none()
    if row is None:
        raise NotFoundError("absence")
    found: Absence = row
    return found


def _touching(session: Session, practitioner_id: UUID, wanted: Wanted) -> list[Absence]:
    values = {"of_practitioner": practitioner_id, "first": wanted.first, "last": wanted.last}
    return list(session.execute(_TOUCHING, values).scalars())


def _check_free(session: Session, row: Absence, wanted: Wanted) -> None:
    for other in _touching(session, row.practitioner_id, wanted):
        if other.id != row.id:
            raise AbsenceRefusedError("overlaps", first=other.starts_on, last=other.ends_on)


def _check_replacement(session: Session, practitioner_id: UUID, wanted: Wanted) -> None:
    """Somebody else, who works on at least one of the days."""
    other = wanted.replacement_id
    if other is None:
        return
    is_known = session.execute(_EXISTS, {"of_replacement": other}).one_or_none() is not None
    if other == practitioner_id or not is_known:
        raise AbsenceRefusedError("unknown_replacement")
    day = wanted.first
    for one in _touching(session, other, wanted):
        if one.starts_on <= day:
            day = max(day, one.ends_on + timedelta(days=1))
    if day > wanted.last:
        raise AbsenceRefusedError("replacement_away")


def _as_wanted(row: Absence) -> Wanted:
    return Wanted(row.starts_on, row.ends_on, row.replacement_id, row.note)


def _version(row: Absence) -> str:
    return version_of(row.starts_on, row.ends_on, row.replacement_id, row.note)
