"""Who answers for what: the needs of a patient, and everything that was ever said of them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.clock import now
from portal.models.base import UtcDateTime, new_id


class NeedCode(StrEnum):
    """The catalogue that every organization has; its own additions are rows of `NeedType`."""

    COORDINATION = "coordination"
    NEW_SYMPTOM = "new_symptom"
    PRESCRIPTIONS = "prescriptions"
    DRESSING = "dressing"
    INJECTIONS = "injections"
    ANTICOAGULANT = "anticoagulant"
    BLOOD_TESTS = "blood_tests"
    PILL_BOX = "pill_box"
    MEDICINES = "medicines"
    TOILET_HELP = "toilet_help"
    GETTING_UP = "getting_up"
    MEALS = "meals"
    DIET = "diet"
    HOUSEWORK = "housework"
    PHYSIOTHERAPY = "physiotherapy"
    FALLS = "falls"
    EQUIPMENT = "equipment"
    TRANSPORT = "transport"
    SOCIAL_RIGHTS = "social_rights"
    MENTAL_HEALTH = "mental_health"
    PALLIATIVE_CARE = "palliative_care"
    RESPITE = "respite"


class NeedType(SQLModel, table=True):
    """What an organization adds to the catalogue, in its own words."""

    __tablename__ = "need_type"
    __table_args__ = (UniqueConstraint("organization_id", "label"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organization.id")
    label: str = Field(max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Not offered any more; the needs that have it keep it."""


class Need(SQLModel, table=True):
    """One thing that somebody has to see to: one accountable member, one deputy.

    Whether it has an owner is never stored: a member whose place ended owns nothing any more.
    """

    __tablename__ = "need"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "owner_id"], ["care_team_member.patient_id", "care_team_member.id"]
        ),
        ForeignKeyConstraint(
            ["patient_id", "deputy_id"], ["care_team_member.patient_id", "care_team_member.id"]
        ),
        CheckConstraint(
            "(code <> '' AND need_type_id IS NULL) OR (code = '' AND need_type_id IS NOT NULL)",
            name="one_kind_of_need",
        ),
        CheckConstraint("owner_id IS NULL OR deputy_id <> owner_id", name="two_people"),
        Index(None, "patient_id", "owner_id"),
        Index(None, "patient_id", "deputy_id"),
    )

    patient_id: UUID = Field(foreign_key="care_team.patient_id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(default="", max_length=40)
    """Of `NeedCode`; empty for a type of the organization."""
    need_type_id: UUID | None = Field(default=None, foreign_key="need_type.id")
    detail: str = Field(default="", max_length=200)
    """`la jambe gauche`, in the patient's words."""
    owner_id: UUID | None = None
    """The accountable member of the circle."""
    deputy_id: UUID | None = None
    """Answers when the owner is away."""
    contact_text: str = Field(default="", max_length=200)
    """How to reach them for this, when the usual number is not the way."""
    frequency: str = Field(default="", max_length=100)
    """`3 fois par semaine`."""
    review_on: date | None = None
    """The day from which somebody has to say whether it still holds, where the patient lives."""
    version: int = 1
    """Rises with each change: a form that was shown before is refused."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    end_reason: str = Field(default="", max_length=200)


class NeedChange(SQLModel, table=True):
    """How a need stood after one act; never changed. With the names as they were then."""

    __tablename__ = "need_change"
    __table_args__ = (
        ForeignKeyConstraint(["patient_id", "need_id"], ["need.patient_id", "need.id"]),
    )

    patient_id: UUID = Field(primary_key=True)
    need_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    """None when no person did it: an import."""
    capacity: str = Field(default="", max_length=40)
    """As in the access log; `self` for the patient."""
    owner_id: UUID | None = None
    owner_name: str = Field(default="", max_length=200)
    deputy_id: UUID | None = None
    deputy_name: str = Field(default="", max_length=200)
    detail: str = Field(default="", max_length=200)
    contact_text: str = Field(default="", max_length=200)
    frequency: str = Field(default="", max_length=100)
    review_on: date | None = None
    is_ended: bool = False
    end_reason: str = Field(default="", max_length=200)
