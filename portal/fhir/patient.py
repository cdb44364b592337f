"""FHIR Patient → patient, with the French identity (INS)."""

from portal.errors import ImportRefusedError
from portal.fhir.elements import Json, child, objects, text
from portal.fhir.identity import ins_of
from portal.fhir.incoming import Incoming
from portal.fhir.merge import Fields, merge
from portal.fhir.own import own_id, said_in
from portal.fhir.people import (
    PERSONAL_USES,
    address_of,
    email_of,
    full_name,
    gender_of,
    name_of,
    phone_of,
)
from portal.fhir.recognition import differ
from portal.fhir.report import Outcome
from portal.fhir.state import State
from portal.models.care import Patient
from portal.models.interop import FhirResource

_RELIABILITY = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability"


def write(state: State, incoming: Incoming) -> None:
    """Raises `ImportRefusedError` when the data would overwrite another person's."""
    known = state.recognition.find(incoming)
    row = _existing(state, incoming, known, _fields(state, incoming.body))
    is_linked = row and (row.organization_id or not child(incoming.body, "managingOrganization"))
    if (
        is_linked
        and row
        and state.is_said(incoming, row, lambda body: _fields(state, body), patient_id=row.id)
    ):
        return
    state.recognition.check_first(incoming, known)
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    new, old = state.fields(Patient, incoming, known, lambda body: _fields(state, body))
    outcome = Outcome.UPDATED if row else None
    if row is None:
        row = Patient(**state.new_columns(incoming, new))
        state.add(row)
    else:
        merge(row, new, old)
        state.stored.remember(row)
    _link_organization(state, incoming, row)
    _note_what_is_not_read(state, incoming)
    state.keep(incoming, known, digest=digest, row_id=row.id, patient_id=row.id, outcome=outcome)


def _existing(
    state: State, incoming: Incoming, known: FhirResource | None, new: Fields
) -> Patient | None:
    row: Patient | None = state.stored.row("Patient", known.row_id if known else None)
    by_number = state.stored.patient_of(new["ins"])
    if row and by_number and row is not by_number:
        reason = "its INS belongs to another patient than its other identifiers"
        raise ImportRefusedError(incoming.file, incoming.path, reason)
    row, own = row or by_number, state.own_row(incoming)
    if row and own and row is not own:
        reason = "its identifiers belong to different patients"
        raise ImportRefusedError(incoming.file, incoming.path, reason)
    row = row or own
    if row and _is_somebody_else(row, new):
        reason = f"{incoming.label} was imported before for another person: the identities differ"
        raise ImportRefusedError(incoming.file, incoming.path, reason)
    return row


def _is_somebody_else(row: Patient, new: Fields) -> bool:
    """Same only when what is known of both agrees more than it differs.

    One difference is a correction (a marriage, a typing error); two are another person.
    """
    if row.ins and new["ins"]:
        if row.ins != new["ins"]:
            return True
        return differ(row.family_name, new["family_name"]) and _born_apart(row, new)
    differences = (
        differ(row.family_name, new["family_name"]),
        differ(row.given_name.partition(" ")[0], new["given_name"].partition(" ")[0]),
        _born_apart(row, new),
    )
    known_of_both = (
        row.family_name and new["family_name"],
        row.given_name and new["given_name"],
        row.birth_date and new["birth_date"],
    )
    agreements = sum(map(bool, known_of_both)) - sum(differences)
    return sum(differences) > min(1, agreements)


def _born_apart(row: Patient, new: Fields) -> bool:
    """A year alone agrees with every day of that year."""
    told: str = new["birth_date"]
    length = min(len(row.birth_date), len(told))
    return row.birth_date[:length] != told[:length]


def _link_organization(state: State, incoming: Incoming, row: Patient) -> None:
    reference = child(incoming.body, "managingOrganization")
    found = state.target(incoming, reference, "Organization", piece="managingOrganization")
    # Whoever changed it by hand knew better than the next export.
    if found and row.organization_id is None:
        row.organization_id = found.row_id


def _note_what_is_not_read(state: State, incoming: Incoming) -> None:
    if reason := ins_of(incoming.body)[1]:
        state.journal.note(incoming, "identifier", reason)
    for index, contact in enumerate(objects(incoming.body, "contact")):
        name = full_name({"name": [child(contact, "name")]})
        reason = "people around the patient are read from RelatedPerson"
        state.journal.note(incoming, f"contact[{index}]", reason, name=name)
    for index, doctor in enumerate(objects(incoming.body, "generalPractitioner")):
        reason = "the professionals of the circle are read from CareTeam"
        name = text(doctor, "display")
        state.journal.note(incoming, f"generalPractitioner[{index}]", reason, name=name)


def _fields(state: State, body: Json) -> Fields:
    given, family = name_of(body)
    return {
        "given_name": given,
        "family_name": family,
        "gender": gender_of(body),
        "birth_date": text(body, "birthDate"),
        "ins": ins_of(body)[0] or None,
        "ins_status": _reliability(body),
        "phone": phone_of(body, uses=PERSONAL_USES, now=state.now, zone=state.zone),
        "email": email_of(body, now=state.now, zone=state.zone),
        "address": address_of(body, now=state.now, zone=state.zone),
        "is_deceased": body.get("deceasedBoolean") is True or "deceasedDateTime" in body,
    } | (said_in("Patient", body) if own_id(body) else {})


def _reliability(body: Json) -> str:
    for extension in objects(body, "extension"):
        if text(extension, "url") == _RELIABILITY:
            parts = objects(extension, "extension")
            status = (part for part in parts if text(part, "url") == "identityStatus")
            return next((text(child(part, "valueCoding"), "code") for part in status), "")
    return ""
