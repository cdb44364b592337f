"""A CarePlan that Relais wrote → need: who answers for what.

A need that stands here is never changed by a file: people did that, with their names beside it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from portal.fhir.dates import instant
from portal.fhir.elements import Json, child, objects, one_line, text
from portal.fhir.incoming import Incoming
from portal.fhir.links import Target
from portal.fhir.merge import Fields, fit
from portal.fhir.own import (
    ANSWERS_AS,
    ENDED,
    MEMBER,
    NEED_TYPES,
    NEEDS,
    REVIEW,
    codes_in,
    extension,
    said_in,
    uuid_in,
)
from portal.fhir.people import words_of
from portal.fhir.recognition import LeftOutError
from portal.fhir.state import State
from portal.models.base import new_id
from portal.models.care import CareTeamMember, Patient
from portal.models.directory import Practitioner
from portal.models.need import Need, NeedChange, NeedCode, NeedType

_KNOWN = "it stands here already and says something else: needs are changed in Relais"


@dataclass(frozen=True, slots=True)
class _Plan:
    """One patient's needs while one CarePlan is written into them."""

    state: State
    incoming: Incoming
    patient: Patient
    needs: dict[UUID, Need]
    types: list[NeedType]
    """Of the organization that keeps the circle."""

    def note(self, piece: str, reason: str) -> None:
        self.state.journal.note(self.incoming, piece, reason)


def write(state: State, incoming: Incoming) -> None:
    """Settled as one resource: unchanged when every need of it stands here."""
    found = state.links.resolve(incoming, child(incoming.body, "subject"), "Patient")
    if not isinstance(found, Target) or found.row_id is None:
        raise LeftOutError(f"its subject {found}")
    known = state.recognition.find(incoming, patient_id=found.row_id)
    plan = _plan(state, incoming, found.row_id)
    is_changed = False
    for index, activity in enumerate(objects(incoming.body, "activity")):
        is_changed |= _write_need(plan, activity, f"activity[{index}]")
    if not is_changed:
        state.settle_own(incoming, row_id=found.row_id, patient_id=found.row_id)
        return
    digest, patient_id = state.digest(incoming), found.row_id
    state.keep(incoming, known, digest=digest, row_id=None, patient_id=patient_id)


def _plan(state: State, incoming: Incoming, patient_id: UUID) -> _Plan:
    patient: Patient = state.stored.rows["Patient"][patient_id]
    needs = state.session.exec(select(Need).where(col(Need.patient_id) == patient_id))
    types = state.session.exec(
        select(NeedType).where(col(NeedType.organization_id) == patient.organization_id)
    )
    return _Plan(state, incoming, patient, {need.id: need for need in needs}, list(types))


def _write_need(plan: _Plan, activity: Json, piece: str) -> bool:
    """Whether anything was written."""
    detail = child(activity, "detail")
    need_id = uuid_in(text(extension(detail, NEEDS), "valueUri"))
    if need_id is None:
        plan.note(piece, "it has no id of a need")
        return False
    columns = _columns(plan, detail, piece)
    if known := plan.needs.get(need_id):
        if any(_differs(known, name, value) for name, value in columns.items()):
            plan.note(piece, _KNOWN)
        return False
    kind = _kind(plan, child(detail, "code"))
    if kind is None:
        plan.note(piece, "its code is in no catalogue here")
        return False
    need = Need(patient_id=plan.patient.id, id=need_id, **columns, **kind)
    need.created_at = plan.state.now
    plan.needs[need_id] = need
    plan.state.session.add(need)
    plan.state.session.flush()
    plan.state.session.add(_first_change(plan, need))
    return True


def _differs(known: Need, name: str, value: Any) -> bool:
    """An owner whom the file does not tell may be kept out of it on purpose."""
    current = getattr(known, name)
    if name in ("owner_id", "deputy_id") and value is None:
        return False
    told: bool = (one_line(current) if isinstance(current, str) else current) != value
    return told


def _columns(plan: _Plan, detail: Json, piece: str) -> Fields:
    owner, deputy = (_member(plan, detail, role, piece) for role in ("owner", "deputy"))
    ended = text(extension(detail, ENDED), "valueDateTime")
    fields: Fields = {
        "contact_text": "",
        "detail": text(detail, "description"),
        "frequency": text(detail, "scheduledString"),
        "owner_id": owner,
        "deputy_id": deputy if deputy != owner else None,
        "review_on": _day(text(extension(detail, REVIEW), "valueDate")),
        "ended_at": _ended(ended, text(detail, "status"), plan.state.now),
        "end_reason": text(child(detail, "statusReason"), "text"),
    }
    return fit(Need, fields | said_in("Need", detail))[0]


def _ended(told: str, status: str, at: datetime) -> datetime | None:
    if status != "completed":
        return None
    return instant(told) if told else at


def _member(plan: _Plan, detail: Json, role: str, piece: str) -> UUID | None:
    for performer in objects(detail, "performer"):
        if text(extension(performer, ANSWERS_AS), "valueCode") != role:
            continue
        named = uuid_in(text(extension(performer, MEMBER), "valueUri"))
        places = plan.state.places.get(plan.patient.id, {})
        if named in places:
            return places[named]
        plan.note(f"{piece}.detail.performer", f"the {role} has no place in the circle")
    return None


def _kind(plan: _Plan, concept: Json) -> Fields | None:
    known = NeedCode.__members__.values()
    if code := next((code for code in codes_in(concept, NEEDS) if code in known), None):
        return {"code": code}
    labels, ids = words_of(concept)[:80], codes_in(concept, NEED_TYPES)
    organization_id = plan.patient.organization_id
    if not labels or not ids or organization_id is None:
        return None
    found = next((one for one in plan.types if str(one.id) in ids or one.label == labels), None)
    if found is None:
        found = NeedType(id=_free_id(plan, ids[0]), organization_id=organization_id, label=labels)
        plan.types.append(found)
        plan.state.session.add(found)
        plan.state.session.flush()
    return {"need_type_id": found.id}


def _free_id(plan: _Plan, told: str) -> UUID:
    """What another organization calls by this id stays its own."""
    wanted = uuid_in(f"urn:uuid:{told}")
    is_taken = wanted is None or plan.state.session.get(NeedType, wanted) is not None
    return new_id() if wanted is None or is_taken else wanted


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _first_change(plan: _Plan, need: Need) -> NeedChange:
    """By nobody: a file said so."""
    names = (
        *("owner_id", "deputy_id", "detail", "contact_text"),
        *("frequency", "review_on", "end_reason"),
    )
    return NeedChange(
        patient_id=need.patient_id,
        need_id=need.id,
        version=need.version,
        at=plan.state.now,
        owner_name=_name(plan, need.owner_id),
        deputy_name=_name(plan, need.deputy_id),
        is_ended=need.ended_at is not None,
        **{name: getattr(need, name) for name in names},
    )


def _name(plan: _Plan, member_id: UUID | None) -> str:
    members = plan.state.stored.members[plan.patient.id]
    member = next((one for one in members if one.id == member_id), None)
    return _name_of(plan.state, member)[:200] if member else ""


def _name_of(state: State, member: CareTeamMember) -> str:
    kinds = {
        "Practitioner": member.practitioner_id,
        "RelatedPerson": member.related_person_id,
        "Organization": member.organization_id,
    }
    kind, row_id = next((kind, row_id) for kind, row_id in kinds.items() if row_id)
    row = state.stored.row(kind, row_id)
    if row is None or kind == "Organization":
        return row.name if row else ""
    prefix = row.prefix if isinstance(row, Practitioner) else ""
    return " ".join(filter(None, (prefix, row.given_name, row.family_name)))
