"""Rows of the agenda: an appointment on its card, and what people said about it."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from portal.models.agenda import AppointmentKind, AppointmentStatus
from portal.models.agreement import AppointmentAct, NoteAudience, RequestKind, RequestState
from portal.models.directory import Gender
from portal.scheduling.requests.receivers import ReceiverRow


class AppointmentRow(NamedTuple):
    """One appointment with the names that stand on its card."""

    id: UUID
    version: int
    series_id: UUID | None
    recurrence_start: datetime | None
    workshop_id: UUID | None
    title: str
    kind: AppointmentKind
    status: AppointmentStatus
    starts_at: datetime | None
    ends_at: datetime | None
    is_window: bool
    time_zone: str
    requested_start: date | None
    requested_end: date | None
    respond_before: date | None
    duration_minutes: int | None
    practitioner_id: UUID | None
    organization_id: UUID | None
    performer_text: str
    place: str
    address: str
    phone: str
    video_url: str
    instructions: str
    preparation: str
    transport: str
    cancellation_reason: str
    source: str
    source_name: str
    created_by: UUID | None
    updated_at: datetime
    companion_id: UUID | None
    companion_confirmed: bool
    needs_companion: bool
    request_state: RequestState | None
    """Of a request that is not over: it awaits the professional, or their proposal the patient."""
    prefix: str | None
    given_name: str | None
    family_name: str | None
    gender: Gender | None
    profession: str | None
    profession_text: str | None
    practitioner_phone: str | None
    organization_name: str | None
    companion_given_name: str | None
    companion_family_name: str | None
    companion_is_viewer: bool


class Position(NamedTuple):
    """Where a list goes on: the last row that was shown."""

    starts_at: datetime
    id: UUID


class RequestRow(NamedTuple):
    """What was asked last about this appointment, answered or not."""

    id: UUID
    kind: RequestKind
    state: RequestState
    asked_at: datetime
    asked_by: UUID
    asker_given_name: str
    asker_family_name: str
    capacity: str
    parts_of_day: list[str]
    moments: list[str]
    text: str
    answered_at: datetime | None
    answerer_given_name: str | None
    answerer_family_name: str | None
    answer_text: str
    proposed_start: datetime | None
    proposed_end: datetime | None
    proposed_is_window: bool


class CompanionRow(NamedTuple):
    """A relative who could go along."""

    related_person_id: UUID
    given_name: str
    family_name: str
    gender: Gender
    relationship: str
    relationship_text: str
    user_id: UUID | None
    """Their account, when they have one and it is linked today."""


class TickRow(NamedTuple):
    """One line of the preparation that is done."""

    line: str
    given_name: str
    done_at: datetime


class NoteRow(NamedTuple):
    """One note that this reader may read; still sealed."""

    id: UUID
    author_id: UUID
    given_name: str
    family_name: str
    capacity: str
    audience: NoteAudience
    text_sealed: bytes
    at: datetime


class ChangeRow(NamedTuple):
    """One line of the history."""

    id: UUID
    version: int
    at: datetime
    actor_id: UUID | None
    given_name: str | None
    family_name: str | None
    capacity: str
    act: AppointmentAct
    fields: dict[str, Any]
    reason: str


class SeriesRow(NamedTuple):
    """The rule of which the appointment is one date."""

    id: UUID
    rrule: str
    version: int
    written_until: Any


class WorkshopRow(NamedTuple):
    id: UUID
    capacity: int
    places_taken: int


class Details(NamedTuple):
    """Everything that people said about one appointment, as far as this reader may know it."""

    request: RequestRow | None
    companions: list[CompanionRow]
    ticks: list[TickRow]
    notes: list[NoteRow]
    """The oldest first."""
    changes: list[ChangeRow]
    """The newest first."""
    series: SeriesRow | None
    workshop: WorkshopRow | None
    receivers: tuple[ReceiverRow, ...] = ()
    """Whom a request reaches: the professional where they can answer, or else the coordinators."""
