"""Who read or changed what of whose file: one row each, chained by hashes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class Capacity(StrEnum):
    """As what somebody stood before the file."""

    CARER = "carer"
    LEGAL_REPRESENTATIVE = "legal_representative"
    PROFESSIONAL = "professional"
    COORDINATOR = "coordinator"
    EMERGENCY = "emergency"


class AccessDecision(StrEnum):
    ALLOWED = "allowed"
    DENIED = "denied"


class AccessEvent(SQLModel, table=True):
    """One read or act by another person than the patient: identifiers only, no content.

    The rows of one patient form a chain: numbered from 1 without a gap, each holding the hash of
    the one before. `portal.access.audit` computes it.
    """

    __tablename__ = "access_event"

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID = Field(foreign_key="user_account.id")
    capacity: Capacity = Field(sa_type=coded(Capacity))
    category: str = Field(max_length=40)
    action: str = Field(max_length=40)
    item_id: UUID | None = None
    decision: AccessDecision = Field(sa_type=coded(AccessDecision))
    reason: str = Field(max_length=100)
    """The sentence of the policy that decided."""
    request_id: str = Field(max_length=64)
    previous_hash: bytes
    hash: bytes


class AccessQuestion(SQLModel, table=True):
    """A patient asks the data-protection contact about one line of the log that surprises them."""

    __tablename__ = "access_question"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "sequence"], ["access_event.patient_id", "access_event.sequence"]
        ),
        Index(None, "patient_id", "sequence"),
    )

    patient_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    sequence: int
    asked_by: UUID = Field(foreign_key="user_account.id")
    message_sealed: bytes | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    answer_sealed: bytes | None = None
