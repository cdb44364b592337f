"""Who is cared for, by whom, and who may see it.

Every table about one patient has `patient_id` first in its key and in its indexes, so that one
patient's rows lie together and the tables can be distributed by it.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
)
from sqlmodel import Field, SQLModel

from portal.clock import now
from portal.models.base import UtcDateTime, coded, new_id
from portal.models.directory import Gender


class Patient(SQLModel, table=True):
    """The subject of care; may have no account."""

    __tablename__ = "patient"
    # The coordinators' list of an organization, in the order in which it is read.
    __table_args__ = (
        Index(None, "organization_id", "family_name", "given_name", "id"),
        Index(None, "birth_date"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    given_name: str = Field(default="", max_length=100)
    family_name: str = Field(default="", max_length=100)
    gender: Gender = Field(default=Gender.UNKNOWN, sa_type=coded(Gender))
    birth_date: str = Field(default="", max_length=10)
    """As known: `1945`, `1945-03` or `1945-03-17` (FHIR date)."""
    ins: str | None = Field(default=None, max_length=15, unique=True)
    """National health identity (INS): 13 characters and a two-digit key."""
    ins_status: str = Field(default="", max_length=10)
    """Reliability of the identity: `VALI`, `QUAL`, `RECUP`, `PROV`."""
    phone: str = Field(default="", max_length=50)
    email: str = Field(default="", max_length=254)
    address: str = Field(default="", max_length=500)
    time_zone: str = Field(default="Europe/Paris", max_length=50)
    is_deceased: bool = False
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    """The organization whose coordinators keep the circle."""
    has_long_term_condition: bool = False
    """Recognised by the health insurance (ALD): who has one should have a regular doctor."""
    search_key: str = Field(default="", max_length=500)
    """Kept by `portal/models/search.py`."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RelatedPerson(SQLModel, table=True):
    """A relative, friend or neighbour; may be listed without an account."""

    __tablename__ = "related_person"

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    given_name: str = Field(default="", max_length=100)
    family_name: str = Field(default="", max_length=100)
    gender: Gender = Field(default=Gender.UNKNOWN, sa_type=coded(Gender))
    relationship: str = Field(default="", max_length=20)
    """HL7 v3-RoleCode seen from the patient: `SON`, `NBOR`; empty when unknown."""
    relationship_text: str = Field(default="", max_length=200)
    is_emergency_contact: bool = False
    phone: str = Field(default="", max_length=50)
    email: str = Field(default="", max_length=254)
    address: str = Field(default="", max_length=500)
    period_start: date | None = None
    period_end: date | None = None
    is_active: bool = True


class CareTeamStatus(StrEnum):
    """FHIR R4 care-team-status."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"
    ENTERED_IN_ERROR = "entered-in-error"


class CareTeam(SQLModel, table=True):
    """The circle: one per patient (national "cercle de soins")."""

    __tablename__ = "care_team"

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    name: str = Field(default="", max_length=200)
    status: CareTeamStatus = Field(default=CareTeamStatus.ACTIVE, sa_type=coded(CareTeamStatus))
    period_start: date | None = None
    period_end: date | None = None


class CareTeamMember(SQLModel, table=True):
    """One place in the circle: a professional, an organization or a related person."""

    __tablename__ = "care_team_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "related_person_id"], ["related_person.patient_id", "related_person.id"]
        ),
        # One of the three, and an organization may stand behind a professional.
        CheckConstraint(
            "(practitioner_id IS NOT NULL AND related_person_id IS NULL)"
            " OR (practitioner_id IS NULL AND related_person_id IS NOT NULL"
            " AND organization_id IS NULL)"
            " OR (practitioner_id IS NULL AND related_person_id IS NULL"
            " AND organization_id IS NOT NULL)",
            name="one_kind_of_member",
        ),
        ForeignKeyConstraint(
            ["patient_id", "successor_id"], ["care_team_member.patient_id", "care_team_member.id"]
        ),
        # "My patients" starts from the professional; the key serves everything else.
        Index(None, "practitioner_id"),
    )

    patient_id: UUID = Field(foreign_key="care_team.patient_id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    practitioner_role_id: UUID | None = Field(default=None, foreign_key="practitioner_role.id")
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    related_person_id: UUID | None = None
    role_text: str = Field(default="", max_length=200)
    """The role in words when no function says it."""
    functions: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Codes of `MemberFunction`; several per person."""
    contact_for: str = Field(default="", max_length=300)
    """"À contacter pour", in the patient's words."""
    phone: str = Field(default="", max_length=50)
    """Overrides the number of the person or the place."""
    hours: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    """Overrides the hours of the practitioner's role; same shape."""
    availability_text: str = Field(default="", max_length=200)
    is_outside_care_team: bool = False
    """Outside the équipe de soins: this place opens nothing without the patient's consent."""
    sees: str = Field(default="", max_length=200)
    """Categories of the file that the place opens (`agenda care_team`); empty for all."""
    position: int = 100
    period_start: datetime | None = Field(default=None, sa_type=UtcDateTime)
    period_end: datetime | None = Field(default=None, sa_type=UtcDateTime)
    end_reason: str = Field(default="", max_length=40)
    """A code of `EndReason`, once somebody ended the place."""
    successor_id: UUID | None = None
    """The member of the same circle who took over."""


class EndReason(StrEnum):
    """Why a place in a circle ended."""

    MOVED = "moved"
    RETIRED = "retired"
    CARE_OVER = "care_over"
    PATIENT_WISH = "patient_wish"
    LEFT = "left"
    """They left the circle of their own accord."""
    REPLACED = "replaced"
    MISTAKE = "mistake"
    MERGED = "merged"
    """The same professional had two entries in the directory."""


class MemberFunction(StrEnum):
    MEDECIN_TRAITANT = "medecin_traitant"
    REFERENT = "referent"
    COORDINATEUR = "coordinateur"
    REMPLACANT = "remplacant"
    PATIENT_EXPERT = "patient_expert"
    PERSONNE_DE_CONFIANCE = "personne_de_confiance"
    AIDANT_PRINCIPAL = "aidant_principal"
    CONTACT_URGENCE = "contact_urgence"
