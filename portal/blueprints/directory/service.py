"""Writing an entry of the directory; two who write at once never overwrite each other."""

import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import String, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from portal.errors import ChangedMeanwhileError, NotFoundError, NumberTakenError
from portal.models import columns
from portal.models.directory import Organization, Practitioner, PractitionerRole

_KEPT_BY_MACHINES = frozenset({"search_key", "created_at"})
_Row = TypeVar("_Row", bound=SQLModel)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_number = bindparam("of_number", type_=String)
_OF_RPPS = select(_practitioner.id).where(_practitioner.rpps == _number)
_OF_FINESS = select(_organization.id).where(_organization.finess == _number)


def version_of(*rows: SQLModel) -> str:
    """Of what a form showed: another one when any value of these rows changed meanwhile."""
    text = "\n".join(
        f"{name}={getattr(row, name)!r}"
        for row in rows
        for name in columns(type(row)).keys()  # noqa: SIM118  # a collection of columns is no dict
        if name not in _KEPT_BY_MACHINES
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def add_practitioner(session: Session, *, fields: Mapping[str, Any]) -> UUID:
    """Raises `NumberTakenError`."""
    return _added(session, Practitioner(**fields)).id


def change_practitioner(
    session: Session, *, practitioner_id: UUID, fields: Mapping[str, Any], version: str
) -> bool:
    """Whether anything changed. Raises `ChangedMeanwhileError` or `NumberTakenError`."""
    return _changed(session, _locked(session, Practitioner, practitioner_id), fields, version)


def add_organization(session: Session, *, fields: Mapping[str, Any]) -> UUID:
    """Raises `NumberTakenError`."""
    return _added(session, Organization(**fields)).id


def change_organization(
    session: Session, *, organization_id: UUID, fields: Mapping[str, Any], version: str
) -> bool:
    """As `change_practitioner`."""
    return _changed(session, _locked(session, Organization, organization_id), fields, version)


def add_place(
    session: Session,
    *,
    practitioner_id: UUID,
    organization_id: UUID | None,
    fields: Mapping[str, Any],
) -> UUID:
    """Without an organization: a round, or work at home."""
    _locked(session, Practitioner, practitioner_id)
    role = PractitionerRole(
        practitioner_id=practitioner_id, organization_id=organization_id, **fields
    )
    return _added(session, role).id


def change_place(
    session: Session,
    *,
    practitioner_id: UUID,
    role_id: UUID,
    fields: Mapping[str, Any],
    version: str,
) -> bool:
    """As `change_practitioner`; `NotFoundError` for a place of somebody else."""
    role = place(session, practitioner_id=practitioner_id, role_id=role_id, lock=True)
    return _changed(session, role, fields, version)


def place(
    session: Session, *, practitioner_id: UUID, role_id: UUID, lock: bool = False
) -> PractitionerRole:
    """Raises `NotFoundError` for a place of somebody else."""
    role = session.get(PractitionerRole, role_id, with_for_update=lock or None)
    if role is None or role.practitioner_id != practitioner_id:
        raise NotFoundError("place")
    return role


def _locked(session: Session, table: type[Any], row_id: UUID) -> Any:
    row = session.get(table, row_id, with_for_update=True)
    if row is None:
        raise NotFoundError("entry")
    return row


def _changed(session: Session, row: Any, fields: Mapping[str, Any], version: str) -> bool:
    new = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if not new:
        return False  # a second tap
    if version_of(row) != version:
        raise ChangedMeanwhileError
    for name, value in new.items():
        setattr(row, name, value)
    _added(session, row)
    return True


def _added(session: Session, row: _Row) -> _Row:
    _require_free_number(session, row)
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        # Somebody else wrote the same number at this very moment.
        raise NumberTakenError(None) from None
    return row


def _require_free_number(session: Session, row: Any) -> None:
    if isinstance(row, Practitioner) and row.rpps:
        _require_own(session, _OF_RPPS, row.rpps, row.id)
    elif isinstance(row, Organization) and row.finess:
        _require_own(session, _OF_FINESS, row.finess, row.id)


def _require_own(session: Session, statement: Any, number: str, row_id: UUID) -> None:
    with session.no_autoflush:
        found: UUID | None = session.execute(statement, {"of_number": number}).scalar_one_or_none()
    if found is not None and found != row_id:
        raise NumberTakenError(found)
