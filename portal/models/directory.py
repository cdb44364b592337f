"""Who works in care, where, and when they can be reached: the same rows for all patients."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from portal.clock import now
from portal.models.base import UtcDateTime, coded, new_id


class Gender(StrEnum):
    """FHIR R4 administrative gender."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class Profession(StrEnum):
    MEDECIN = "medecin"
    INFIRMIER = "infirmier"
    IPA = "ipa"
    PHARMACIEN = "pharmacien"
    KINESITHERAPEUTE = "kinesitherapeute"
    DENTISTE = "dentiste"
    SAGE_FEMME = "sage_femme"
    ORTHOPHONISTE = "orthophoniste"
    ORTHOPTISTE = "orthoptiste"
    PODOLOGUE = "podologue"
    AUDIOPROTHESISTE = "audioprothesiste"
    BIOLOGISTE = "biologiste"
    TRANSPORTEUR = "transporteur"
    DIETETICIEN = "dieteticien"
    ERGOTHERAPEUTE = "ergotherapeute"
    PSYCHOLOGUE = "psychologue"
    ASSISTANT_SOCIAL = "assistant_social"
    AES = "aes"
    AUXILIAIRE_DE_VIE = "auxiliaire_de_vie"
    MANDATAIRE = "mandataire"
    COORDINATEUR = "coordinateur"
    PATIENT_EXPERT = "patient_expert"


class OrganizationKind(StrEnum):
    """`OTHER` when foreign software named a type that is not one of the French kinds."""

    CABINET = "cabinet"
    ESP = "esp"
    MSP = "msp"
    ESS = "ess"
    CENTRE_DE_SANTE = "centre_de_sante"
    CPTS = "cpts"
    ESCAP = "escap"
    DAC = "dac"
    HOPITAL = "hopital"
    HAD = "had"
    EHPAD = "ehpad"
    SAD = "sad"
    CMP = "cmp"
    PHARMACIE = "pharmacie"
    LABORATOIRE = "laboratoire"
    CCAS = "ccas"
    SPDA = "spda"
    MDPH = "mdph"
    ASSOCIATION = "association"
    OTHER = "other"


class Organization(SQLModel, table=True):
    """A practice, a health house, a hospital, a service."""

    __tablename__ = "organization"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=200)
    kind: OrganizationKind = Field(default=OrganizationKind.OTHER, sa_type=coded(OrganizationKind))
    kind_text: str = Field(default="", max_length=200)
    """The type in the words of the software that sent it."""
    phone: str = Field(default="", max_length=50)
    email: str = Field(default="", max_length=254)
    address: str = Field(default="", max_length=500)
    time_zone: str = Field(default="Europe/Paris", max_length=50)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Practitioner(SQLModel, table=True):
    """A health or social professional; the same row for all their patients."""

    __tablename__ = "practitioner"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    prefix: str = Field(default="", max_length=50)
    given_name: str = Field(default="", max_length=100)
    family_name: str = Field(max_length=100)
    gender: Gender = Field(default=Gender.UNKNOWN, sa_type=coded(Gender))
    profession: str = Field(default="", max_length=50)
    """A code of `Profession`, or empty when only `profession_text` is known."""
    profession_text: str = Field(default="", max_length=200)
    """Specialty, or the profession in the words of the software that sent it."""
    rpps: str | None = Field(default=None, max_length=11, unique=True)
    """National number: 11 digits, Luhn key."""
    phone: str = Field(default="", max_length=50)
    email: str = Field(default="", max_length=254)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PractitionerRole(SQLModel, table=True):
    """A professional at one place: when and how they can be reached there."""

    __tablename__ = "practitioner_role"
    __table_args__ = (Index(None, "practitioner_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioner.id")
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    role_text: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=50)
    email: str = Field(default="", max_length=254)
    time_zone: str = Field(default="Europe/Paris", max_length=50)
    hours: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    """Weekly hours in local wall time: `{"days": ["mon", …], "from": "09:00", "to": "18:00"}`."""
    absences: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    """`{"from": "2026-12-24", "to": "2027-01-02", "reason": "…"}`, days included."""
    period_start: date | None = None
    period_end: date | None = None
