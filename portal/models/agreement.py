"""What people say about an appointment: changes, requests, preparation, notes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class AppointmentAct(StrEnum):
    """What somebody did to an appointment."""

    BOOKED = "booked"
    PROPOSED = "proposed"
    ADDED = "added"
    """The patient or a carer wrote down one of their own."""
    CORRECTED = "corrected"
    """Another title, place or instruction; the time stays."""
    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    LEFT_WAITLIST = "left_waitlist"
    CHANGE_ASKED = "change_asked"
    CALL_ASKED = "call_asked"
    REQUEST_WITHDRAWN = "request_withdrawn"
    KEPT = "kept"
    """The professional cannot change it: it stays as it was."""
    CALLED = "called"
    """The professional called back: what they agreed on is written by its own act."""
    OTHER_PROPOSED = "other_proposed"
    OTHER_REFUSED = "other_refused"
    """The time that the professional proposed instead does not suit."""
    COMPANION_NAMED = "companion_named"
    COMPANION_CONFIRMED = "companion_confirmed"
    COMPANION_REFUSED = "companion_refused"
    COMPANION_NOT_NEEDED = "companion_not_needed"
    COMPANION_WANTED = "companion_wanted"
    """Somebody should go along, and nobody does yet: the circle is asked."""
    TRANSPORT_SAID = "transport_said"
    TOOK_PLACE = "took_place"
    MISSED = "missed"


class AppointmentChange(SQLModel, table=True):
    """One act on an appointment, never changed: who, when, what it was before and after."""

    __tablename__ = "appointment_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "appointment_id"], ["appointment.patient_id", "appointment.id"]
        ),
    )

    patient_id: UUID = Field(primary_key=True)
    appointment_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    """A UUIDv7: in the order of the acts."""
    version: int
    """Of the appointment after it."""
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    """None when no person did it: an import."""
    capacity: str = Field(default="", max_length=40)
    """As in the access log; `self` for the patient."""
    act: AppointmentAct = Field(sa_type=coded(AppointmentAct))
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """`{"starts_at": [before, after]}`, instants as ISO 8601 in UTC."""
    reason: str = Field(default="", max_length=300)


class RequestKind(StrEnum):
    CHANGE = "change"
    CALL = "call"
    """"I would rather be called"."""


class RequestState(StrEnum):
    OPEN = "open"
    """The professional did not answer yet; the appointment stays as it is."""
    MOVED = "moved"
    """They moved it."""
    PROPOSED = "proposed"
    """They propose another time, and wait for the answer."""
    KEPT = "kept"
    """They cannot change it: it stays."""
    CANCELLED = "cancelled"
    """They cancelled it."""
    DECLINED = "declined"
    """The time that they proposed does not suit."""
    CALLED = "called"
    """They called back."""
    WITHDRAWN = "withdrawn"


class ChangeRequest(SQLModel, table=True):
    """The patient or a carer asks for another time; at most one of an appointment is not over."""

    __tablename__ = "change_request"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "appointment_id"], ["appointment.patient_id", "appointment.id"]
        ),
        Index(None, "patient_id", "appointment_id", "id"),
        # What awaits an answer, the oldest first.
        Index(None, "patient_id", "state", "id"),
    )

    patient_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    appointment_id: UUID
    kind: RequestKind = Field(sa_type=coded(RequestKind))
    state: RequestState = Field(default=RequestState.OPEN, sa_type=coded(RequestState))
    asked_by: UUID = Field(foreign_key="user_account.id")
    capacity: str = Field(max_length=40)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    parts_of_day: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Of `morning`, `afternoon`, `evening`, `other_day`."""
    moments: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Up to three preferred moments, in wall time of the place: `2026-12-03T14:00`."""
    text: str = Field(default="", max_length=1000)
    answered_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer_text: str = Field(default="", max_length=1000)
    proposed_start: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proposed_end: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proposed_is_window: bool = False


class PreparationTick(SQLModel, table=True):
    """One line of the preparation that is done; a line that was rewritten is not."""

    __tablename__ = "preparation_tick"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "appointment_id"], ["appointment.patient_id", "appointment.id"]
        ),
    )

    patient_id: UUID = Field(primary_key=True)
    appointment_id: UUID = Field(primary_key=True)
    line: str = Field(max_length=300, primary_key=True)
    done_by: UUID = Field(foreign_key="user_account.id")
    done_at: datetime = Field(sa_type=UtcDateTime)


class NoteAudience(StrEnum):
    """Who reads a note, said beside it."""

    EVERYBODY = "everybody"
    """Who sees the appointment."""
    FAMILY = "family"
    """The patient and the relatives who see it; no professional."""
    PROFESSIONALS = "professionals"
    """The circle's professionals and the coordinators; neither the patient nor relatives."""


class AppointmentNote(SQLModel, table=True):
    """A few words beside an appointment."""

    __tablename__ = "appointment_note"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "appointment_id"], ["appointment.patient_id", "appointment.id"]
        ),
        Index(None, "patient_id", "appointment_id", "id"),
    )

    patient_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    appointment_id: UUID
    author_id: UUID = Field(foreign_key="user_account.id")
    capacity: str = Field(max_length=40)
    audience: NoteAudience = Field(sa_type=coded(NoteAudience))
    text_sealed: bytes
    at: datetime = Field(sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Nobody reads it any more; whoever wrote it can take the deletion back for an hour."""
