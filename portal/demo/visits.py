"""One visit of the fictional agenda, in words, and the row that it becomes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from portal.demo.cast import Cast
from portal.demo.days import instant
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.care import Patient
from portal.models.directory import Organization

HOME = "home"
OWN_OF_DEMO = "demo:"
PILLS = "pills"
"""The rule of Jeanne's pill box."""
_WORKSHOPS = UUID("019abcde-0000-7000-8000-000000000000")
_SERIES = UUID("019abcde-0000-7000-8000-000000000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    title: str
    kind: AppointmentKind
    day: date | None = None
    at: time | None = None
    """Wall time of the place."""
    until: time | None = None
    """Of a window: the visit begins between `at` and `until`."""
    minutes: int | None = None
    between: tuple[date, date] | tuple[None, None] = (None, None)
    """Of a proposal that has no day yet."""
    status: AppointmentStatus = AppointmentStatus.BOOKED
    answer_before: date | None = None
    who: str = ""
    """Key of a professional."""
    who_else: str = ""
    """In words, without a row of their own."""
    place: str = ""
    """Key of an organization, or `HOME`; empty for a call by video."""
    sent_by: str = ""
    """Key of the organization that sends somebody home."""
    video_url: str = ""
    companion: str = ""
    """Key of a relative."""
    needs_companion: bool = False
    transport: str = ""
    preparation: str = ""
    series: str = ""
    """Key of a rule of which this is one date."""
    workshop: str = ""
    """Key of a workshop in which this is the patient's place."""
    written_by: str = ""
    """Key of the account of whoever wrote it down as one of their own."""
    instructions: str = ""
    cancellation_reason: str = ""


def appointment(visit: Visit, *, patient: str, cast: Cast, now: datetime) -> Appointment:
    subject = cast.patients[patient]
    organization = None if visit.place in ("", HOME) else cast.organizations[visit.place]
    row = Appointment(
        patient_id=subject.id,
        title=visit.title,
        kind=visit.kind,
        status=visit.status,
        time_zone=organization.time_zone if organization else subject.time_zone,
        requested_start=visit.between[0],
        requested_end=visit.between[1],
        respond_before=visit.answer_before,
        video_url=visit.video_url,
        instructions=visit.instructions,
        needs_companion=visit.needs_companion,
        transport=visit.transport,
        preparation=visit.preparation,
        series_id=series_id(visit.series) if visit.series else None,
        workshop_id=workshop_id(visit.workshop) if visit.workshop else None,
        cancellation_reason=visit.cancellation_reason,
        source="own" if visit.written_by else "demo",
        # So that the next start of the demo knows it as one of its own.
        external_uid=f"{OWN_OF_DEMO}{visit.title}" if visit.written_by else None,
        created_by=cast.users[visit.written_by].id if visit.written_by else None,
        created_at=now,
        updated_at=now,
    )
    _set_time(row, visit)
    row.recurrence_start = row.starts_at if visit.series else None
    _set_place(row, visit, subject=subject, organization=organization)
    _set_people(row, visit, patient=patient, cast=cast)
    return row


def series_id(key: str) -> UUID:
    """The same in every demo, like that of a workshop."""
    return uuid5(_SERIES, key)


def workshop_id(key: str) -> UUID:
    """The same in every demo: the appointments of a workshop know it before it is written."""
    return uuid5(_WORKSHOPS, key)


def _set_time(row: Appointment, visit: Visit) -> None:
    if visit.day is None or visit.at is None:
        return
    row.starts_at = instant(visit.day, visit.at, zone=row.time_zone)
    if visit.until is not None:
        row.is_window = True
        row.ends_at = instant(visit.day, visit.until, zone=row.time_zone)
    elif visit.minutes is not None:
        row.duration_minutes = visit.minutes
        row.ends_at = row.starts_at + timedelta(minutes=visit.minutes)


def _set_place(
    row: Appointment, visit: Visit, *, subject: Patient, organization: Organization | None
) -> None:
    if organization is not None:
        row.organization_id = organization.id
        row.place, row.address = organization.name, organization.address
        row.phone = organization.phone
    elif visit.place == HOME:
        row.address = subject.address


def _set_people(row: Appointment, visit: Visit, *, patient: str, cast: Cast) -> None:
    row.performer_text = visit.who_else
    if visit.sent_by:
        service = cast.organizations[visit.sent_by]
        row.organization_id, row.phone = service.id, service.phone
    if visit.who:
        professional = cast.practitioners[visit.who]
        row.practitioner_id, row.phone = professional.id, professional.phone
    if visit.companion:
        row.companion_id = cast.relatives[patient, visit.companion].id
