"""Entries of the directory without the cost of entities: hundreds come and go in one batch."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select, Update, Uuid, bindparam, insert, select, update
from sqlmodel import Session, SQLModel

from portal.models import columns
from portal.models.directory import (
    Gender,
    Organization,
    OrganizationKind,
    Practitioner,
    PractitionerRole,
)
from portal.models.search import search_key


@dataclass(slots=True)
class PersonRow:
    """The columns of `Practitioner` that a file can fill."""

    model: ClassVar[type[SQLModel]] = Practitioner

    id: UUID
    family_name: str
    given_name: str
    rpps: str | None
    gender: Gender = Gender.UNKNOWN
    prefix: str = ""
    profession: str = ""
    profession_text: str = ""
    phone: str = ""
    email: str = ""

    def derived(self) -> dict[str, str]:
        names = (self.family_name, self.given_name)
        return {"search_key": search_key(*names, self.profession_text, self.rpps)}


@dataclass(slots=True)
class PlaceRow:
    """The columns of `Organization` that a file can fill."""

    model: ClassVar[type[SQLModel]] = Organization

    id: UUID
    name: str
    address: str
    finess: str | None
    kind: OrganizationKind = OrganizationKind.OTHER
    kind_text: str = ""
    phone: str = ""
    email: str = ""

    def derived(self) -> dict[str, str]:
        return {"search_key": search_key(self.name, self.address, self.finess)}


@dataclass(slots=True)
class RoleRow:
    """The columns of `PractitionerRole` that a file can fill."""

    model: ClassVar[type[SQLModel]] = PractitionerRole

    id: UUID
    practitioner_id: UUID
    organization_id: UUID | None
    phone: str = ""
    email: str = ""

    def derived(self) -> dict[str, str]:
        return {}


Row = PersonRow | PlaceRow | RoleRow


def select_rows(kind: type[Row]) -> Select[Any]:
    """In the order of the fields, and locked until the commit: a file is not the only writer."""
    known = columns(kind.model)
    wanted = [known[one.name] for one in fields(kind)]
    return select(*wanted).order_by(known.id).with_for_update(of=kind.model)


def _update_of(kind: type[Row]) -> Update:
    known = columns(kind.model)
    names = {one.name for one in fields(kind)} | {"search_key"} & set(known.keys())
    return (
        update(kind.model)
        .where(known.id == bindparam("row_id", type_=Uuid))
        .values({name: bindparam(f"new_{name}") for name in names - {"id"}})
    )


_UPDATES = {kind: _update_of(kind) for kind in (PersonRow, PlaceRow, RoleRow)}


def save(session: Session, kind: type[Row], *, added: list[Row], changed: Iterable[Row]) -> None:
    """Two statements at most."""
    if added:
        usual = {
            name: field.get_default(call_default_factory=True)
            for name, field in kind.model.model_fields.items()
        }
        rows = [usual | _values(row) for row in added]
        session.connection().execute(insert(kind.model), rows)
    values = [
        {f"new_{name}": value for name, value in _values(row).items()} | {"row_id": row.id}
        for row in changed
    ]
    if values:
        session.connection().execute(_UPDATES[kind], values)


def _values(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__} | row.derived()
