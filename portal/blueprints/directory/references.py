"""Every column that names an entry of the directory, as the tables themselves say."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Column, update
from sqlmodel import Session

from portal.models import columns, metadata
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.interop import FhirResource

_resource = columns(FhirResource)
RESOURCE_TYPES: dict[type[Any], str] = {
    Practitioner: "Practitioner",
    Organization: "Organization",
    PractitionerRole: "PractitionerRole",
}
"""What foreign software calls these rows: `fhir_resource.row_id` names them too."""


def references_to(model: type[Any]) -> Iterator[Column[Any]]:
    """In all tables: one that is added later is found as well."""
    target = model.__table__
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is target:
                yield key.parent


def point_to(session: Session, model: type[Any], *, kept_id: UUID, gone_id: UUID) -> None:
    """Whatever named the one now names the other; keys that would be there twice went before."""
    session.flush()
    connection = session.connection()
    for column in references_to(model):
        connection.execute(
            update(column.table).where(column == gone_id).values({column.name: kept_id})
        )
    connection.execute(
        update(FhirResource)
        .where(
            _resource.resource_type == RESOURCE_TYPES.get(model, ""),
            _resource.row_id == gone_id,
        )
        .values(row_id=kept_id)
    )
    session.expire_all()
