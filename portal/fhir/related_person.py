"""FHIR RelatedPerson → related_person: a relative, friend or neighbour."""

from json import loads

from portal.fhir.dates import end_of, period_days
from portal.fhir.elements import Json, child, objects, text
from portal.fhir.incoming import Incoming
from portal.fhir.links import Target
from portal.fhir.merge import Fields, merge
from portal.fhir.own import own_id, said_in
from portal.fhir.people import (
    PERSONAL_USES,
    address_of,
    codes_of,
    email_of,
    gender_of,
    name_of,
    phone_of,
    words_of,
)
from portal.fhir.recognition import LeftOutError, check_name
from portal.fhir.state import Relative, State
from portal.fhir.terminology import member_function, relationship
from portal.models.care import MemberFunction, RelatedPerson


def write(state: State, incoming: Incoming) -> None:
    patient = state.links.resolve(incoming, child(incoming.body, "patient"), "Patient")
    if not isinstance(patient, Target) or patient.row_id is None:
        raise LeftOutError(f"its patient {patient}")
    known = state.recognition.find(incoming, patient_id=patient.row_id)
    row: RelatedPerson | None = state.stored.row("RelatedPerson", known.row_id if known else None)
    row = row or state.own_row(incoming)
    if row:
        if row.patient_id != patient.row_id:
            raise LeftOutError("they are a related person of another patient")
        check_name(row, incoming.body)
    if state.is_said(incoming, row, lambda body: _fields(state, body), patient_id=patient.row_id):
        return
    state.recognition.check_first(incoming, known)
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    new, old = state.fields(RelatedPerson, incoming, known, lambda body: _fields(state, body))
    if row is None:
        row_id = state.new_row_id(incoming)
        row = RelatedPerson(patient_id=patient.row_id, id=row_id, **new)
        state.add(row)
    else:
        merge(row, new, old)
    if own_id(incoming.body) is None:  # a circle of ours says itself who has a place in it
        before = loads(known.content) if known else None
        state.relatives.append(_relative(state, row, incoming.body, before))
    state.keep(incoming, known, digest=digest, row_id=row.id, patient_id=patient.row_id)


def _relative(state: State, row: RelatedPerson, now: Json, before: Json | None) -> Relative:
    return Relative(
        person=row,
        functions=functions_of(now),
        functions_before=functions_of(before) if before else set(),
        is_new=before is None,
        is_gone=_is_gone(state, now),
        was_gone=before is not None and _is_gone(state, before),
    )


def _is_gone(state: State, body: Json) -> bool:
    end = end_of(text(child(body, "period"), "end"), state.zone)
    return body.get("active") is False or (end is not None and end < state.now)


def functions_of(body: Json) -> set[str]:
    """What the person does for the patient, where the relationship says it."""
    return {function for item in objects(body, "relationship") if (function := _function(item))}


def _function(concept: Json) -> MemberFunction | None:
    return member_function(codes_of(concept), words_of(concept))


def _fields(state: State, body: Json) -> Fields:
    given, family = name_of(body)
    start, end = period_days(body, state.zone)
    concepts = objects(body, "relationship")
    code = relationship(pair for concept in concepts for pair in codes_of(concept))
    unsaid = [
        words_of(concept)
        for concept in concepts
        if not _function(concept) and not relationship(codes_of(concept))
    ]
    return {
        "given_name": given,
        "family_name": family,
        "gender": gender_of(body),
        "relationship": code,
        "relationship_text": ", ".join(filter(None, unsaid)),
        "is_emergency_contact": MemberFunction.CONTACT_URGENCE in functions_of(body),
        "phone": phone_of(body, uses=PERSONAL_USES, now=state.now, zone=state.zone),
        "email": email_of(body, now=state.now, zone=state.zone),
        "address": address_of(body, now=state.now, zone=state.zone),
        "period_start": start,
        "period_end": end,
        "is_active": body.get("active") is not False,
    } | (said_in("RelatedPerson", body) if own_id(body) else {})
