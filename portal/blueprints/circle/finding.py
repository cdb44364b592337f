"""Whom a coordinator can add: the directory by words or by number, and the listed relatives."""

import re
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
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
    union_all,
)
from sqlmodel import Session

from portal.blueprints.circle.holders import Holder, Kind
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import (
    Gender,
    Organization,
    OrganizationKind,
    Practitioner,
    PractitionerRole,
)
from portal.models.numbers import passes_luhn
from portal.models.search import search_words

MOST_FOUND = 20
MOST_WORDS = 6
MOST_RELATIVES = 40
_RPPS = re.compile(r"\d{11}")
_BETWEEN_DIGITS = re.compile(r"[\s.\-]+")

_practitioner = columns(Practitioner)
_role = columns(PractitionerRole)
_organization = columns(Organization)
_relative = columns(RelatedPerson)
_patient = columns(Patient)
_of_patient = bindparam("of_patient", type_=Uuid)
_today = bindparam("today", type_=Date)
_works_now = and_(
    or_(_role.period_start.is_(None), _role.period_start <= _today),
    or_(_role.period_end.is_(None), _role.period_end >= _today),
)
_place_names = (
    select(func.aggregate_strings(_organization.name, ", "))
    .join_from(PractitionerRole, Organization, _organization.id == _role.organization_id)
    .where(_role.practitioner_id == _practitioner.id, _works_now)
    .correlate(_practitioner.id.table)
    .scalar_subquery()
)
_is_of_house = (
    exists()
    .where(
        _patient.id == _of_patient,
        _role.practitioner_id == _practitioner.id,
        _role.organization_id == _patient.organization_id,
        _works_now,
    )
    .correlate(_practitioner.id.table)
)


class FoundRow(NamedTuple):
    """Somebody who can have a place."""

    kind: Kind
    id: UUID
    prefix: str
    given_name: str
    family_name: str
    """Also the name of an organization."""
    gender: Gender | None
    profession: str
    text: str
    organization_kind: OrganizationKind | None
    where: str | None
    is_of_house: bool
    """Works in the organization that keeps the circle."""
    search_key: str

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))

    @property
    def holder(self) -> Holder:
        return Holder(self.kind, self.id)


class Asked(NamedTuple):
    """What was typed: words, or a number of 11 digits, whose key may be wrong."""

    text: str
    rpps: str = ""
    is_wrong_number: bool = False


_PEOPLE = select(
    literal(Kind.PRACTITIONER.value).label("kind"),
    _practitioner.id,
    _practitioner.prefix,
    _practitioner.given_name,
    _practitioner.family_name.label("name"),
    _practitioner.gender,
    _practitioner.profession,
    _practitioner.profession_text.label("text"),
    cast(null(), String).label("organization_kind"),
    _place_names.label("where_"),
    _is_of_house.label("is_of_house"),
    _practitioner.search_key,
)
_PLACES = select(
    literal(Kind.ORGANIZATION.value).label("kind"),
    _organization.id,
    literal(""),
    literal(""),
    _organization.name.label("name"),
    cast(null(), String).label("gender"),
    literal(""),
    _organization.kind_text.label("text"),
    _organization.kind.label("organization_kind"),
    _organization.address.label("where_"),
    literal(False).label("is_of_house"),  # a value of the column
    _organization.search_key,
)
_RELATIVES = select(
    literal(Kind.RELATIVE.value).label("kind"),
    _relative.id,
    literal(""),
    _relative.given_name,
    _relative.family_name.label("name"),
    _relative.gender,
    _relative.relationship,
    _relative.relationship_text.label("text"),
    cast(null(), String).label("organization_kind"),
    cast(null(), String).label("where_"),
    literal(False).label("is_of_house"),  # a value of the column
    literal(""),
).where(_relative.patient_id == _of_patient, _relative.is_active)
_ONE: dict[Kind, Select[Any]] = {
    Kind.PRACTITIONER: _PEOPLE.where(_practitioner.id == bindparam("of_holder", type_=Uuid)),
    Kind.ORGANIZATION: _PLACES.where(_organization.id == bindparam("of_holder", type_=Uuid)),
    Kind.RELATIVE: _RELATIVES.where(_relative.id == bindparam("of_holder", type_=Uuid)),
}
_BY_NUMBER = _PEOPLE.where(_practitioner.rpps == bindparam("of_number", type_=String))
_LISTED = _RELATIVES.order_by(_relative.family_name, _relative.given_name, _relative.id).limit(
    MOST_RELATIVES
)


def read(text: str) -> Asked:
    """Eleven digits are a number of a professional, whatever stands between them."""
    digits = _BETWEEN_DIGITS.sub("", text)
    if not _RPPS.fullmatch(digits):
        return Asked(text)
    return Asked(text, digits, is_wrong_number=not passes_luhn(digits))


def found(session: Session, *, asked: Asked, patient_id: UUID, today: date) -> list[FoundRow]:
    """By name, one more than are shown; nothing for words without a letter or digit."""
    values: dict[str, object] = {"of_patient": patient_id, "today": today}
    if asked.rpps:
        rows = session.execute(_BY_NUMBER, values | {"of_number": asked.rpps})
        return [_found(row) for row in rows]
    words = search_words(asked.text)[:MOST_WORDS]
    if not words:
        return []
    values |= {f"word{number}": f"% {word}%" for number, word in enumerate(words)}
    return [_found(row) for row in session.execute(_by_words(len(words)), values)]


def listed_relatives(session: Session, *, patient_id: UUID) -> list[FoundRow]:
    return [_found(row) for row in session.execute(_LISTED, {"of_patient": patient_id})]


def one(session: Session, *, holder: Holder, patient_id: UUID, today: date) -> FoundRow:
    """Raises `NotFoundError`, also for a relative of another patient."""
    values = {"of_patient": patient_id, "today": today, "of_holder": holder.id}
    row = session.execute(_ONE[holder.kind], values).one_or_none()
    if row is None:
        raise NotFoundError("holder")
    return _found(row)


@cache
def _by_words(count: int) -> Select[Any]:
    people = _PEOPLE.where(*(_has_word(_practitioner.search_key, n) for n in range(count)))
    places = _PLACES.where(*(_has_word(_organization.search_key, n) for n in range(count)))
    rows = union_all(people, places).subquery().c
    return select(*rows).order_by(rows.search_key, rows.id).limit(MOST_FOUND + 1)


def _has_word(key: ColumnElement[str], number: int) -> ColumnElement[bool]:
    """Words are letters and digits: nothing in them is a wildcard."""
    return key.like(bindparam(f"word{number}", type_=String))


def _found(row: Any) -> FoundRow:
    values = FoundRow._make(row)
    kind = values.organization_kind
    return values._replace(
        kind=Kind(values.kind),
        gender=Gender(values.gender) if values.gender else None,
        organization_kind=OrganizationKind(kind) if kind else None,
        is_of_house=bool(values.is_of_house),
    )
