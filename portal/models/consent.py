"""What the patient decided: one row per decision, never changed."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class ConsentPurpose(StrEnum):
    """What is asked; the words and their versions are in `portal/consents/`."""

    CARE_COORDINATION = "care_coordination"
    """Sharing inside the équipe de soins: the law allows it unless the patient objects."""
    OUTSIDE_CARE_TEAM = "outside_care_team"
    """One decision for each professional outside the équipe de soins."""
    SOCIAL_SERVICES = "social_services"
    """The same for each social worker, legal guardian service or carer of a social service."""
    EDUCATION_PROGRAMME = "education_programme"
    """Taking part in the programme that a team proposes; asked only while there is one."""
    RESEARCH = "research"


class ConsentStatus(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ConsentChannel(StrEnum):
    PORTAL = "portal"
    PAPER = "paper"


class ConsentDecision(SQLModel, table=True):
    """One answer to one purpose; the state is that of the newest row, a withdrawal wins ties."""

    __tablename__ = "consent_decision"
    __table_args__ = (Index(None, "patient_id", "purpose", "decided_at"),)

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    purpose: ConsentPurpose = Field(sa_type=coded(ConsentPurpose))
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    """The recipient, where there is one decision for each."""
    status: ConsentStatus = Field(sa_type=coded(ConsentStatus))
    text_version: int
    text_locale: str = Field(max_length=10)
    text_hash: str = Field(max_length=64)
    """SHA-256 of the exact text that was shown, in hexadecimal."""
    actor_id: UUID = Field(foreign_key="user_account.id")
    capacity: str = Field(max_length=40)
    """`self`, `legal_representative`, or `coordinator` for what was signed on paper."""
    channel: ConsentChannel = Field(sa_type=coded(ConsentChannel))
    paper_note: str = Field(default="", max_length=300)
    """How it was said, when on paper: "signé à domicile, en présence de Paul"."""
    signed_on: date | None = None
    decided_at: datetime = Field(sa_type=UtcDateTime)
