"""Appointments."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    event,
    text,
)
from sqlmodel import Field, SQLModel

from portal.clock import now
from portal.models.base import UtcDateTime, coded, new_id

LONGEST_VISIT = timedelta(days=2)
"""What lasts longer is a stay: visits take place within it."""


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


UNANSWERED_STATUSES = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.WAITLIST,
)


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
        ForeignKeyConstraint(
            ["patient_id", "series_id"], ["appointment_series.patient_id", "appointment_series.id"]
        ),
        # One row for each date of a series, however often it is written out.
        UniqueConstraint("patient_id", "series_id", "recurrence_start"),
        # A file that a hospital sent is kept once.
        UniqueConstraint("patient_id", "source", "external_uid"),
        UniqueConstraint("patient_id", "workshop_id"),
        Index(None, "patient_id", "starts_at", "id"),
        # What began long ago and goes on is found without a walk through all visits since then.
        Index(
            "ix_appointment_stays",
            "patient_id",
            "is_stay",
            "starts_at",
            "id",
            sqlite_where=text("is_stay = 1"),
            postgresql_where=text("is_stay"),
        ),
        Index(
            "ix_appointment_questions",
            "patient_id",
            "is_question",
            "starts_at",
            sqlite_where=text("is_question = 1"),
            postgresql_where=text("is_question"),
        ),
        # The day of a professional, and who takes part in a workshop.
        Index(None, "practitioner_id", "starts_at"),
        Index(None, "workshop_id"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    series_id: UUID | None = None
    """The series that it is one date of."""
    recurrence_start: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Where the rule of the series puts it (RFC 5545 RECURRENCE-ID), wherever it was moved."""
    workshop_id: UUID | None = Field(default=None, foreign_key="workshop.id")
    """The workshop in which this is the place of the patient."""
    version: int = 1
    """Rises with each change of time, place, people or state; the SEQUENCE of calendars."""
    title: str = Field(max_length=300)
    kind: AppointmentKind = Field(default=AppointmentKind.OTHER, sa_type=coded(AppointmentKind))
    status: AppointmentStatus = Field(
        default=AppointmentStatus.BOOKED, sa_type=coded(AppointmentStatus)
    )
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """UTC; empty while only `requested_start` and `requested_end` are known."""
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_stay: bool = False
    """Lasts longer than any visit (`LONGEST_VISIT`): kept by the event below."""
    is_question: bool = False
    """Waits for an answer of the patient or of a companion: kept by the event below."""
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
    companion_confirmed: bool = True
    """False: they were named by somebody else and have an account, but did not say yes yet."""
    needs_companion: bool = False
    """Nobody should go there alone: without a companion the circle is asked."""
    transport: str = Field(default="", max_length=300)
    """How the patient gets there and back, in words: `VSL réservé, départ à 8 h 30`."""
    preparation: str = Field(default="", max_length=2000)
    """What to prepare: one line for each box to tick."""
    instructions: str = Field(default="", max_length=4000)
    cancellation_reason: str = Field(default="", max_length=300)
    source: str = Field(default="portal", max_length=20)
    """`portal`, `demo`, `fhir`, `calendar` (a file that somebody added) or `own` (typed)."""
    source_name: str = Field(default="", max_length=200)
    """Who sent that file, as it says itself."""
    external_uid: str | None = Field(default=None, max_length=300)
    """The UID in that file, with its RECURRENCE-ID."""
    external_revision: str = Field(default="", max_length=40)
    """SEQUENCE and stamp in that file: what is older never wins."""
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    """None for an import."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def sort_out(row: Any) -> None:
    """Set what the lists are found by; bulk inserts have to do it themselves."""
    starts_at, ends_at = row.starts_at, row.ends_at
    row.is_stay = bool(starts_at and ends_at and ends_at - starts_at > LONGEST_VISIT)
    lacks_companion = row.needs_companion and row.companion_id is None
    is_asked = row.companion_id is not None and not row.companion_confirmed
    row.is_question = row.status in UNANSWERED_STATUSES or lacks_companion or is_asked


def _sort_out(_mapper: object, _connection: object, row: Any) -> None:
    sort_out(row)


for _moment in ("before_insert", "before_update"):
    event.listen(Appointment, _moment, _sort_out)
