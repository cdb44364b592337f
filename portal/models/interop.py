"""What foreign software sent, kept as it came."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, new_id


class FhirResource(SQLModel, table=True):
    """The original JSON of an imported resource, and the row that it became.

    `source_key` recognises the resource when it comes again: its business identifier when it has
    one (`system|value`), else its literal identity (`Type/id` or `urn:uuid:…`).
    """

    __tablename__ = "fhir_resource"
    __table_args__ = (
        UniqueConstraint("resource_type", "source_key"),
        Index(None, "patient_id", "resource_type"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    """Derived from the literal identity (UUIDv5), so that `Type/id` is found again by key."""
    resource_type: str = Field(max_length=50)
    source_key: str = Field(max_length=500)
    patient_id: UUID | None = Field(default=None, foreign_key="patient.id")
    row_id: UUID | None = None
    """The key of the row in the table of that resource type; none when nothing is shown of it."""
    content: str
    """JSON text, as received."""
    content_hash: bytes
    """SHA-256 of the canonical JSON with its references resolved: what tells "unchanged"."""
    imported_at: datetime = Field(sa_type=UtcDateTime)
