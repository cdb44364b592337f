"""An Appointment that Relais wrote, coming back or arriving.

One that stands here is never changed by a file: people agreed on it here, and others were told.
"""

from collections.abc import Iterator
from datetime import date, time
from typing import Any
from uuid import UUID

from portal.fhir.attendance import attendance_of
from portal.fhir.dates import first_day, instant, last_day
from portal.fhir.elements import Json, child, lines, objects, one_line, text
from portal.fhir.incoming import Incoming
from portal.fhir.merge import Fields, fit
from portal.fhir.own import (
    ANSWER_BEFORE,
    APPOINTMENTS,
    PREPARATION,
    RECURRENCE_START,
    SERIES,
    SOURCE,
    STATUS,
    UNSAID,
    codes_in,
    extension,
    extensions,
    is_zone,
    own_id,
    said_in,
    uuid_in,
)
from portal.fhir.people import words_of
from portal.fhir.recognition import LeftOutError
from portal.fhir.state import State
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.agreement import AppointmentAct, AppointmentChange
from portal.models.series import AppointmentSeries

_KNOWN = "it stands here already and says something else: appointments are changed in Relais"
_UNTOLD: tuple[Any, ...] = (None, "", [])
_LINES = ("instructions", "preparation")
# Whoever is kept out, has no place or came by another way stands here and not in the file.
_MAY_DIFFER = frozenset({"created_at", "performer_text", "companion_confirmed"})
_COPIED = (
    *("title", "kind", "practitioner_id", "organization_id", "performer_text", "place", "address"),
    *("phone", "video_url", "needs_companion", "transport", "preparation", "instructions"),
)


def is_own(incoming: Incoming) -> bool:
    return own_id(incoming.body) is not None


def write(state: State, incoming: Incoming) -> None:
    row_id = own_id(incoming.body)
    attendance = attendance_of(state, incoming, incoming.body)
    if len(attendance.patients) != 1 or row_id is None:
        raise LeftOutError("none of its participants is a patient who is known here")
    patient_id = attendance.patients[0]
    held = state.stored.appointments[row_id]
    if held and patient_id not in held:
        raise LeftOutError("its id is that of another patient's appointment")
    new = fit(Appointment, attendance.columns(state, patient_id) | _columns(state, incoming))[0]
    if row := held.get(patient_id):
        for name in _differences(row, new):
            state.journal.note(incoming, name, _KNOWN)
        state.settle_own(incoming, row_id=row_id, patient_id=patient_id)
        return
    known = state.recognition.find(incoming, patient_id=patient_id)
    attendance.tell(state)
    held[patient_id] = _add(state, incoming, new, patient_id=patient_id, row_id=row_id)
    digest = state.digest(incoming)
    state.keep(incoming, known, digest=digest, row_id=row_id, patient_id=patient_id)


def _add(
    state: State, incoming: Incoming, new: Fields, *, patient_id: UUID, row_id: UUID
) -> Appointment:
    row = Appointment(patient_id=patient_id, id=row_id, updated_at=state.now, **new)
    _check_times(row)
    told = extension(incoming.body, SERIES)
    recurrence_start = text(extension(incoming.body, RECURRENCE_START), "valueInstant")
    if told and recurrence_start and (series := _series(state, told, row)):
        row.series_id, row.recurrence_start = series.id, instant(recurrence_start)
    begin(state, row, act=AppointmentAct.ADDED if row.source == "own" else AppointmentAct.BOOKED)
    return row


def begin(state: State, row: Appointment, *, act: AppointmentAct) -> None:
    """A new row and the first line of its history, by nobody: thousands may come at a time."""
    state.session.add(row)
    line = AppointmentChange(
        patient_id=row.patient_id,
        appointment_id=row.id,
        version=row.version,
        at=state.now,
        act=act,
    )
    state.add_after(line)


def _check_times(row: Appointment) -> None:
    if row.ends_at and (row.starts_at is None or row.ends_at < row.starts_at):
        raise LeftOutError("it ends before it starts")
    if row.is_window and row.ends_at is None:
        raise LeftOutError("its window has no end")


def _differences(row: Appointment, new: Fields) -> Iterator[str]:
    """What the file tells and the row does not say; what it omits is no news."""
    for name, value in new.items():
        if value not in _UNTOLD and name not in _MAY_DIFFER and _cleaned(row, name) != value:
            yield name


def _cleaned(row: Appointment, name: str) -> Any:
    value = getattr(row, name)
    if name == "source":
        return "own" if value in ("own", "calendar") else "fhir"
    if not isinstance(value, str) or isinstance(value, (AppointmentKind, AppointmentStatus)):
        return value
    return lines({name: value}, name) if name in _LINES else one_line(value)


def _columns(state: State, incoming: Incoming) -> Fields:
    body = incoming.body
    is_theirs = text(extension(body, SOURCE), "valueCode") == "own"
    created = text(body, "created")
    return (
        {
            "title": text(body, "description"),
            "kind": _kind(body),
            "status": _status(body),
            "instructions": lines(body, "patientInstruction"),
            "preparation": lines(extension(body, PREPARATION), "valueMarkdown"),
            "cancellation_reason": words_of(child(body, "cancelationReason")),
            "companion_confirmed": _is_companion_certain(body),
            "source": "own" if is_theirs else "fhir",
            "created_at": instant(created) if created else state.now,
            "time_zone": state.zone.key,
            "is_window": False,
            "needs_companion": False,
        }
        | said_in("Appointment", body)
        | _times(state, body)
    )


def _times(state: State, body: Json) -> Fields:
    start, end = text(body, "start"), text(body, "end")
    is_unsaid = text(extension(body, UNSAID), "valueCode") == "end"
    asked: Json = next(iter(objects(body, "requestedPeriod")), {})
    return {
        "starts_at": instant(start) if start else None,
        "ends_at": instant(end) if end and not is_unsaid else None,
        "duration_minutes": body.get("minutesDuration"),
        "requested_start": first_day(text(asked, "start"), state.zone),
        "requested_end": last_day(text(asked, "end"), state.zone),
        "respond_before": _day(text(extension(body, ANSWER_BEFORE), "valueDate")),
    }


def _kind(body: Json) -> AppointmentKind:
    concepts = objects(body, "serviceType")
    told = [code for concept in concepts for code in codes_in(concept, APPOINTMENTS)]
    known = AppointmentKind.__members__.values()
    return next((AppointmentKind(code) for code in told if code in known), AppointmentKind.OTHER)


def _status(body: Json) -> AppointmentStatus:
    told = text(extension(body, STATUS), "valueCode")
    known = AppointmentStatus.__members__.values()
    return AppointmentStatus(told if told in known else text(body, "status"))


def _is_companion_certain(body: Json) -> bool:
    """Nobody who goes along has still to say yes."""
    escorts = (
        one
        for one in objects(body, "participant")
        if any(
            text(coding, "code") == "ESC"
            for concept in objects(one, "type")
            for coding in objects(concept, "coding")
        )
    )
    return all(text(one, "status") == "accepted" for one in escorts)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _series(state: State, told: Json, row: Appointment) -> AppointmentSeries | None:
    """The rule of the first date that names it. It is history here: it writes no more dates."""
    series_id = uuid_in(text(extension(told, "id"), "valueUri"))
    rule = text(extension(told, "rule"), "valueString")
    first = _day(text(extension(told, "first-day"), "valueDate"))
    at = _time(text(extension(told, "at"), "valueTime"))
    if series_id is None or first is None or at is None or not rule or len(rule) > 300:
        return None
    known = state.session.get(AppointmentSeries, (row.patient_id, series_id))
    if known is not None:
        return known
    zone = text(extension(told, "time-zone"), "valueString")
    series = AppointmentSeries(
        patient_id=row.patient_id,
        id=series_id,
        rrule=rule,
        first_day=first,
        at=at,
        time_zone=zone if is_zone(zone) and len(zone) <= 50 else row.time_zone,
        window_minutes=_minutes(told, "window"),
        duration_minutes=_minutes(told, "duration"),
        left_out=[text(one, "valueDate") for one in extensions(told, "left-out")][:400],
        skips_holidays=extension(told, "skips-holidays").get("valueBoolean") is True,
        written_until=None,
        **{name: getattr(row, name) for name in _COPIED},
    )
    state.session.add(series)
    state.session.flush()
    return series


def _minutes(told: Json, name: str) -> int | None:
    value = extension(told, name).get("valueInteger")
    return value if isinstance(value, int) and 0 < value < 100_000 else None


def _time(value: str) -> time | None:
    try:
        found = time.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is None else None
