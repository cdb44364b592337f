"""What the directory holds of the people and places of one batch, in three statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, and_, exists, false, func, or_
from sqlmodel import Session

from portal.imports.lines import Line, Person, Place
from portal.imports.rows import PersonRow, PlaceRow, RoleRow, select_rows
from portal.models import columns
from portal.models.care import CareTeamMember
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.search import search_key, search_words

_person, _place = columns(Practitioner), columns(Organization)
_role, _member = columns(PractitionerRole), columns(CareTeamMember)
_Words = tuple[str, ...]


class Known:
    """Rows by what a file calls them; those that the batch adds are told to it as well."""

    def __init__(self, session: Session, lines: list[Line], *, at: datetime) -> None:
        self._by_finess: dict[str, PlaceRow] = {}
        self._places: dict[_Words, list[PlaceRow]] = defaultdict(list)
        self._by_rpps: dict[str, PersonRow] = {}
        self._people: dict[_Words, list[PersonRow]] = defaultdict(list)
        self._roles: dict[UUID, list[RoleRow]] = defaultdict(list)
        self._addresses: dict[UUID, str] = {}
        self.in_circles: set[UUID] = set()
        self._load_places(session, [line.place for line in lines if line.place])
        self._load_people(session, [line.person for line in lines if line.person], at)

    def add_place(self, row: PlaceRow) -> None:
        self._addresses[row.id] = row.address
        self._places[_words(row.name)].append(row)
        self.note_finess(row)

    def note_finess(self, row: PlaceRow) -> None:
        if row.finess:
            self._by_finess[row.finess] = row

    def add_person(self, row: PersonRow) -> None:
        self._people[_words(row.family_name, row.given_name)].append(row)
        self.note_rpps(row)

    def note_rpps(self, row: PersonRow) -> None:
        if row.rpps:
            self._by_rpps[row.rpps] = row

    def add_role(self, row: RoleRow) -> None:
        self._roles[row.practitioner_id].append(row)

    def place_numbered(self, finess: str | None) -> PlaceRow | None:
        return self._by_finess.get(finess) if finess else None

    def person_numbered(self, rpps: str | None) -> PersonRow | None:
        return self._by_rpps.get(rpps) if rpps else None

    def places_named(self, place: Place) -> list[PlaceRow]:
        """In the same town, if the file says one; two numbers are two places."""
        return [
            row
            for row in self._places[_words(place.name)]
            if not (row.finess and place.finess)
            and (not place.town or is_in(row.address, place.town))
        ]

    def people_named(self, person: Person, *, place: PlaceRow | None, town: str) -> list[PersonRow]:
        """Of that profession, at the same place or in its town; two numbers are two people."""
        return [
            row
            for row in self._people[_words(person.family_name, person.given_name)]
            if not (row.rpps and person.rpps)
            and (not row.profession or row.profession in (person.profession, ""))
            and self._works_near(row, place, town)
        ]

    def role(self, person: PersonRow, place: PlaceRow) -> RoleRow | None:
        roles = self._roles[person.id]
        return next((role for role in roles if role.organization_id == place.id), None)

    def _works_near(self, person: PersonRow, place: PlaceRow | None, town: str) -> bool:
        held = [role.organization_id for role in self._roles[person.id] if role.organization_id]
        if place is None:
            return not held
        return place.id in held or any(
            town and is_in(self._addresses.get(one, ""), town) for one in held
        )

    def _load_places(self, session: Session, places: list[Place]) -> None:
        numbers = {place.finess for place in places if place.finess}
        named = _begins(_place.search_key, (search_key(place.name) for place in places))
        statement = select_rows(PlaceRow).where(or_(_place.finess.in_(numbers), named))
        for row in session.execute(statement):
            self.add_place(PlaceRow(*row))

    def _load_people(self, session: Session, people: list[Person], at: datetime) -> None:
        # Whoever has a number in the file may have been typed without one before.
        keys = {_key(one) for one in people if one.rpps}
        known = or_(
            _person.rpps.in_({one.rpps for one in people if one.rpps}),
            and_(_person.rpps.is_(None), _begins(_person.search_key, keys)),
        )
        if unnumbered := {_key(one) for one in people if not one.rpps}:
            known = or_(known, _begins(_person.search_key, unnumbered))
        statement = select_rows(PersonRow).add_columns(_is_in_a_circle(at)).where(known)
        ids = set()
        for *values, is_in_a_circle in session.execute(statement):
            person = PersonRow(*values)
            self.add_person(person)
            ids.add(person.id)
            if is_in_a_circle:
                self.in_circles.add(person.id)
        self._load_roles(session, ids, at)

    def _load_roles(self, session: Session, ids: set[UUID], at: datetime) -> None:
        statement = (
            select_rows(RoleRow)
            .add_columns(_place.address)
            .join_from(
                PractitionerRole, Organization, _place.id == _role.organization_id, isouter=True
            )
            .where(_role.practitioner_id.in_(ids))
            .where(or_(_role.period_end.is_(None), _role.period_end >= at.date()))
        )
        for *values, address in session.execute(statement):
            role = RoleRow(*values)
            self.add_role(role)
            if role.organization_id is not None:
                self._addresses.setdefault(role.organization_id, address or "")


def _is_in_a_circle(at: datetime) -> ColumnElement[bool]:
    """Holds a place that is not over, whether it opens anything or not."""
    is_not_over = or_(_member.period_end.is_(None), _member.period_end > at)
    return exists().where(_member.practitioner_id == _person.id, is_not_over)


def is_in(address: str, town: str) -> bool:
    return f"{search_key(town)} " in f"{search_key(address)} "


def same_words(one: str, other: str) -> bool:
    return search_words(one) == search_words(other)


@lru_cache(maxsize=2048)
def _words(*texts: str) -> _Words:
    return tuple(search_words(*texts))


def _key(person: Person) -> str:
    return search_key(person.family_name, person.given_name)


def _begins(column: Column[Any], keys: Iterable[str]) -> ColumnElement[bool]:
    """One comparison for each length, not one for each key."""
    by_length: dict[int, set[str]] = defaultdict(set)
    for key in keys:
        by_length[len(key)].add(key)
    return or_(false(), *_each_length(column, by_length))


def _each_length(
    column: Column[Any], by_length: dict[int, set[str]]
) -> Iterator[ColumnElement[bool]]:
    for length, keys in sorted(by_length.items()):
        yield func.substr(column, 1, length).in_(keys)
