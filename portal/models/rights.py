"""Why somebody may see a patient's file, and what of it: links, grants, legal statuses, blocks."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class CareLinkKind(StrEnum):
    """Kinds of link that a person holds in their own right.

    Professionals and coordinators have no row here: their place in the circle or in the
    organization is the link, so that it can never outlive it.
    """

    SELF = "self"
    CARER = "carer"
    LEGAL_REPRESENTATIVE = "legal_representative"


class CareLinkStatus(StrEnum):
    """`PAUSED` is silent: to the carer it looks as if nothing had been granted."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class PersonColor(StrEnum):
    """The colour of a relative in the reader's band; four relatives have four colours."""

    PRUNE = "prune"
    NUIT = "nuit"
    TERRE = "terre"
    SAPIN = "sapin"
    CANARD = "canard"


class CareLink(SQLModel, table=True):
    """Why a user may see a patient."""

    __tablename__ = "care_link"
    __table_args__ = (
        UniqueConstraint("patient_id", "user_id"),
        ForeignKeyConstraint(
            ["patient_id", "related_person_id"], ["related_person.patient_id", "related_person.id"]
        ),
        # "My people" starts from the user.
        Index(None, "user_id"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id")
    kind: CareLinkKind = Field(sa_type=coded(CareLinkKind))
    status: CareLinkStatus = Field(default=CareLinkStatus.ACTIVE, sa_type=coded(CareLinkStatus))
    related_person_id: UUID | None = None
    relationship: str = Field(default="", max_length=20)
    relationship_text: str = Field(default="", max_length=200)
    color: PersonColor = Field(default=PersonColor.CANARD, sa_type=coded(PersonColor))
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the patient last said that this carer is still right; asked again every 6 months."""


class GrantCategory(StrEnum):
    AGENDA = "agenda"
    CARE_TEAM = "care_team"
    EDUCATION = "education"
    MESSAGES = "messages"
    TRANSITION = "transition"
    CONSENTS = "consents"
    ACCESS_LOG = "access_log"
    DOCUMENTS = "documents"


class GrantAction(StrEnum):
    SEE = "see"
    ACT = "act"


class Grant(SQLModel, table=True):
    """One right of a carer: category, action, period of at most 12 months. `act` implies `see`."""

    # GRANT is a reserved word of SQL.
    __tablename__ = "carer_grant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "care_link_id"], ["care_link.patient_id", "care_link.id"]
        ),
    )

    patient_id: UUID = Field(primary_key=True)
    care_link_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    category: GrantCategory = Field(sa_type=coded(GrantCategory))
    action: GrantAction = Field(sa_type=coded(GrantAction))
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)


class GrantRequest(SQLModel, table=True):
    """A carer asks for one right more; the patient answers, or lets it be."""

    __tablename__ = "grant_request"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "care_link_id"], ["care_link.patient_id", "care_link.id"]
        ),
        Index(None, "patient_id", "care_link_id"),
    )

    patient_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    care_link_id: UUID
    category: GrantCategory = Field(sa_type=coded(GrantCategory))
    action: GrantAction = Field(sa_type=coded(GrantAction))
    created_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_granted: bool | None = None


class LegalStatus(StrEnum):
    """In what legal capacity somebody stands beside the patient (Code civil, Code de la santé)."""

    PERSONNE_DE_CONFIANCE = "personne_de_confiance"
    CURATEUR = "curateur"
    HABILITATION_ASSISTANCE = "habilitation_assistance"
    TUTEUR_PERSONNE = "tuteur_personne"
    HABILITATION_GENERALE = "habilitation_generale"
    TUTEUR_BIENS = "tuteur_biens"
    MANDAT_PROTECTION_FUTURE = "mandat_protection_future"
    AUTORITE_PARENTALE = "autorite_parentale"


class Mandate(SQLModel, table=True):
    """A legal status with its proof, as a coordinator saw it; what it opens is in the policy."""

    __tablename__ = "mandate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "care_link_id"], ["care_link.patient_id", "care_link.id"]
        ),
        Index(None, "patient_id", "care_link_id"),
    )

    patient_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    care_link_id: UUID
    status: LegalStatus = Field(sa_type=coded(LegalStatus))
    scope: str = Field(default="", max_length=400)
    """Of an activated mandate: `category:action`, separated by blanks; else empty."""
    proof_kind: str = Field(max_length=100)
    proof_reference_sealed: bytes | None = None
    issued_by: str = Field(max_length=200)
    issued_on: date
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """End of the measure; parental authority also ends by itself at 18 years."""
    verified_by: UUID = Field(foreign_key="user_account.id")
    verified_at: datetime = Field(sa_type=UtcDateTime)


class HiddenItem(SQLModel, table=True):
    """One appointment that a relative does not see: no line, no count, no gap."""

    __tablename__ = "hidden_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "care_link_id"], ["care_link.patient_id", "care_link.id"]
        ),
        Index(None, "patient_id", "item_id"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    category: GrantCategory = Field(sa_type=coded(GrantCategory))
    item_id: UUID
    care_link_id: UUID | None = None
    """None: hidden from all relatives, parents and guardians too (a minor's secret)."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: UUID = Field(foreign_key="user_account.id")


class Block(SQLModel, table=True):
    """A professional whom the patient keeps out, whatever their place in the circle."""

    __tablename__ = "block"
    __table_args__ = (Index(None, "patient_id", "practitioner_id"),)

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioner.id")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_by: UUID = Field(foreign_key="user_account.id")


class EmergencyAccess(SQLModel, table=True):
    """One hour in the file for a professional who is not in the circle, with their reason."""

    __tablename__ = "emergency_access"
    __table_args__ = (Index(None, "patient_id", "user_id"),)

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id")
    reason: str = Field(max_length=500)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the patient said on their page that they read it."""
