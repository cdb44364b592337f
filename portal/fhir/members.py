"""The places of a FHIR CareTeam → care_team_member: who joins, changes, leaves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.fhir.circle import TAKEN_OUT, Circle, Seat, end_places
from portal.fhir.elements import Json, child, text
from portal.fhir.incoming import MAPPED_REFERENCES, Incoming
from portal.fhir.links import Target
from portal.fhir.merge import Fields, merge
from portal.fhir.participants import Place, places
from portal.fhir.state import State
from portal.models.care import CareTeamStatus, MemberFunction
from portal.models.interop import FhirResource

_KINDS = MAPPED_REFERENCES["CareTeam"]["participant.member"]


@dataclass(frozen=True, slots=True)
class Before:
    """The CareTeam as it was imported last."""

    body: Json
    imported_at: datetime


def is_active(team: Json) -> bool:
    return text(team, "status") in ("", CareTeamStatus.ACTIVE)


def write_members(
    state: State, incoming: Incoming, team: FhirResource, *, patient_id: UUID, before: Before | None
) -> None:
    """Whoever is not named any more leaves now; nobody is deleted.

    A team that is not active (any more) ends the places that it gave.
    """
    circle = Circle(state, patient_id, team)
    old_places = places(before.body, state.zone) if before else {}
    for name, place in places(incoming.body, state.zone).items():
        columns = _columns(state, incoming, place, patient_id=patient_id)
        if columns is None:
            continue
        seat = circle.seat(columns, end=place.end)
        if seat is None:
            state.journal.note(incoming, place.piece, TAKEN_OUT, name=text(place.member, "display"))
            continue
        old = old_places.get(name) if seat.existed else None
        if before and is_active(incoming.body) and _is_back(seat, name[0], old, before):
            seat.row.period_start, seat.row.period_end = place.start, place.end
        _update(seat, columns, place, old)
    end_places(circle.left(), at=state.now)
    if not is_active(incoming.body):
        end_places(circle.own(), at=state.now)


def _is_back(seat: Seat, name: str, old: Place | None, before: Before) -> bool:
    """An import ended the place: their team was not active, or did not name them.

    A `urn:uuid:` may be new in every file, so that its absence says nothing; then only the
    instant tells an import from a coordinator who ended the place for a reason.
    """
    ended_at = seat.row.period_end
    if not seat.is_own or ended_at is None or seat.row.end_reason:
        return False
    if not is_active(before.body):
        return True
    return old is None and (ended_at == before.imported_at or not name.startswith("urn:"))


def _update(seat: Seat, columns: Fields, place: Place, old: Place | None) -> None:
    row, told_before = seat.row, old.functions if old else set()
    is_theirs = seat.is_own and not row.end_reason
    kept = ("role_text", "period_start", "period_end") if is_theirs else ("role_text",)
    new = {name: value for name, value in place.fields.items() if name in kept}
    merge(row, new, old.fields if old else None)
    functions = sorted((set(row.functions) - told_before) | place.functions)
    if functions != sorted(row.functions):
        row.functions = functions
    for name in ("organization_id", "practitioner_role_id"):
        is_carried = columns.get(name) or (old and old.behalf and name in columns)
        if is_carried and (seat.is_own or getattr(row, name) is None):
            setattr(row, name, columns[name])


def member_columns(
    state: State, incoming: Incoming, participant: Json, piece: str, *, patient_id: UUID
) -> Fields | None:
    """Who a participant is; none, and a note, where there is nobody to show."""
    behalf = child(participant, "onBehalfOf")
    place = Place(piece, child(participant, "member"), behalf, start=None, end=None)
    return _columns(state, incoming, place, patient_id=patient_id)


def _columns(state: State, incoming: Incoming, place: Place, *, patient_id: UUID) -> Fields | None:
    """Who the member is; none, and a note, where there is nobody to show."""
    if not place.member:
        state.journal.note(incoming, place.piece, "it names no member")
        return None
    name = text(place.member, "display")
    target = state.links.resolve(incoming, place.member, *_KINDS)
    if not isinstance(target, Target):
        state.journal.note(incoming, place.piece, target, name=name)
        return None
    if reason := _why_not(target, patient_id):
        state.journal.note(incoming, place.piece, reason, name=name)
        return None
    if target.kind == "Patient":
        return None  # the patient is whom the circle is about
    return _person(state, incoming, place, target)


def _why_not(target: Target, patient_id: UUID) -> str:
    if target.kind == "CareTeam":
        return "a team inside a team is not shown"
    if target.kind == "RelatedPerson" and target.patient_id != patient_id:
        return "they are a related person of another patient"
    if target.kind == "Patient" and target.row_id != patient_id:
        return "another patient is no member of this circle"
    return ""


def _person(state: State, incoming: Incoming, place: Place, target: Target) -> Fields:
    if target.kind == "RelatedPerson":
        if state.stored.row("RelatedPerson", target.row_id).is_emergency_contact:
            place.functions.add(MemberFunction.CONTACT_URGENCE)
        return {"related_person_id": target.row_id}
    if target.kind == "Organization":
        return {"organization_id": target.row_id}
    piece = f"{place.piece}.onBehalfOf"
    behalf = state.target(incoming, place.behalf, "Organization", piece=piece)
    organization_id = behalf.row_id if behalf else None
    if target.kind == "Practitioner":
        return {"practitioner_id": target.row_id, "organization_id": organization_id}
    role = state.stored.row("PractitionerRole", target.row_id)
    return {
        "practitioner_id": role.practitioner_id,
        "practitioner_role_id": role.id,
        "organization_id": organization_id or role.organization_id,
    }
