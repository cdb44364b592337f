"""The needs as activities of a FHIR CarePlan: what, how often, and who answers for it."""

from collections.abc import Iterator

from portal.fhir.elements import Json, one_line
from portal.fhir.export.codes import NEED_WORDS
from portal.fhir.export.people import name_of
from portal.fhir.export.rows import Circle, Seat, Wanted
from portal.fhir.export.writing import filled, full_name, reference, resource
from portal.fhir.own import (
    ANSWERS_AS,
    ENDED,
    MEMBER,
    NEED_TYPES,
    NEEDS,
    REVIEW,
    derived_id,
    said_of,
    urn_of,
)
from portal.models.need import NeedCode


def care_plan(circle: Circle) -> Json:
    patient = circle.patient
    return resource(
        "CarePlan",
        derived_id(patient.id, "CarePlan"),
        status="active",
        intent="plan",
        title="Qui répond de quoi",
        subject=reference(patient.id, full_name(patient.given_name, patient.family_name)),
        careTeam=[reference(derived_id(patient.id, "CareTeam"), circle.team.name)],
        activity=[{"detail": _detail(circle, wanted)} for wanted in circle.needs],
    )


def need_concept(wanted: Wanted) -> Json:
    """By our code, or by the id of what an organization added, with its words."""
    need = wanted.need
    if need.code:
        words = NEED_WORDS[NeedCode(need.code)]
        return {"coding": [{"system": NEEDS, "code": need.code}], "text": words}
    coding = {"system": NEED_TYPES, "code": str(need.need_type_id)}
    return {"coding": [coding], "text": one_line(wanted.type_label or "")}


def _detail(circle: Circle, wanted: Wanted) -> Json:
    need = wanted.need
    return filled(
        {
            "extension": list(_extensions(wanted)),
            "code": need_concept(wanted),
            "status": "completed" if need.ended_at else "in-progress",
            "statusReason": filled({"text": need.end_reason}),
            "scheduledString": need.frequency,
            "performer": list(_performers(circle, wanted)),
            "description": need.detail,
        }
    )


def _extensions(wanted: Wanted) -> Iterator[Json]:
    need = wanted.need
    yield {"url": NEEDS, "valueUri": urn_of(need.id)}
    yield from said_of("Need", need)
    if need.review_on:
        yield {"url": REVIEW, "valueDate": need.review_on.isoformat()}
    if need.ended_at:
        yield {"url": ENDED, "valueDateTime": need.ended_at.isoformat()}


def _performers(circle: Circle, wanted: Wanted) -> Iterator[Json]:
    """The owner, then the deputy; nobody whom the circle does not show."""
    held = {"owner": wanted.need.owner_id, "deputy": wanted.need.deputy_id}
    for answers_as, member_id in held.items():
        seat = circle.seats.get(member_id) if member_id else None
        if seat is not None:
            said = [
                {"url": ANSWERS_AS, "valueCode": answers_as},
                {"url": MEMBER, "valueUri": urn_of(seat.member.id)},
            ]
            yield {"extension": said} | person_of(seat)


def person_of(seat: Seat) -> Json:
    """Whoever holds the place, as a reference."""
    person = seat.practitioner or seat.relative
    if person is not None:
        return reference(person.id, name_of(person))
    return reference(seat.place.id, seat.place.name) if seat.place else {}
