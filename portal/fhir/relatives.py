"""Related persons as members of the circle, so that a patient without a CareTeam has one too."""

from uuid import UUID, uuid5

from portal.fhir.circle import add_member, end_places, is_open, was_taken_out
from portal.fhir.state import Relative, State
from portal.models.care import CareTeamMember, RelatedPerson


def join_circles(state: State) -> None:
    """After the CareTeams: whoever has a place there keeps that one."""
    for relative in state.relatives:
        person = relative.person
        members = state.stored.members[person.patient_id]
        rows = [row for row in members if row.related_person_id == person.id]
        if relative.is_gone:
            end_places((row for row in rows if row.id == _own_place(person)), at=state.now)
            continue
        # Later, nobody is brought back whom a coordinator or the patient took out.
        if relative.is_new or relative.was_gone:
            rows = _join(state, relative, rows)
        for row in rows:
            _tell_functions(relative, row)


def _join(state: State, relative: Relative, rows: list[CareTeamMember]) -> list[CareTeamMember]:
    person = relative.person
    if any(is_open(row.period_end, state.now) for row in rows):
        return rows
    if was_taken_out(state, rows):
        return rows
    own = next((row for row in rows if row.id == _own_place(person)), None)
    if own:
        own.period_end = None
        return rows
    row = CareTeamMember(
        patient_id=person.patient_id, id=_own_place(person), related_person_id=person.id
    )
    add_member(state, row)
    return [*rows, row]


def _tell_functions(relative: Relative, row: CareTeamMember) -> None:
    before = set() if relative.is_new else relative.functions_before
    gained, lost = relative.functions - before, before - relative.functions
    functions = sorted((set(row.functions) - lost) | gained)
    if functions != sorted(row.functions):
        row.functions = functions


def _own_place(person: RelatedPerson) -> UUID:
    """The id of the place that a person has by being related, without any CareTeam."""
    return uuid5(person.id, "member")
