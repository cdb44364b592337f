"""The members of one patient's circle, while one FHIR CareTeam is written into them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from portal.fhir.merge import Fields
from portal.fhir.state import State
from portal.models.care import CareTeamMember, EndReason
from portal.models.interop import FhirResource

TAKEN_OUT = "their place here was ended by somebody, with a reason"


@dataclass(frozen=True, slots=True)
class Seat:
    row: CareTeamMember
    existed: bool
    is_own: bool
    """Made by this CareTeam; otherwise by hand, or by being related."""


class Circle:
    """Knows which members came from this CareTeam.

    Their id is made from the CareTeam's and the person's: that is how the next import tells
    them from those who were entered by hand.
    """

    def __init__(self, state: State, patient_id: UUID, team: FhirResource) -> None:
        self.state, self.patient_id, self.team = state, patient_id, team
        self._rows = state.stored.members[patient_id]
        self._used: dict[UUID, Seat] = {}
        self._turns: dict[UUID, int] = {}

    def seat(self, columns: Fields, *, end: datetime | None) -> Seat | None:
        """The next place of this person, until `end`; none where somebody took them out."""
        who = _who(columns)
        turn = self._turns.setdefault(who, 0)
        self._turns[who] += 1
        wanted = self._id(who, turn)
        row = next((row for row in self._rows if row.id == wanted), None)
        if row is None and is_open(end, self.state.now):
            row = next((row for row in self._rows if self._is_by_hand(row, who)), None)
        existed = row is not None
        if row is None:
            others = [row for row in self._rows if _who(dict(row)) == who]
            if is_open(end, self.state.now) and was_taken_out(self.state, others):
                return None
            fields = columns | as_strict_as(others)
            row = CareTeamMember(patient_id=self.patient_id, id=wanted, **fields)
            add_member(self.state, row)
        seat = self._used[row.id] = Seat(row, existed, is_own=row.id == wanted)
        return seat

    def own(self) -> list[CareTeamMember]:
        """Who is named in this CareTeam and came from there."""
        return [seat.row for seat in self._used.values() if seat.is_own]

    def left(self) -> list[CareTeamMember]:
        """Who came from this CareTeam and is not named in it any more."""
        return [row for row in self._rows if row.id not in self._used and self._came_from_here(row)]

    def _came_from_here(self, row: CareTeamMember) -> bool:
        who = _who(dict(row))
        return row.id in {self._id(who, turn) for turn in range(len(self._rows))}

    def _is_by_hand(self, row: CareTeamMember, who: UUID) -> bool:
        """The same person sits there already: nobody is shown twice."""
        is_free = row.id not in self._used and not self._came_from_here(row)
        return is_free and is_open(row.period_end, self.state.now) and _who(dict(row)) == who

    def _id(self, who: UUID, turn: int) -> UUID:
        return uuid5(self.team.id, f"{who}/{turn}")


def add_member(state: State, row: CareTeamMember) -> None:
    state.stored.members[row.patient_id].append(row)
    state.session.add(row)


def was_taken_out(state: State, rows: Sequence[CareTeamMember]) -> bool:
    """Of the places of one person: somebody ended one with a reason, and none is open.

    Only of places that stood here before: a file may tell that somebody left and came back.
    """
    if any(is_open(row.period_end, state.now) for row in rows):
        return False
    stood = [row for row in rows if row not in state.session.new]
    return any(row.end_reason not in ("", EndReason.MERGED) for row in stood)


def as_strict_as(rows: Iterable[CareTeamMember]) -> Fields:
    """A second place opens nothing that the first one does not."""
    rows, strict = list(rows), dict[str, Any]()
    if any(row.is_outside_care_team for row in rows):
        strict["is_outside_care_team"] = True
    if narrow := [row.sees for row in rows if row.sees]:
        strict["sees"] = narrow[-1]
    return strict


def is_open(end: datetime | None, at: datetime) -> bool:
    return end is None or end > at


def end_places(rows: Iterable[CareTeamMember], *, at: datetime) -> None:
    for row in rows:
        if is_open(row.period_end, at):
            row.period_end = at


def _who(columns: Fields) -> UUID:
    names = ("practitioner_id", "related_person_id", "organization_id")
    who: UUID = next(columns[name] for name in names if columns.get(name))
    return who
