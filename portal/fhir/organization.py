"""FHIR Organization → organization."""

from portal.fhir.elements import Json, objects
from portal.fhir.incoming import Incoming
from portal.fhir.merge import Fields, merge
from portal.fhir.names import organization_name
from portal.fhir.people import PROFESSIONAL_USES, address_of, codes_of, email_of, phone_of, words_of
from portal.fhir.recognition import LeftOutError
from portal.fhir.state import State
from portal.fhir.terminology import organization_kind
from portal.models.directory import Organization, OrganizationKind


def write(state: State, incoming: Incoming) -> None:
    known = state.recognition.find(incoming)
    state.recognition.check_first(incoming, known)
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    new, old = state.fields(Organization, incoming, known, lambda body: _fields(state, body))
    if not new["name"]:
        raise LeftOutError("it has no name and no identifier")
    row = state.stored.row("Organization", known.row_id if known else None)
    if row is None:
        row = Organization(**new, time_zone=state.zone.key)
        state.add(row)
    else:
        merge(row, new, old)
    state.keep(incoming, known, digest=digest, row_id=row.id)


def _fields(state: State, body: Json) -> Fields:
    types = objects(body, "type")
    codes = [pair for concept in types for pair in codes_of(concept)]
    return {
        "name": organization_name(body),
        "kind": organization_kind(codes) or OrganizationKind.OTHER,
        "kind_text": next(filter(None, map(words_of, types)), ""),
        "phone": phone_of(body, uses=PROFESSIONAL_USES, now=state.now, zone=state.zone),
        "email": email_of(body, now=state.now, zone=state.zone),
        "address": address_of(body, now=state.now, zone=state.zone),
    }
