"""FHIR Practitioner → practitioner."""

from portal.fhir.absences import knows_absences
from portal.fhir.elements import Json, child, objects
from portal.fhir.identity import rpps_of
from portal.fhir.incoming import Incoming
from portal.fhir.merge import Fields, merge
from portal.fhir.people import (
    PROFESSIONAL_USES,
    codes_of,
    email_of,
    gender_of,
    name_of,
    phone_of,
    prefix_of,
    specialty_words,
)
from portal.fhir.recognition import LeftOutError, check_name
from portal.fhir.report import Outcome
from portal.fhir.state import State
from portal.fhir.terminology import profession
from portal.models.directory import Practitioner
from portal.models.interop import FhirResource


def write(state: State, incoming: Incoming) -> None:
    known = state.recognition.find(incoming)
    row = _existing(state, incoming, known)
    is_known = knows_absences(state, incoming)
    if is_known and state.is_said(incoming, row, lambda body: _fields(state, body)):
        return
    state.recognition.check_first(incoming, known)
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    new, old = state.fields(Practitioner, incoming, known, lambda body: _fields(state, body))
    if not new["family_name"] and not new["given_name"]:
        raise LeftOutError("it has no name")
    outcome = Outcome.UPDATED if row else None
    if row is None:
        row = Practitioner(id=state.new_row_id(incoming), **new)
        state.add(row)
    else:
        merge(row, new, old)
        state.stored.remember(row)
    if reason := rpps_of(incoming.body)[1]:
        state.journal.note(incoming, "identifier", reason)
    state.keep(incoming, known, digest=digest, row_id=row.id, outcome=outcome)


def _existing(state: State, incoming: Incoming, known: FhirResource | None) -> Practitioner | None:
    """The row to write to. Raises `LeftOutError` when it is somebody else's."""
    rpps = rpps_of(incoming.body)[0]
    row: Practitioner | None = state.stored.row("Practitioner", known.row_id if known else None)
    by_number = state.stored.practitioner_of(rpps)
    if row and by_number and row is not by_number:
        raise LeftOutError("its RPPS number belongs to another professional")
    row, own = row or by_number, state.own_row(incoming)
    if row and own and row is not own:
        raise LeftOutError("its identifiers belong to different professionals")
    row = row or own
    if row:
        if row.rpps and rpps and row.rpps != rpps:
            raise LeftOutError("it was imported before with another RPPS number")
        check_name(row, incoming.body)
    return row


def _fields(state: State, body: Json) -> Fields:
    given, family = name_of(body)
    concepts = [child(item, "code") for item in objects(body, "qualification")]
    codes = [pair for concept in concepts for pair in codes_of(concept)]
    return {
        "prefix": prefix_of(body),
        "given_name": given,
        "family_name": family,
        "gender": gender_of(body),
        "profession": profession(codes) or "",
        "profession_text": specialty_words(concepts),
        "rpps": rpps_of(body)[0] or None,
        "phone": phone_of(body, uses=PROFESSIONAL_USES, now=state.now, zone=state.zone),
        "email": email_of(body, now=state.now, zone=state.zone),
    }
