"""A circle that Relais wrote, coming back or arriving: its places have ids of their own.

What stands here already may only become stricter: a file never reopens a place that ended, nor
opens one that is outside the équipe de soins, nor lets anybody see more.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from portal.fhir.circle import TAKEN_OUT, add_member, as_strict_as, is_open, was_taken_out
from portal.fhir.dates import end_of, period_days, start_of
from portal.fhir.elements import Json, child, objects, text
from portal.fhir.incoming import Incoming
from portal.fhir.links import Target
from portal.fhir.members import member_columns
from portal.fhir.merge import Fields, fit, merge, news
from portal.fhir.own import (
    FUNCTIONS,
    MEMBER,
    ROLE,
    SUCCESSOR,
    codes_in,
    extension,
    hours_in,
    is_marked,
    said_in,
    uuid_in,
)
from portal.fhir.people import words_of
from portal.fhir.state import State
from portal.models.care import (
    CareTeam,
    CareTeamMember,
    CareTeamStatus,
    EndReason,
    MemberFunction,
)

_WHO = ("practitioner_id", "related_person_id")
_KEPT_STRICT = ("period_start", "period_end", "end_reason", "is_outside_care_team", "sees")


def write(state: State, incoming: Incoming, patient_id: UUID) -> None:
    known = state.recognition.find(incoming, patient_id=patient_id)
    is_changed = _write_circle(state, incoming, patient_id)
    for index, participant in enumerate(objects(incoming.body, "participant")):
        piece = f"participant[{index}]"
        is_changed |= _write_place(state, incoming, participant, piece, patient_id)
    state.flush()
    for participant in objects(incoming.body, "participant"):
        is_changed |= _link_successor(state, participant, patient_id)
    if not is_changed:
        state.settle_own(incoming, row_id=patient_id, patient_id=patient_id)
        return
    owner = state.owners.get(patient_id)
    row_id = patient_id if owner is None or owner is known else None
    digest = state.digest(incoming)
    team = state.keep(incoming, known, digest=digest, row_id=row_id, patient_id=patient_id)
    if row_id:
        state.owners[patient_id] = team


def _write_circle(state: State, incoming: Incoming, patient_id: UUID) -> bool:
    row: CareTeam = state.stored.rows["CareTeam"][patient_id]
    start, end = period_days(incoming.body, state.zone)
    new: Fields = {"name": text(incoming.body, "name"), "period_start": start}
    if patient_id in state.new_circles:
        new |= {"period_end": end, "status": CareTeamStatus(text(incoming.body, "status"))}
    fresh = news(row, fit(CareTeam, new)[0])
    merge(row, fresh, None)
    return bool(fresh) or patient_id in state.new_circles


def _write_place(
    state: State, incoming: Incoming, participant: Json, piece: str, patient_id: UUID
) -> bool:
    """Whether anything was written."""
    place_id = uuid_in(text(extension(participant, MEMBER), "valueUri"))
    if place_id is None:
        state.journal.note(incoming, piece, "it has no id of a place")
        return False
    who = member_columns(state, incoming, participant, piece, patient_id=patient_id)
    if who is None:
        return False
    new = who | _columns(state, incoming, participant, who)
    row = _row(state, patient_id, place_id, new)
    if row is not None and not _is_same_person(row, new):
        state.journal.note(incoming, piece, "the place is somebody else's here")
        return False
    others = [one for one in state.stored.members[patient_id] if _is_same_person(one, new)]
    if row is None and is_open(new["period_end"], state.now) and was_taken_out(state, others):
        state.journal.note(incoming, piece, TAKEN_OUT)
        return False
    state.places.setdefault(patient_id, {})[place_id] = row.id if row else place_id
    if row is None:
        fitted = fit(CareTeamMember, new | as_strict_as(others))[0]
        add_member(state, CareTeamMember(patient_id=patient_id, id=place_id, **fitted))
        return True
    return _update(row, new)


def _row(state: State, patient_id: UUID, place_id: UUID, new: Fields) -> CareTeamMember | None:
    """The place itself, else one that the same person holds now."""
    rows = state.stored.members[patient_id]
    own = next((row for row in rows if row.id == place_id), None)
    if own or not is_open(new["period_end"], state.now):
        return own
    held = (row for row in rows if is_open(row.period_end, state.now) and _is_same_person(row, new))
    taken = set(state.places.get(patient_id, {}).values())
    return next((row for row in held if row.id not in taken), None)


def _is_same_person(row: CareTeamMember, new: Fields) -> bool:
    if any(getattr(row, name) != new.get(name) for name in _WHO):
        return False
    is_organization = not any(new.get(name) for name in _WHO)
    return not is_organization or row.organization_id == new.get("organization_id")


def _columns(state: State, incoming: Incoming, participant: Json, who: Fields) -> Fields:
    period = child(participant, "period")
    said = said_in("CareTeamMember", participant)
    reason = said.get("end_reason", "")
    new: Fields = said | {
        "functions": list(_functions(participant)),
        "role_text": _role_text(participant),
        "hours": hours_in(participant) or None,
        "period_start": start_of(text(period, "start"), state.zone),
        "period_end": end_of(text(period, "end"), state.zone),
        "end_reason": reason if reason in EndReason.__members__.values() else "",
    }
    if role_id := _role_id(state, incoming, participant, who):
        new["practitioner_role_id"] = role_id
    return new


def _functions(participant: Json) -> Iterator[str]:
    codes = (codes_in(role, FUNCTIONS) for role in objects(participant, "role"))
    known = MemberFunction.__members__.values()
    yield from dict.fromkeys(code for told in codes for code in told if code in known)


def _role_text(participant: Json) -> str:
    worded = (role for role in objects(participant, "role") if not is_marked(role))
    return next(filter(None, map(words_of, worded)), "")


def _role_id(state: State, incoming: Incoming, participant: Json, who: Fields) -> UUID | None:
    reference = child(extension(participant, ROLE), "valueReference")
    if not reference:
        return None
    found = state.links.resolve(incoming, reference, "PractitionerRole")
    role = state.stored.row("PractitionerRole", found.row_id) if isinstance(found, Target) else None
    is_theirs = role is not None and role.practitioner_id == who.get("practitioner_id")
    return role.id if role is not None and is_theirs else None


def _update(row: CareTeamMember, new: Fields) -> bool:
    free = {name: value for name, value in new.items() if name not in _KEPT_STRICT}
    strict: Fields = {}
    if new.get("is_outside_care_team"):
        strict["is_outside_care_team"] = True
    if _is_earlier(new["period_end"], row.period_end):
        strict |= {"period_end": new["period_end"], "end_reason": new["end_reason"]}
    fresh = news(row, fit(CareTeamMember, free | strict)[0])
    merge(row, fresh, None)
    return bool(fresh)


def _is_earlier(told: datetime | None, current: datetime | None) -> bool:
    return told is not None and (current is None or told < current)


def _link_successor(state: State, participant: Json, patient_id: UUID) -> bool:
    """After all places: who took over has one of them."""
    places = state.places.get(patient_id, {})
    place = places.get(uuid_in(text(extension(participant, MEMBER), "valueUri")) or patient_id)
    named = uuid_in(text(extension(participant, SUCCESSOR), "valueUri"))
    successor = places.get(named) if named else None
    row = next((one for one in state.stored.members[patient_id] if one.id == place), None)
    if row is None or successor is None or row.successor_id or successor == row.id:
        return False
    row.successor_id = successor
    return True
