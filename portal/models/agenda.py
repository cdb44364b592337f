"""Appointments."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from portal.clock import now
from portal.models.base import UtcDateTime, coded, new_id


class AppointmentKind(StrEnum):
    CABINET = "cabinet"
    HOSPITAL = "hospital"
    ADMISSION = "admission"
    DISCHARGE = "discharge"
    TELECONSULTATION = "teleconsultation"
    HOME_NURSING = "home_nursing"
    HOME_HELP = "home_help"
    HAD = "had"
    PHYSIOTHERAPY = "physiotherapy"
    WORKSHOP = "workshop"
    LABORATORY = "laboratory"
    TRANSPORT = "transport"
    EQUIPMENT = "equipment"
    OTHER = "other"


class AppointmentStatus(StrEnum):
    """FHIR R4 appointmentstatus."""

    PROPOSED = "proposed"
    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    CHECKED_IN = "checked-in"
    WAITLIST = "waitlist"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"
    ENTERED_IN_ERROR = "entered-in-error"


class Appointment(SQLModel, table=True):
    """One visit: at an exact time, within a window ("entre 7 h et 9 h"), or not yet dated."""

    __tablename__ = "appointment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "companion_id"], ["related_person.patient_id", "related_person.id"]
        ),
        CheckConstraint(
            "ends_at IS NULL OR (starts_at IS NOT NULL AND ends_at >= starts_at)", name="ordered"
        ),
        CheckConstraint("NOT is_window OR ends_at IS NOT NULL", name="window_has_end"),
        Index(None, "patient_id", "starts_at", "id"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(max_length=300)
    kind: AppointmentKind = Field(default=AppointmentKind.OTHER, sa_type=coded(AppointmentKind))
    status: AppointmentStatus = Field(
        default=AppointmentStatus.BOOKED, sa_type=coded(AppointmentStatus)
    )
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """UTC; empty while only `requested_start` and `requested_end` are known."""
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_window: bool = False
    """True: the visit begins some time between `starts_at` and `ends_at`."""
    time_zone: str = Field(default="Europe/Paris", max_length=50)
    """Of the place: times are shown in its wall time."""
    requested_start: date | None = None
    requested_end: date | None = None
    respond_before: date | None = None
    """The last day on which a proposal can be answered."""
    duration_minutes: int | None = None
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    performer_text: str = Field(default="", max_length=300)
    """Who else takes part, in words: people who have no row of their own."""
    place: str = Field(default="", max_length=300)
    address: str = Field(default="", max_length=500)
    phone: str = Field(default="", max_length=50)
    video_url: str = Field(default="", max_length=500)
    companion_id: UUID | None = None
    """The related person who accompanies."""
    instructions: str = Field(default="", max_length=4000)
    cancellation_reason: str = Field(default="", max_length=300)
    source: str = Field(default="portal", max_length=20)
    """`portal`, `demo` or `fhir`."""
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
