"""Finding an entry of the directory, and what is known of it. Never of which patients."""

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlmodel import Session

from portal.models import columns
from portal.models.directory import Gender, Organization, OrganizationKind, Practitioner
from portal.models.directory import PractitionerRole as Role
from portal.models.search import search_words

PER_PAGE = 40
MOST_WORDS = 6
PEOPLE, PLACES = "people", "places"

_practitioner = columns(Practitioner)
_role = columns(Role)
_organization = columns(Organization)
_place_names = (
    select(func.aggregate_strings(_organization.name, ", "))
    .join_from(Role, Organization, _organization.id == _role.organization_id)
    .where(_role.practitioner_id == _practitioner.id)
    .correlate(_practitioner.id.table)
    .scalar_subquery()
)
_is_of_kind = _organization.kind == bindparam("of_kind", type_=_organization.kind.type)


class Asked(NamedTuple):
    """What somebody looks for; empty parts ask for everything."""

    text: str = ""
    what: str = ""
    """`people` or `places`."""
    profession: str = ""
    kind: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(self)


class EntryRow(NamedTuple):
    """One line of the directory: a professional, or an organization."""

    is_person: bool
    id: UUID
    prefix: str
    given_name: str
    name: str
    """The family name, or that of the organization."""
    gender: Gender | None
    profession: str
    text: str
    """The specialty, or the kind in other words."""
    kind: OrganizationKind | None
    where: str | None
    """The names of the places, or the address."""
    search_key: str


def entries(session: Session, *, asked: Asked, after: tuple[str, UUID] | None) -> list[EntryRow]:
    """By name, one more than a page holds; `after` is the place of the last one that was shown."""
    words = search_words(asked.text)[:MOST_WORDS]
    values: dict[str, object] = {f"word{n}": f"% {word}%" for n, word in enumerate(words)}
    values |= {"of_profession": asked.profession, "of_kind": asked.kind, "limit": PER_PAGE + 1}
    if after:
        values |= {"after_key": after[0], "after_id": after[1]}
    shape = _Shape(
        words=len(words),
        what=PEOPLE if asked.profession else asked.what,
        by_profession=bool(asked.profession),
        by_kind=bool(asked.kind),
        goes_on=after is not None,
    )
    return [EntryRow._make(row) for row in session.execute(_entries(shape), values)]


class _Shape(NamedTuple):
    """What of a statement does not depend on the words themselves."""

    words: int
    what: str
    by_profession: bool
    by_kind: bool
    goes_on: bool


@cache
def _entries(shape: _Shape) -> Select[Any]:
    arms = []
    if shape.what != PLACES:
        arms.append(_people(shape))
    if shape.what != PEOPLE:
        arms.append(_places(shape))
    found = union_all(*arms).subquery().c
    statement = select(*found).order_by(found.search_key, found.id)
    if shape.goes_on:
        place = tuple_(bindparam("after_key", type_=String), bindparam("after_id", type_=Uuid))
        statement = statement.where(tuple_(found.search_key, found.id) > place)
    return statement.limit(bindparam("limit", type_=Integer))


def _people(shape: _Shape) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [
        or_(
            _has_word(_practitioner.search_key, number),
            _works_where(_has_word(_organization.search_key, number)),
        )
        for number in range(shape.words)
    ]
    if shape.by_profession:
        conditions.append(_practitioner.profession == bindparam("of_profession", type_=String))
    if shape.by_kind:
        conditions.append(_works_where(_is_of_kind))
    return select(
        literal(1).label("is_person"),
        _practitioner.id,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name.label("name"),
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text.label("text"),
        cast(null(), String).label("kind"),
        _place_names.label("where_"),
        _practitioner.search_key,
    ).where(*conditions)


def _places(shape: _Shape) -> Select[Any]:
    conditions = [_has_word(_organization.search_key, number) for number in range(shape.words)]
    if shape.by_kind:
        conditions.append(_is_of_kind)
    return select(
        literal(0),
        _organization.id,
        literal(""),
        literal(""),
        _organization.name,
        null(),
        literal(""),
        _organization.kind_text,
        _organization.kind,
        _organization.address,
        _organization.search_key,
    ).where(*conditions)


def _has_word(key: ColumnElement[str], number: int) -> ColumnElement[bool]:
    """Words are letters and digits: nothing in them is a wildcard."""
    return key.like(bindparam(f"word{number}", type_=String))


def _works_where(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """At a place for which that holds: `infirmier quimper` finds by the town of the place."""
    return (
        exists()
        .where(
            and_(
                _role.practitioner_id == _practitioner.id,
                _organization.id == _role.organization_id,
                condition,
            )
        )
        .correlate(_practitioner.id.table)
    )
