"""Who works in care, where, and when they can be reached: the same rows for all patients."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, Index
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
    finess: str | None = Field(default=None, max_length=9, unique=True)
    """National number of a place: 9 digits or letters."""
    hours: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    """As of `PractitionerRole`."""
    is_open_on_holidays: bool = False
    holiday_region: str = Field(default="", max_length=20)
    """Whose public holidays close it: `` as its time zone says, `alsace_moselle`, or an
    overseas code of ISO 3166-2 (`974`)."""
    on_call_phone: str = Field(default="", max_length=50)
    """Answers when nobody else does."""
    on_call_text: str = Field(default="", max_length=200)
    """Who answers there: `La garde infirmière, la nuit et le week-end`."""
    has_116117: bool = False
    """Whether 116 117 is answered where its patients live: not so everywhere in France."""
    answer_days: int = 2
    """Working days within which the team answers messages."""
    search_key: str = Field(default="", max_length=500)
    """Kept by `portal/models/search.py`."""
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
    answer_days: int = 2
    """Working days within which they answer messages."""
    search_key: str = Field(default="", max_length=500)
    """Kept by `portal/models/search.py`."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Absence(SQLModel, table=True):
    """Days on which a professional does not work anywhere, and who answers instead."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="begins_before_it_ends"),
        CheckConstraint("replacement_id <> practitioner_id", name="somebody_else"),
        Index(None, "practitioner_id", "ends_on"),
        Index(None, "replacement_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioner.id")
    starts_on: date
    ends_on: date
    """The last day, included; days where the practitioner works."""
    replacement_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    note: str = Field(default="", max_length=200)
    """For patients: `Laissez un message, je rappelle le lundi`."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id")


class PractitionerRole(SQLModel, table=True):
    """A professional at one place: when and how they can be reached there."""

    __tablename__ = "practitioner_role"
    __table_args__ = (Index(None, "practitioner_id"), Index(None, "organization_id"))

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
    """Of foreign software: `{"from": "2026-12-24", "to": "2027-01-02", "reason": "…"}`, days
    included. Those that are typed in Relais are rows of `Absence`."""
    is_open_on_holidays: bool = False
    """Whether the weekly hours also hold on public holidays."""
    period_start: date | None = None
    period_end: date | None = None
