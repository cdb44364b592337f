"""Visits that repeat, and workshops that several patients come to."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from portal.clock import now
from portal.models.agenda import AppointmentKind, AppointmentStatus
from portal.models.base import UtcDateTime, coded, new_id


class AppointmentSeries(SQLModel, table=True):
    """A rule (RFC 5545 RRULE) in the wall time of a place, and what each of its dates begins with.

    The dates are rows of `appointment`, written out some way ahead: each can be moved,
    cancelled, hidden and answered by itself, and a week costs the same however old the rule is.
    """

    __tablename__ = "appointment_series"
    __table_args__ = (
        CheckConstraint("window_minutes IS NULL OR window_minutes > 0", name="window_has_length"),
        # What has to be written further out, the most urgent first.
        Index(None, "written_until", "patient_id", "id"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    rrule: str = Field(max_length=300)
    """`FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20`; an UNTIL is a local date, without a time."""
    first_day: date
    at: time
    """Wall time of the place; on a night without it, that much later (RFC 5545, 3.3.5)."""
    time_zone: str = Field(default="Europe/Paris", max_length=50)
    window_minutes: int | None = None
    """Of a round: each visit begins within so many minutes of `at`."""
    duration_minutes: int | None = None
    left_out: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Local dates (`2026-12-25`) that the rule names and that never were (RFC 5545 EXDATE)."""
    skips_holidays: bool = False
    """Dates on public holidays of the place are left out as they are written."""
    title: str = Field(max_length=300)
    kind: AppointmentKind = Field(default=AppointmentKind.OTHER, sa_type=coded(AppointmentKind))
    status: AppointmentStatus = Field(
        default=AppointmentStatus.BOOKED, sa_type=coded(AppointmentStatus)
    )
    """What each date begins as: booked, or proposed."""
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    performer_text: str = Field(default="", max_length=300)
    place: str = Field(default="", max_length=300)
    address: str = Field(default="", max_length=500)
    phone: str = Field(default="", max_length=50)
    video_url: str = Field(default="", max_length=500)
    needs_companion: bool = False
    transport: str = Field(default="", max_length=300)
    preparation: str = Field(default="", max_length=2000)
    instructions: str = Field(default="", max_length=4000)
    version: int = 1
    ended_rrule: str = Field(default="", max_length=300)
    """The rule as it was before it was ended, so that the end can be taken back."""
    written_until: date | None = None
    """The last local day up to which its dates are rows; None once nothing can follow."""
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Workshop(SQLModel, table=True):
    """A meeting with a number of places; nobody's health is in this row."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="has_places"),
        CheckConstraint("places_taken >= 0 AND places_taken <= capacity", name="never_too_full"),
        CheckConstraint("ends_at > starts_at", name="ordered"),
        Index(None, "organization_id", "starts_at", "id"),
        # The day of who leads it.
        Index(None, "practitioner_id", "starts_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organization.id")
    title: str = Field(max_length=300)
    description: str = Field(default="", max_length=2000)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    time_zone: str = Field(default="Europe/Paris", max_length=50)
    place: str = Field(default="", max_length=300)
    address: str = Field(default="", max_length=500)
    phone: str = Field(default="", max_length=50)
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    host_text: str = Field(default="", max_length=300)
    """Who leads it, in words: a patient expert has no entry in the directory."""
    capacity: int
    places_taken: int = 0
    """Moved with the answers, in their transactions."""
    respond_before: date | None = None
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancellation_reason: str = Field(default="", max_length=300)
    version: int = 1
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
