"""One line becomes entries of the directory, or is refused: nobody is ever overwritten."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.imports.columns import Column
from portal.imports.known import Known, same_words
from portal.imports.lines import Line, Person, Place
from portal.imports.problems import LineProblem, LineRefusedError, Problem, shortened
from portal.imports.rows import PersonRow, PlaceRow, RoleRow, Row, save
from portal.models.base import new_id
from portal.models.directory import Gender, OrganizationKind


class Outcome(StrEnum):
    """The names of the counts of `DirectoryImport`."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Entries:
    """Takes the lines of one batch; what came of them goes out together, by `save`."""

    def __init__(self, known: Known, *, is_trusted: bool) -> None:
        """`is_trusted`: from the terminal, who may say where invitations go."""
        self._known = known
        self._is_trusted = is_trusted
        self._left_out: dict[int, Problem] = {}
        self._added: dict[UUID, Row] = {}
        self._changed: dict[UUID, Row] = {}

    def take(self, line: Line) -> Outcome:
        """Raises `LineRefusedError` before anything is written of the line."""
        place = self._find_place(line.place) if line.place else None
        if line.person is None:
            return self._take_place(line, place)
        person = self._find_person(line.person, place, line.place.town if line.place else "")
        is_new = person is None
        if line.place and place is None:
            place = self._new_place(line.place)
        if person is None:
            person = self._new_person(line.person)
        is_changed = self._fill_person(person, line.person)
        is_changed |= (
            self._fill_role(person, place, line) if place else self._fill_own_ways(person, line)
        )
        if is_new:
            return Outcome.ADDED
        return Outcome.CHANGED if is_changed else Outcome.UNCHANGED

    def left_out_of(self, line: Line) -> list[Problem]:
        """Cells that are well written and were not taken all the same."""
        return [found] if (found := self._left_out.get(line.number)) else []

    def save(self, session: Session) -> None:
        """People and places first: a role stands on both."""
        for kind in (PersonRow, PlaceRow, RoleRow):
            added = [row for row in self._added.values() if isinstance(row, kind)]
            changed = [row for row in self._changed.values() if isinstance(row, kind)]
            save(session, kind, added=added, changed=changed)

    def _take_place(self, line: Line, place: PlaceRow | None) -> Outcome:
        if line.place is None:
            raise LineRefusedError(LineProblem.PLACE_MISSING, Column.PLACE)
        if place is None:
            self._fill_ways(self._new_place(line.place), line)
            return Outcome.ADDED
        wanted = line.place
        is_changed = self._fill(
            place, name=wanted.name, address=wanted.address, finess=wanted.finess
        )
        if wanted.kind:
            is_changed |= self._fill(place, kind=OrganizationKind(wanted.kind))
            is_changed |= self._fill(place, kind_text=wanted.kind_text)
        self._known.note_finess(place)
        is_changed |= self._fill_ways(place, line)
        return Outcome.CHANGED if is_changed else Outcome.UNCHANGED

    def _find_place(self, wanted: Place) -> PlaceRow | None:
        numbered = self._known.place_numbered(wanted.finess)
        if numbered is not None:
            return numbered
        named = self._known.places_named(wanted)
        if len(named) > 1:
            named = [row for row in named if same_words(row.address, wanted.address)] or named
        if len(named) > 1:
            raise LineRefusedError(LineProblem.SEVERAL_PLACES, Column.PLACE, shortened(wanted.name))
        return named[0] if named else None

    def _find_person(self, wanted: Person, place: PlaceRow | None, town: str) -> PersonRow | None:
        numbered = self._known.person_numbered(wanted.rpps)
        if numbered is not None:
            if not _is_same_name(numbered, wanted):
                shown = shortened(f"{wanted.rpps} {wanted.full_name}")
                raise LineRefusedError(LineProblem.OTHER_NAME, Column.RPPS, shown)
            return numbered
        named = self._known.people_named(wanted, place=place, town=town)
        if len(named) > 1:
            shown = shortened(wanted.full_name)
            raise LineRefusedError(LineProblem.SEVERAL_PEOPLE, Column.FAMILY_NAME, shown)
        return named[0] if named else None

    def _new_place(self, wanted: Place) -> PlaceRow:
        row = PlaceRow(
            id=new_id(),
            name=wanted.name,
            kind=OrganizationKind(wanted.kind or OrganizationKind.OTHER),
            kind_text=wanted.kind_text,
            address=wanted.address,
            finess=wanted.finess,
        )
        self._added[row.id] = row
        self._known.add_place(row)
        return row

    def _new_person(self, wanted: Person) -> PersonRow:
        row = PersonRow(
            id=new_id(),
            family_name=wanted.family_name,
            given_name=wanted.given_name,
            gender=wanted.gender,
            rpps=wanted.rpps,
        )
        self._added[row.id] = row
        self._known.add_person(row)
        return row

    def _fill_person(self, row: PersonRow, wanted: Person) -> bool:
        is_changed = self._fill(
            row,
            prefix=wanted.prefix,
            profession=wanted.profession,
            profession_text=wanted.profession_text,
            rpps=wanted.rpps,
        )
        if not row.given_name:
            is_changed |= self._fill(row, given_name=wanted.given_name)
        if row.gender is Gender.UNKNOWN and wanted.gender is not Gender.UNKNOWN:
            is_changed |= self._fill(row, gender=wanted.gender)
        self._known.note_rpps(row)
        return is_changed

    def _fill_role(self, person: PersonRow, place: PlaceRow, line: Line) -> bool:
        role = self._known.role(person, place)
        if role is not None:
            return self._fill_ways(role, line)
        role = RoleRow(id=new_id(), practitioner_id=person.id, organization_id=place.id)
        self._added[role.id] = role
        self._fill_ways(role, line)
        self._known.add_role(role)
        return True

    def _fill_own_ways(self, row: PersonRow, line: Line) -> bool:
        """An invitation to their address opens all their circles: no list moves it."""
        is_kept = row.id in self._known.in_circles and not self._is_trusted
        if not is_kept or line.email in ("", row.email):
            return self._fill_ways(row, line)
        shown = shortened(line.email)
        self._left_out[line.number] = Problem(LineProblem.EMAIL_KEPT, Column.EMAIL, shown)
        return self._fill(row, phone=line.phone)

    def _fill_ways(self, row: Row, line: Line) -> bool:
        return self._fill(row, phone=line.phone, email=line.email)

    def _fill(self, row: Row, **values: Any) -> bool:
        """What the file says; an empty cell says nothing."""
        new = {
            name: value for name, value in values.items() if value and getattr(row, name) != value
        }
        for name, value in new.items():
            setattr(row, name, value)
        if new and row.id not in self._added:
            self._changed[row.id] = row
        return bool(new)


def _is_same_name(row: PersonRow, wanted: Person) -> bool:
    given = not row.given_name or not wanted.given_name
    return same_words(row.family_name, wanted.family_name) and (
        given or same_words(row.given_name, wanted.given_name)
    )
