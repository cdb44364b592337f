"""One patient's circle as a self-contained Bundle: every reference is an entry of it."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.fhir.elements import Json
from portal.fhir.export import people, places
from portal.fhir.export.agenda_rows import Planned, read_planned
from portal.fhir.export.appointments import appointment
from portal.fhir.export.plan import care_plan
from portal.fhir.export.rows import Away, Circle, read_circle
from portal.fhir.export.team import care_team
from portal.fhir.export.writing import Asked, Profile
from portal.fhir.own import derived_id, urn_of
from portal.models.directory import Organization, Practitioner

_REPLACED = ("CareTeam", "CarePlan")
"""Ours to change elsewhere; people and places are only made where they are unknown."""


def export_circle(
    session: Session,
    *,
    patient_id: UUID,
    profile: Profile,
    is_full: bool,
    at: datetime,
    has_agenda: bool = False,
) -> Json:
    """A `transaction` by the French guide, or a plain `collection`.

    `has_agenda` is for readers who see the agenda too. Raises `NotFoundError` without a circle.
    Holds no account, consent, right or access log.
    """
    asked = Asked(profile, is_full)
    circle = read_circle(session, patient_id=patient_id, at=at)
    planned = read_planned(session, patient_id=patient_id, at=at) if has_agenda else []
    told = [*_resources(circle, planned, asked), *_agenda(circle, planned)]
    entries = [_entry(row_id, body, asked) for row_id, body in told]
    kind = "transaction" if asked.is_french else "collection"
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def _entry(row_id: UUID, body: Json, asked: Asked) -> Json:
    if not asked.is_french:
        named = {"resourceType": body["resourceType"], "id": str(row_id)} | body
        return {"fullUrl": urn_of(row_id), "resource": named}
    return {"fullUrl": urn_of(row_id), "resource": body, "request": _request(body, row_id)}


def _request(body: Json, row_id: UUID) -> Json:
    """Sent twice, the transaction makes nothing twice."""
    kind, query = body["resourceType"], f"identifier=urn:ietf:rfc:3986|{urn_of(row_id)}"
    if kind in _REPLACED:
        return {"method": "PUT", "url": f"{kind}?{query}"}
    return {"method": "POST", "url": kind, "ifNoneExist": query}


def _resources(circle: Circle, planned: list[Planned], asked: Asked) -> Iterator[tuple[UUID, Json]]:
    patient_id = circle.patient.id
    yield derived_id(patient_id, "CareTeam"), care_team(circle, asked)
    yield patient_id, people.patient(circle, asked)
    for place in _organizations(circle, planned).values():
        yield place.id, places.organization(place, asked)
    for row in _practitioners(circle, planned).values():
        yield row.id, people.practitioner(row, _away(circle, row), asked)
    yield from _roles(circle, asked)
    relatives = {seat.relative.id: seat.relative for seat in circle.seats.values() if seat.relative}
    for relative in relatives.values():
        yield relative.id, people.related_person(relative, asked)
    if circle.needs:
        yield derived_id(patient_id, "CarePlan"), care_plan(circle)


def _agenda(circle: Circle, planned: list[Planned]) -> Iterator[tuple[UUID, Json]]:
    for one in planned:
        yield one.appointment.id, appointment(one, circle)


def _organizations(circle: Circle, planned: list[Planned]) -> dict[UUID, Organization]:
    found = [circle.keeper]
    for seat in circle.seats.values():
        found += [seat.place, seat.role_place]
    found += [one.organization for one in planned]
    return {row.id: row for row in found if row}


def _practitioners(circle: Circle, planned: list[Planned]) -> dict[UUID, Practitioner]:
    """Who has a place, who answers for them while they are away, and who receives."""
    found = [seat.practitioner for seat in circle.seats.values()]
    found += [one.replacement for one in circle.away]
    found += [one.practitioner for one in planned]
    return {row.id: row for row in found if row}


def _roles(circle: Circle, asked: Asked) -> Iterator[tuple[UUID, Json]]:
    told = {
        seat.role.id: (seat.role, seat.practitioner, seat.role_place)
        for seat in circle.seats.values()
        if seat.role and seat.practitioner
    }
    for role, who, place in told.values():
        away = _away(circle, who)
        yield role.id, places.practitioner_role(role, who, place, away, asked)


def _away(circle: Circle, who: Practitioner) -> list[Away]:
    return [one for one in circle.away if one.absence.practitioner_id == who.id]
