"""The agenda outside Relais: subscriptions of phones, and reminders."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, new_id


class CalendarFeed(SQLModel, table=True):
    """A secret address that one calendar program of one person fetches."""

    __tablename__ = "calendar_feed"
    __table_args__ = (Index(None, "user_id", "id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id")
    patient_id: UUID | None = Field(default=None, foreign_key="patient.id")
    """None: all whose agenda the person sees, whoever they are at each fetch."""
    name: str = Field(max_length=80)
    """The device, in the person's words: `Mon téléphone`."""
    token_hash: bytes = Field(max_length=32, unique=True)
    is_detailed: bool = False
    """False: titles tell neither what, nor with whom, nor for whom."""
    alarm_minutes: int | None = None
    """So long before each visit the calendar rings; None: never."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_program: str = Field(default="", max_length=100)
    """What fetched it last, by its own word."""
    content_hash: bytes | None = Field(default=None, max_length=32)
    """Of what was answered last; a program that has it already is not sent it again."""
    content_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    logged_on: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Patient → the last local day on which their access log says that it was fetched."""
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReminderChoice(SQLModel, table=True):
    """When and how one person wants to be reminded of the visits of one patient; none: never."""

    __tablename__ = "reminder_choice"
    __table_args__ = (Index(None, "user_id", "patient_id"),)

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    evening_before: time | None = None
    """Wall time where the person lives, on the day before."""
    minutes_before: int | None = None
    only_accompanied: bool = False
    """Only of visits that the person accompanies."""
    is_detailed: bool = False
    """False: the mail says when something is planned, and neither what nor for whom."""
    allows_details: bool = False
    """In the row of the patients themselves: whether mails to relatives may say what, too."""
    quiet_from: time | None = None
    """No mail between these two, where the person lives: it is sent before."""
    quiet_until: time | None = None
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ReminderSent(SQLModel, table=True):
    """One reminder that was queued; another time of the same visit is another reminder."""

    __tablename__ = "reminder_sent"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "appointment_id"], ["appointment.patient_id", "appointment.id"]
        ),
        Index(None, "starts_at"),
    )

    patient_id: UUID = Field(primary_key=True)
    appointment_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    occasion: str = Field(max_length=10, primary_key=True)
    """`evening` or `before`."""
    starts_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    at: datetime = Field(sa_type=UtcDateTime)
