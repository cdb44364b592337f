"""FHIR CareTeam → care_team: the patient's one circle, and who keeps it."""

from json import loads
from uuid import UUID

from portal.fhir import own_circle
from portal.fhir.dates import period_days
from portal.fhir.elements import Json, child, objects, text
from portal.fhir.incoming import Incoming
from portal.fhir.links import Target
from portal.fhir.members import Before, write_members
from portal.fhir.merge import Fields, merge
from portal.fhir.own import own_id
from portal.fhir.recognition import LeftOutError
from portal.fhir.state import State
from portal.models.care import CareTeam, CareTeamStatus
from portal.models.interop import FhirResource


def write(state: State, incoming: Incoming) -> None:
    patient_id = _patient_id(state, incoming)
    if own_id(incoming.body):
        own_circle.write(state, incoming, patient_id)
        return
    known = state.recognition.find(incoming, patient_id=patient_id)
    state.recognition.check_first(incoming, known)
    if known is None:
        _check_status(text(incoming.body, "status"))
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    before = Before(loads(known.content), known.imported_at) if known else None
    is_owner = _is_owner(state, known, patient_id)
    if is_owner:
        _write_circle(state, incoming, known, patient_id)
    else:
        reason = "another CareTeam names the circle already; the members of this one were added"
        state.journal.note(incoming, "name", reason, name=text(incoming.body, "name"))
    row_id = patient_id if is_owner else None
    team = state.keep(incoming, known, digest=digest, row_id=row_id, patient_id=patient_id)
    if is_owner:
        state.owners[patient_id] = team
    write_members(state, incoming, team, patient_id=patient_id, before=before)
    _link_organization(state, incoming, patient_id)


def _check_status(status: str) -> None:
    """A team that never worked gives nobody a place, not even a former one."""
    if status == CareTeamStatus.ENTERED_IN_ERROR:
        raise LeftOutError("it was entered in error")
    if status == CareTeamStatus.PROPOSED:
        raise LeftOutError("the team is only proposed: import it again once it is active")


def _patient_id(state: State, incoming: Incoming) -> UUID:
    reference = child(incoming.body, "subject")
    if not reference:
        raise LeftOutError("it names no subject")
    found = state.links.resolve(incoming, reference, "Patient")
    if not isinstance(found, Target) or found.row_id is None:
        raise LeftOutError(f"its subject {found}")
    return found.row_id


def _is_owner(state: State, known: FhirResource | None, patient_id: UUID) -> bool:
    owner = state.owners.get(patient_id)
    return owner is None or owner is known


def _write_circle(
    state: State, incoming: Incoming, known: FhirResource | None, patient_id: UUID
) -> None:
    new, old = state.fields(CareTeam, incoming, known, lambda body: _fields(state, body))
    merge(state.stored.rows["CareTeam"][patient_id], new, old)


def _link_organization(state: State, incoming: Incoming, patient_id: UUID) -> None:
    """The structure that keeps the circle, for a patient who has none yet."""
    for index, reference in enumerate(objects(incoming.body, "managingOrganization")):
        piece = f"managingOrganization[{index}]"
        found = state.target(incoming, reference, "Organization", piece=piece)
        patient = state.stored.rows["Patient"][patient_id]
        if found and patient.organization_id is None:
            patient.organization_id = found.row_id


def _fields(state: State, body: Json) -> Fields:
    # Neither status nor end: the circle is the patient's, with relatives and members entered by
    # hand, and outlives a team of other software. What ends is the places that the team gave.
    return {"name": text(body, "name"), "period_start": period_days(body, state.zone)[0]}
