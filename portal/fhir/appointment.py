"""FHIR Appointment → appointment: one row for each patient who takes part."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.fhir import own_appointment
from portal.fhir.attendance import attendance_of
from portal.fhir.dates import DateOutOfRangeError, first_day, instant, last_day
from portal.fhir.elements import Json, child, lines, objects, text
from portal.fhir.incoming import Incoming
from portal.fhir.merge import Fields, merge
from portal.fhir.names import title_of
from portal.fhir.people import codes_of, extension_text, words_of
from portal.fhir.recognition import LeftOutError
from portal.fhir.state import State
from portal.fhir.terminology import appointment_kind
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct
from portal.models.base import new_id
from portal.models.interop import FhirResource
from portal.scheduling.acts import change

_ZONES = (
    "http://hl7.org/fhir/StructureDefinition/tz-code",
    "http://hl7.org/fhir/StructureDefinition/timezone",
)
# Shown to people: the language of the pages comes first.
_UNTITLED = "Rendez-vous"
_MAY_LACK_TIME = ("proposed", "cancelled", "waitlist", "entered-in-error")


def write(state: State, incoming: Incoming) -> None:
    if own_appointment.is_own(incoming):
        own_appointment.write(state, incoming)
        return
    attendance = attendance_of(state, incoming, incoming.body)
    patients = attendance.patients
    if not patients:
        raise LeftOutError("none of its participants is a patient who is known here")
    alone = patients[0] if len(patients) == 1 else None
    known = state.recognition.find(incoming, patient_id=alone)
    state.recognition.check_first(incoming, known)
    if known is None and text(incoming.body, "status") == AppointmentStatus.ENTERED_IN_ERROR:
        raise LeftOutError("it was entered in error")
    _check_times(incoming.body)
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    rows = _rows(state, known)
    if rows and not rows.keys() & set(patients):
        raise LeftOutError(f"{incoming.label} was imported before for another patient")
    attendance.tell(state)
    shared_id = (known.row_id if known else None) or new_id()
    for patient_id in patients:
        _write_row(state, incoming, known, patient_id=patient_id, shared_id=shared_id)
    for patient_id in rows.keys() - set(patients):
        row, cancelled = rows[patient_id], {"status": AppointmentStatus.CANCELLED}
        change(state.session, row, cancelled, act=AppointmentAct.CANCELLED, by=None, at=state.now)
    state.keep(incoming, known, digest=digest, row_id=shared_id, patient_id=alone)


def _rows(state: State, known: FhirResource | None) -> dict[UUID, Appointment]:
    """By patient, as imported before."""
    if known is None or known.row_id is None:
        return {}
    return dict(state.stored.appointments.get(known.row_id, {}))


def _write_row(
    state: State,
    incoming: Incoming,
    known: FhirResource | None,
    *,
    patient_id: UUID,
    shared_id: UUID,
) -> None:
    def read(body: Json) -> Fields:
        attendance = attendance_of(state, incoming, body)
        columns = attendance.columns(state, patient_id)
        return _fields(state, body, place_codes=attendance.place_codes()) | columns

    new, old = state.fields(Appointment, incoming, known, read)
    row = state.stored.appointments[shared_id].get(patient_id)
    if row is None:
        row = Appointment(patient_id=patient_id, id=shared_id, source="fhir", **new)
        row.updated_at = state.now
        state.stored.appointments[shared_id][patient_id] = row
        own_appointment.begin(state, row, act=AppointmentAct.BOOKED)
        return
    _change(state, row, new, old)


def _change(state: State, row: Appointment, new: Fields, old: Fields | None) -> None:
    """What follows from the file, as one act: calendars and those who answered learn of it."""
    wanted = Appointment(**row.model_dump())
    merge(wanted, new, old)
    _fill_links(wanted, new)
    _keep_times_together(wanted, new)
    told = {name: getattr(wanted, name) for name in (*new, "is_window")}
    different = {name for name, value in told.items() if getattr(row, name) != value}
    if different:
        change(state.session, row, told, act=_act(wanted, different), by=None, at=state.now)


def _act(wanted: Appointment, different: set[str]) -> AppointmentAct:
    if "status" in different and wanted.status is AppointmentStatus.CANCELLED:
        return AppointmentAct.CANCELLED
    is_moved = {"starts_at", "ends_at"} & different
    return AppointmentAct.MOVED if is_moved else AppointmentAct.CORRECTED


def _check_times(body: Json) -> None:
    start, end, status = text(body, "start"), text(body, "end"), text(body, "status")
    if not start and status not in _MAY_LACK_TIME:
        raise LeftOutError(f"an appointment that is {status} needs a start (FHIR rule app-3)")
    if end and not start:
        raise LeftOutError("it has an end and no start (FHIR rule app-2)")
    if start and end and instant(end) < instant(start):
        raise LeftOutError(f"it ends ({end}) before it starts ({start})")


def _fill_links(row: Appointment, new: Fields) -> None:
    """What the file said all along and only now can be found: it was imported in between."""
    if row.practitioner_id is None and new["practitioner_id"]:
        row.performer_text = new["performer_text"]  # they stood there in words
    for name in ("practitioner_id", "organization_id", "companion_id", "address", "phone"):
        if not getattr(row, name):
            setattr(row, name, new[name])


def _keep_times_together(row: Appointment, new: Fields) -> None:
    """Half from the file and half by hand, the times could be the wrong way round."""
    if row.ends_at and (row.starts_at is None or row.ends_at < row.starts_at):
        row.starts_at, row.ends_at = new["starts_at"], new["ends_at"]
    row.is_window = row.is_window and row.ends_at is not None


def _fields(state: State, body: Json, *, place_codes: list[tuple[str, str]]) -> Fields:
    concepts = [child(body, "appointmentType"), *objects(body, "serviceType")]
    concepts += objects(body, "serviceCategory")
    codes = [pair for concept in concepts for pair in codes_of(concept)]
    said = filter(None, (lines(body, "comment"), lines(body, "patientInstruction")))
    return {
        "title": title_of(body) or _UNTITLED,
        "kind": appointment_kind([*codes, *place_codes]),
        "status": AppointmentStatus(text(body, "status")),
        "time_zone": _time_zone(body) or state.zone.key,
        "instructions": "\n\n".join(said),
        "cancellation_reason": words_of(child(body, "cancelationReason")),
    } | _times(state, body)


def _times(state: State, body: Json) -> Fields:
    start, end = text(body, "start"), text(body, "end")
    duration = body.get("minutesDuration")
    starts_at = instant(start) if start else None
    ends_at = instant(end) if end else _end_by_duration(starts_at, duration)
    asked: Json = next(iter(objects(body, "requestedPeriod")), {}) if not start else {}
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "duration_minutes": duration,
        "requested_start": first_day(text(asked, "start"), state.zone),
        "requested_end": last_day(text(asked, "end"), state.zone),
    }


def _end_by_duration(starts_at: datetime | None, duration: int | None) -> datetime | None:
    if starts_at is None or duration is None:
        return None
    try:
        return starts_at + timedelta(minutes=duration)
    except OverflowError:
        raise DateOutOfRangeError(f"{duration} minutes lead out of the range of dates") from None


def _time_zone(body: Json) -> str:
    """The zone of the place, where the sender tells it beside the start."""
    name = next(filter(None, (extension_text(child(body, "_start"), url) for url in _ZONES)), "")
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
