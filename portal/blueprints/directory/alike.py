"""When two entries may be one and the same. Names are compared without accents and capitals."""

from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from portal.imports import numbers
from portal.models.search import search_words

_POSTCODE_DIGITS = 5


class Likeness(StrEnum):
    """Why two entries are shown beside each other."""

    NAME = "name"
    PHONE = "phone"
    PLACE = "place"


class PersonRow(NamedTuple):
    """What tells one professional from another."""

    id: UUID
    prefix: str
    given_name: str
    family_name: str
    profession: str
    profession_text: str
    gender: Any
    rpps: str | None
    phone: str
    search_key: str


class PlaceRow(NamedTuple):
    """What tells one organization from another."""

    id: UUID
    name: str
    kind: Any
    kind_text: str
    finess: str | None
    phone: str
    address: str
    search_key: str


class _Person(Protocol):
    @property
    def given_name(self) -> str: ...
    @property
    def family_name(self) -> str: ...
    @property
    def profession(self) -> str: ...
    @property
    def rpps(self) -> str | None: ...
    @property
    def phone(self) -> str: ...


class _Place(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def finess(self) -> str | None: ...
    @property
    def address(self) -> str: ...


def people_alike(one: _Person, other: _Person) -> Likeness | None:
    """Never with two different RPPS numbers: each number is one human."""
    if one.rpps and other.rpps and one.rpps != other.rpps:
        return None
    if family_of(one) != family_of(other) or not family_of(one):
        return None
    is_same_work = not (one.profession and other.profession) or one.profession == other.profession
    if is_same_work and search_words(one.given_name) == search_words(other.given_name):
        return Likeness.NAME
    return Likeness.PHONE if _has_same_phone(one, other) else None


def places_alike(one: _Place, other: _Place) -> Likeness | None:
    """Never with two different FINESS numbers."""
    if one.finess and other.finess and one.finess != other.finess:
        return None
    is_same = name_of(one) == name_of(other) and bool(name_of(one))
    return Likeness.PLACE if is_same and _is_same_town(one.address, other.address) else None


def family_of(person: _Person) -> tuple[str, ...]:
    return tuple(search_words(person.family_name))


def name_of(place: _Place) -> tuple[str, ...]:
    return tuple(search_words(place.name))


def _has_same_phone(one: _Person, other: _Person) -> bool:
    phones = [numbers.phone(person.phone) for person in (one, other)]
    return phones[0] is not None and phones[0] == phones[1]


def _is_same_town(one: str, other: str) -> bool:
    """An address that is not known may be in any town."""
    return not (one and other) or _town(one) == _town(other)


def _town(address: str) -> tuple[str, ...]:
    """What follows the last comma or line break, without the postcode."""
    last = address.replace("\n", ",").rstrip(", ").rpartition(",")[2]
    words = search_words(last)
    codes = [place for place, word in enumerate(words) if _is_postcode(word)]
    return tuple(words[codes[-1] + 1 :] if codes else words)


def _is_postcode(word: str) -> bool:
    return len(word) == _POSTCODE_DIGITS and word.isdigit()
