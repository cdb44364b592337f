"""The circle as a FHIR CareTeam: who takes part, since when, and what they answer for."""

from collections.abc import Iterator

from portal.fhir.elements import Json, one_line
from portal.fhir.export import codes
from portal.fhir.export.plan import need_concept, person_of
from portal.fhir.export.rows import Circle, Seat, Wanted
from portal.fhir.export.writing import (
    Asked,
    filled,
    full_name,
    period,
    reference,
    resource,
    telecom,
)
from portal.fhir.own import (
    ANSWERS_AS,
    END_REASON,
    MEMBER,
    ROLE,
    SUCCESSOR,
    derived_id,
    hours_said,
    said_of,
    urn_of,
)

_FRENCH = "https://interop.esante.gouv.fr/ig/fhir/cds/StructureDefinition/cds-ihe-careteam"
_ANSWERS = {"owner": "Responsable", "deputy": "Suppléant"}


def care_team(circle: Circle, asked: Asked) -> Json:
    row, keeper, patient = circle.team, circle.keeper, circle.patient
    return resource(
        "CareTeam",
        derived_id(patient.id, "CareTeam"),
        meta={"profile": [_FRENCH]} if asked.is_french else {},
        status=str(row.status),
        name=row.name,
        subject=reference(patient.id, full_name(patient.given_name, patient.family_name)),
        period=period(row.period_start, row.period_end),
        participant=[_participant(circle, seat, asked) for seat in circle.seats.values()],
        managingOrganization=[reference(keeper.id, keeper.name)] if keeper else [],
        telecom=telecom(keeper.phone, use="work") if keeper else [],
    )


def _participant(circle: Circle, seat: Seat, asked: Asked) -> Json:
    member = seat.member
    behalf = seat.place if seat.practitioner else None
    return filled(
        {
            "extension": list(_extensions(circle, seat, asked)),
            "role": list(_roles(circle, seat)),
            "member": person_of(seat),
            "onBehalfOf": reference(behalf.id, behalf.name) if behalf else {},
            "period": period(member.period_start, member.period_end),
        }
    )


def _extensions(circle: Circle, seat: Seat, asked: Asked) -> Iterator[Json]:
    member = seat.member
    yield {"url": MEMBER, "valueUri": urn_of(member.id)}
    # Why somebody left is between them, the patient and the coordinators: no page says it.
    told = said_of("CareTeamMember", member)
    yield from (one for one in told if asked.is_full or one["url"] != END_REASON)
    yield from hours_said(member.hours or [])
    if member.practitioner_role_id and seat.role:
        yield {"url": ROLE, "valueReference": reference(seat.role.id)}
    if member.successor_id in circle.seats:
        yield {"url": SUCCESSOR, "valueUri": urn_of(member.successor_id)}


def _roles(circle: Circle, seat: Seat) -> Iterator[Json]:
    yield from map(codes.member_function, seat.member.functions)
    if words := one_line(seat.member.role_text):
        yield {"text": words}
    open_needs = [wanted for wanted in circle.needs if wanted.need.ended_at is None]
    for wanted in open_needs:
        if wanted.need.owner_id == seat.member.id:
            yield _answer(wanted, "owner")
        elif wanted.need.deputy_id == seat.member.id:
            yield _answer(wanted, "deputy")


def _answer(wanted: Wanted, answers_as: str) -> Json:
    concept = need_concept(wanted)
    said = {"url": ANSWERS_AS, "valueCode": answers_as}
    words = one_line(f"{_ANSWERS[answers_as]} : {concept['text']}")
    return {"extension": [said], "coding": concept["coding"], "text": words}
