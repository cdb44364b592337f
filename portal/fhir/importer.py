"""The import of FHIR R4 files: read and check all of them first, then write."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text as sql
from sqlmodel import Session

from portal.clock import now
from portal.db import begin_writing
from portal.errors import ImportRefusedError
from portal.fhir import (
    appointment,
    care_plan,
    care_team,
    location,
    organization,
    patient,
    practitioner,
    practitioner_role,
    related_person,
)
from portal.fhir.absences import absence_ids, write_absences
from portal.fhir.dates import DateOutOfRangeError
from portal.fhir.elements import Json
from portal.fhir.files import read_documents
from portal.fhir.identity import (
    finess_of,
    identifier_keys,
    ins_of,
    literal_id,
    literals_of,
    rpps_of,
    source_keys,
)
from portal.fhir.incoming import KINDS, Incoming, mapped_references
from portal.fhir.journal import Journal
from portal.fhir.links import Links, Target, wanted_of
from portal.fhir.members import is_active
from portal.fhir.own import own_id
from portal.fhir.recognition import LeftOutError, Recognition
from portal.fhir.relatives import join_circles
from portal.fhir.report import ImportReport
from portal.fhir.state import State
from portal.fhir.stored import Stored
from portal.fhir.unpacking import unpack
from portal.models.care import CareTeam

_WRITERS: dict[str, Callable[[State, Incoming], None]] = {
    "Organization": organization.write,
    "Practitioner": practitioner.write,
    "PractitionerRole": practitioner_role.write,
    "Location": location.write,
    "Patient": patient.write,
    "RelatedPerson": related_person.write,
    "CareTeam": care_team.write,
    "CarePlan": care_plan.write,
    "Appointment": appointment.write,
}

_NUMBER_OF: dict[str, Callable[[Json], str]] = {
    "Patient": lambda body: ins_of(body)[0],
    "Practitioner": lambda body: rpps_of(body)[0],
    "Organization": finess_of,
}
_NAMELESS = "it has no id, no identifier and no fullUrl: it could not be recognised again"


def import_paths(
    session: Session, *, paths: Sequence[Path], default_time_zone: str
) -> ImportReport:
    """Write what files and folders hold; flushes, and leaves the commit to the caller.

    `default_time_zone` is where dates without a time are lived. Raises `ImportRefusedError` when
    a file is refused: the caller then rolls everything back. The transaction for writing is begun
    after the files were read and checked, unless the caller has begun it.
    """
    items = [item for document in read_documents(paths) for item in unpack(document)]
    incoming = [item for item in items if isinstance(item, Incoming)]
    begin_writing(session)
    with session.no_autoflush:
        state = _state(session, incoming, ZoneInfo(default_time_zone))
        for kind in KINDS:
            if kind == "RelatedPerson":
                _prepare_circles(state, incoming)
            for item in _in_turn(incoming, kind):
                _write(state, item)
            if kind == "CareTeam":
                join_circles(state)
            if kind == "PractitionerRole":
                write_absences(state, incoming)
            state.flush()
    return state.journal.report(items)


def _write(state: State, incoming: Incoming) -> None:
    try:
        if not source_keys(incoming):
            raise LeftOutError(_NAMELESS)
        _check_container(state, incoming)
        _WRITERS[incoming.kind](state, incoming)
    except LeftOutError as reason:
        state.journal.leave_out(incoming, str(reason))
    except DateOutOfRangeError as reason:
        raise ImportRefusedError(incoming.file, incoming.path, str(reason)) from None


def _check_container(state: State, incoming: Incoming) -> None:
    """A contained resource has no life of its own."""
    if incoming.parent is None:
        return
    if not state.links.has_patient(incoming.parent):
        label = incoming.parent.label
        raise LeftOutError(f"it is contained in {label}, whose patient is unknown")
    if incoming.kind == "Patient" and not identifier_keys("Patient", incoming.body):
        raise LeftOutError("a contained patient without an identifier cannot be recognised")


def _in_turn(incoming: Iterable[Incoming], kind: str) -> list[Incoming]:
    """The last file first, so that it wins over older copies; extracts and closed teams last."""
    newest_first = [item for item in incoming if item.kind == kind][::-1]
    return sorted(newest_first, key=lambda item: (item.parent is not None, _is_closed(item)))


def _is_closed(item: Incoming) -> bool:
    return item.kind == "CareTeam" and not is_active(item.body)


def _state(session: Session, incoming: list[Incoming], zone: ZoneInfo) -> State:
    _lock(session)
    stored = Stored(session)
    links = Links(stored)
    for item in incoming:
        links.add(item)
    stored.load(keys=_wanted_keys(incoming), ids=_wanted_ids(incoming))
    stored.load_own(_own_ids(incoming))
    stored.load_own_appointments(
        row_id for kind, row_id in _own_ids(incoming) if kind == "Appointment"
    )
    ins, rpps, finess = (_numbers(incoming, kind) for kind in _NUMBER_OF)
    stored.load_numbers(ins=ins, rpps=rpps, finess=finess)
    return State(session, stored, links, Recognition(stored), Journal(), zone, now())


def _lock(session: Session) -> None:
    """Two imports at a time could both create what each of them does not find."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sql("LOCK TABLE fhir_resource IN SHARE ROW EXCLUSIVE MODE"))


def _wanted_keys(incoming: list[Incoming]) -> Iterator[tuple[str, str]]:
    for item in incoming:
        yield from ((item.kind, key) for key in source_keys(item))
        for keys, _ in wanted_of(item):
            yield from keys


def _wanted_ids(incoming: list[Incoming]) -> Iterator[UUID]:
    for item in incoming:
        yield from (literal_id(literal) for literal in literals_of(item))
        for _, literals in wanted_of(item):
            yield from map(literal_id, literals)


def _numbers(incoming: list[Incoming], kind: str) -> set[str]:
    read = _NUMBER_OF[kind]
    return {number for item in incoming if item.kind == kind and (number := read(item.body))}


def _own_ids(incoming: list[Incoming]) -> Iterator[tuple[str, UUID]]:
    for item in incoming:
        if row_id := own_id(item.body):
            yield item.kind, row_id
        yield from (("Absence", absence_id) for absence_id in absence_ids(item))


def _prepare_circles(state: State, incoming: list[Incoming]) -> None:
    """Every patient has a circle, if only an empty one: the pages need no special case."""
    patients = {item.row_id for item in incoming if item.kind == "Patient" and item.row_id}
    for item in incoming:
        patients |= set(_patients_of(state, item))
    state.stored.load_circles(patients)
    state.owners.update(state.stored.load_owners(patients))
    circles = state.stored.rows["CareTeam"]
    for patient_id in sorted(patients - circles.keys()):
        circles[patient_id] = CareTeam(patient_id=patient_id)
        state.session.add(circles[patient_id])
        state.new_circles.add(patient_id)
    state.flush()


def _patients_of(state: State, item: Incoming) -> Iterator[UUID]:
    for reference, kinds in mapped_references(item):
        if "Patient" in kinds:
            found = state.links.resolve(item, reference, *kinds)
            if isinstance(found, Target) and found.kind == "Patient" and found.row_id:
                yield found.row_id
