"""One appointment as FHIR; what R4 has no element for is said by extensions of ours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from portal.fhir.elements import Json, lines, one_line
from portal.fhir.export import codes
from portal.fhir.export.agenda_rows import Planned
from portal.fhir.export.people import name_of
from portal.fhir.export.rows import Circle
from portal.fhir.export.writing import (
    address,
    filled,
    full_name,
    period,
    reference,
    resource,
    telecom,
)
from portal.fhir.own import (
    ANSWER_BEFORE,
    PREPARATION,
    RECURRENCE_START,
    SERIES,
    SOURCE,
    STATUS,
    UNSAID,
    said_of,
    urn_of,
)
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.series import AppointmentSeries

OWN_SOURCES = ("own", "calendar")
"""Written down by the family, or from a file that they added."""
MAY_LACK_TIME = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.CANCELLED,
    AppointmentStatus.WAITLIST,
)
"""R4 asks for a start and an end of all others (app-3)."""
_HAS_REASON = (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW)
_UNANSWERED = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.WAITLIST,
)
_PLACE = "place"


def appointment(planned: Planned, circle: Circle) -> Json:
    row = planned.appointment
    body = resource(
        "Appointment",
        row.id,
        contained=list(filter(None, [_place(planned)])),
        extension=list(_extensions(planned)),
        status=str(_status(row)),
        cancelationReason={"text": one_line(row.cancellation_reason)} if _has_reason(row) else {},
        serviceType=[codes.appointment_kind(row.kind)],
        description=row.title,
        start=_instant(row.starts_at),
        end=_instant(_end(row)),
        minutesDuration=row.duration_minutes,
        created=row.created_at.isoformat(),
        participant=list(_participants(planned, circle)),
        requestedPeriod=list(filter(None, [period(row.requested_start, row.requested_end)])),
    )
    # Beside the others: these keep their lines.
    return body | _instructions(row)


def lines_of(value: str) -> str:
    """A text of several lines as it leaves."""
    return lines({"text": value}, "text")


def _instructions(row: Appointment) -> Json:
    told = lines_of(row.instructions)
    return {"patientInstruction": told} if told else {}


def _status(row: Appointment) -> AppointmentStatus:
    if row.starts_at is None and row.status not in MAY_LACK_TIME:
        return AppointmentStatus.PROPOSED
    return row.status


def _has_reason(row: Appointment) -> bool:
    return row.status in _HAS_REASON and bool(one_line(row.cancellation_reason))


def _end(row: Appointment) -> datetime | None:
    """R4 has no start without an end (app-2): an end that nobody knows is said to be unsaid."""
    if row.starts_at is None or row.ends_at is not None:
        return row.ends_at
    return row.starts_at + timedelta(minutes=row.duration_minutes or 0)


def _instant(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _extensions(planned: Planned) -> Iterator[Json]:
    row = planned.appointment
    yield from said_of("Appointment", row)
    if row.starts_at is not None and row.ends_at is None:
        yield {"url": UNSAID, "valueCode": "end"}
    if row.status is not _status(row):
        yield {"url": STATUS, "valueCode": str(row.status)}
    if row.respond_before:
        yield {"url": ANSWER_BEFORE, "valueDate": row.respond_before.isoformat()}
    if preparation := lines_of(row.preparation):
        yield {"url": PREPARATION, "valueMarkdown": preparation}
    if row.source in OWN_SOURCES:
        yield {"url": SOURCE, "valueCode": "own"}
    if planned.series is not None and row.recurrence_start is not None:
        yield _series(planned.series)
        yield {"url": RECURRENCE_START, "valueInstant": row.recurrence_start.isoformat()}


def _series(series: AppointmentSeries) -> Json:
    """The rule in the wall time of its place (RFC 5545)."""
    parts: list[Json] = [
        {"url": "id", "valueUri": urn_of(series.id)},
        {"url": "rule", "valueString": series.rrule},
        {"url": "first-day", "valueDate": series.first_day.isoformat()},
        {"url": "at", "valueTime": series.at.isoformat(timespec="seconds")},
        {"url": "time-zone", "valueString": series.time_zone},
        {"url": "skips-holidays", "valueBoolean": series.skips_holidays},
    ]
    minutes = {"window": series.window_minutes, "duration": series.duration_minutes}
    parts += [{"url": name, "valueInteger": told} for name, told in minutes.items() if told]
    parts += [{"url": "left-out", "valueDate": day} for day in series.left_out]
    return {"url": SERIES, "extension": parts}


def _place(planned: Planned) -> Json:
    row, organization = planned.appointment, planned.organization
    told = filled(
        {
            "name": row.place,
            "telecom": telecom(row.phone, use="work"),
            "address": next(iter(address(row.address)), {}),
            "managingOrganization": reference(organization.id, organization.name)
            if organization
            else {},
        }
    )
    return {"resourceType": "Location", "id": _PLACE} | told if told else {}


def _participants(planned: Planned, circle: Circle) -> Iterator[Json]:
    row, patient = planned.appointment, circle.patient
    answer = "needs-action" if row.status in _UNANSWERED else "accepted"
    name = full_name(patient.given_name, patient.family_name)
    yield _participant(reference(patient.id, name), answer)
    if planned.practitioner is not None:
        who = reference(planned.practitioner.id, name_of(planned.practitioner))
        yield _participant(who, "accepted") | {"type": codes.takes_part("ATND")}
    if companion := _companion(row.companion_id, circle):
        said = "accepted" if row.companion_confirmed else "needs-action"
        yield _participant(companion, said) | {"type": codes.takes_part("ESC")}
    if others := one_line(row.performer_text):
        yield _participant({"display": others}, "accepted")
    if _place(planned):
        actor = filled({"reference": f"#{_PLACE}", "display": row.place})
        yield _participant(actor, "accepted")


def _participant(actor: Json, status: str) -> Json:
    return {"actor": actor, "required": "required", "status": status}


def _companion(companion_id: UUID | None, circle: Circle) -> Json:
    """A relative with a place in the circle; nobody else is named elsewhere."""
    relatives = (seat.relative for seat in circle.seats.values())
    found = next((one for one in relatives if one and one.id == companion_id), None)
    return reference(found.id, name_of(found)) if found else {}
