"""FHIR Organization → organization."""

from portal.fhir.elements import Json, objects
from portal.fhir.identity import finess_of
from portal.fhir.incoming import Incoming
from portal.fhir.merge import Fields, merge
from portal.fhir.names import organization_name
from portal.fhir.own import hours_in, is_marked, own_id, said_in
from portal.fhir.people import PROFESSIONAL_USES, address_of, codes_of, email_of, phone_of, words_of
from portal.fhir.recognition import LeftOutError, differ
from portal.fhir.report import Outcome
from portal.fhir.state import State
from portal.fhir.terminology import organization_kind
from portal.models.directory import Organization, OrganizationKind
from portal.models.interop import FhirResource


def write(state: State, incoming: Incoming) -> None:
    known = state.recognition.find(incoming)
    row = _existing(state, incoming, known)
    if state.is_said(incoming, row, lambda body: _fields(state, body)):
        return
    state.recognition.check_first(incoming, known)
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    new, old = state.fields(Organization, incoming, known, lambda body: _fields(state, body))
    if not new["name"]:
        raise LeftOutError("it has no name and no identifier")
    outcome = Outcome.UPDATED if row else None
    if row is None:
        row = Organization(**state.new_columns(incoming, new))
        state.add(row)
    else:
        merge(row, new, old)
        state.stored.remember(row)
    state.keep(incoming, known, digest=digest, row_id=row.id, outcome=outcome)


def _existing(state: State, incoming: Incoming, known: FhirResource | None) -> Organization | None:
    """The row to write to. Raises `LeftOutError` when it is another place's."""
    finess = finess_of(incoming.body)
    row: Organization | None = state.stored.row("Organization", known.row_id if known else None)
    by_number, own = state.stored.organization_of(finess), state.own_row(incoming)
    if len({id(found) for found in (row, by_number, own) if found}) > 1:
        raise LeftOutError("its identifiers belong to different organizations")
    if row and finess and differ(row.finess or "", finess):
        raise LeftOutError("it was imported before with another FINESS number")
    if own and not by_number and differ(own.name, organization_name(incoming.body)):
        raise LeftOutError(f'it is "{own.name}" here: an id alone renames no place')
    return row or by_number or own


def _fields(state: State, body: Json) -> Fields:
    types = objects(body, "type")
    worded = [concept for concept in types if not is_marked(concept)]
    codes = [pair for concept in types for pair in codes_of(concept)]
    return {
        "name": organization_name(body),
        "kind": organization_kind(codes) or OrganizationKind.OTHER,
        "kind_text": next(filter(None, map(words_of, worded)), ""),
        "phone": phone_of(body, uses=PROFESSIONAL_USES, now=state.now, zone=state.zone),
        "email": email_of(body, now=state.now, zone=state.zone),
        "address": address_of(body, now=state.now, zone=state.zone),
        "finess": finess_of(body) or None,
    } | (_own_fields(body) if own_id(body) else {})


def _own_fields(body: Json) -> Fields:
    return said_in("Organization", body) | {"hours": hours_in(body)}
