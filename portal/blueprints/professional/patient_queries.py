"""A professional's or coordinator's patients: found by name, and by what is amiss."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    tuple_,
)
from sqlmodel import Session

from portal.access.facts import active_circle_member, opens_care_team
from portal.access.scope import my_patient_ids
from portal.access.viewer import Viewer
from portal.models import columns
from portal.models.account import Coordination
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.need import Need
from portal.models.search import search_words
from portal.teams.facts import has_owner, has_regular_doctor, open_need, review_is_due

ENDS_SOON = timedelta(days=30)
MOST_WORDS = 6
_YEAR = re.compile(r"(18|19|20)\d\d")


class PatientFilter(StrEnum):
    """What is amiss, or what a circle is about; several must all hold."""

    NO_OWNER = "no_owner"
    REVIEW_DUE = "review_due"
    NO_DOCTOR = "no_doctor"
    ENDING = "ending"
    LONG_TERM = "long_term"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for; empty asks for everybody."""

    text: str = ""
    filters: frozenset[PatientFilter] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.filters


class PatientRow(NamedTuple):
    """One line of the list.

    What is amiss is None where the reader may not see the care team of that patient.
    """

    id: UUID
    given_name: str
    family_name: str
    birth_date: str
    is_circle_member: bool
    """Reads it from a place in the circle, not as its coordinator."""
    sees_care_team: bool
    no_owner: int | None
    review_due: int | None
    ending: int | None
    has_doctor: bool
    has_long_term_condition: bool


_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_need = columns(Need)
_coordination = columns(Coordination)
_reads_from_circle = exists().where(
    _team.patient_id == _patient.id,
    _member.patient_id == _patient.id,
    _member.practitioner_id == bindparam("practitioner_id", type_=Uuid),
    opens_care_team(),
)
_coordinates = exists().where(
    _coordination.organization_id == _patient.organization_id,
    _coordination.user_id == bindparam("user_id", type_=Uuid),
    _coordination.ended_at.is_(None),
)
# As `care_team:see` of the policy says it; an emergency opens one file, and no list.
_sees_care_team = or_(_reads_from_circle, _coordinates)


def _needs_where(condition: ColumnElement[bool]) -> Select[Any]:
    of_patient = and_(_need.patient_id == _patient.id, open_need(), condition)
    return select(_need.id).where(of_patient).correlate(Patient.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass


_ending_places = (
    select(_member.id)
    .where(
        _team.patient_id == _patient.id,
        _member.patient_id == _patient.id,
        active_circle_member(),
        _member.period_end <= bindparam("soon", type_=UtcDateTime),
    )
    .correlate(Patient.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
)
_ownerless, _overdue = _needs_where(not_(has_owner())), _needs_where(review_is_due())
_CONDITIONS: dict[PatientFilter, ColumnElement[bool]] = {
    PatientFilter.NO_OWNER: _ownerless.exists(),
    PatientFilter.REVIEW_DUE: _overdue.exists(),
    PatientFilter.ENDING: _ending_places.exists(),
    PatientFilter.NO_DOCTOR: not_(has_regular_doctor()),
    PatientFilter.LONG_TERM: _patient.has_long_term_condition.is_(True),
}


def _number(rows: Select[Any]) -> ColumnElement[Any]:
    counted: ScalarSelect[Any] = rows.with_only_columns(func.count()).scalar_subquery()
    return case((_sees_care_team, counted))


_name = (_patient.family_name, _patient.given_name, _patient.id)
_PATIENTS = (
    select(
        _patient.id,
        _patient.given_name,
        _patient.family_name,
        _patient.birth_date,
        _reads_from_circle.label("is_circle_member"),
        _sees_care_team.label("sees_care_team"),
        _number(_ownerless).label("no_owner"),
        _number(_overdue).label("review_due"),
        _number(_ending_places).label("ending"),
        and_(_sees_care_team, has_regular_doctor()).label("has_doctor"),
        and_(_sees_care_team, _patient.has_long_term_condition).label("long_term"),
    )
    .where(_patient.id.in_(my_patient_ids))
    .order_by(*_name)
    .limit(bindparam("limit", type_=Integer))
)
# A subquery for each part: the place of a row in the list, without reading it first.
_other = Patient.__table__.alias("place").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_after_name = [
    select(column)
    .where(_other.id == bindparam("after_id", type_=Uuid), _other.id.in_(my_patient_ids))
    .scalar_subquery()
    for column in (_other.family_name, _other.given_name, _other.id)
]


def listed_patients(
    session: Session,
    *,
    viewer: Viewer,
    today: date,
    at: datetime,
    limit: int,
    asked: Asked | None = None,
    after_id: UUID | None = None,
) -> list[PatientRow]:
    """By name, `limit` at a time. `today` is the day on which reviews are due."""
    asked = asked or Asked()
    words = search_words(asked.text)[:MOST_WORDS]
    values: dict[str, object] = {
        "practitioner_id": viewer.practitioner_id,
        "user_id": viewer.id,
        "today": today,
        "now": at,
        "soon": at + ENDS_SOON,
        "limit": limit,
    }
    values |= {f"word{n}": _pattern(word) for n, word in enumerate(words)}
    kinds = tuple(bool(_YEAR.fullmatch(word)) for word in words)
    following = {"after_id": after_id} if after_id else {}
    statement = _statement(kinds, asked.filters, is_after=after_id is not None)
    rows = session.execute(statement, values | following).all()
    if after_id and not rows:
        # The place is gone: that patient left the reader's circles. Begin again.
        rows = session.execute(_statement(kinds, asked.filters, is_after=False), values).all()
    return [PatientRow._make(row) for row in rows]


@cache
def _statement(
    are_years: tuple[bool, ...], filters: frozenset[PatientFilter], *, is_after: bool
) -> Select[Any]:
    """One for each number of words and choice of filters: few, and built once."""
    statement = _PATIENTS
    for number, is_year in enumerate(are_years):
        column = _patient.birth_date if is_year else _patient.search_key
        statement = statement.where(column.like(bindparam(f"word{number}")))
    if filters:
        statement = statement.where(_sees_care_team, *(_CONDITIONS[one] for one in sorted(filters)))
    return statement.where(tuple_(*_name) > tuple_(*_after_name)) if is_after else statement


def _pattern(word: str) -> str:
    """A year is that of birth; any other word begins a word of the name."""
    return f"{word}%" if _YEAR.fullmatch(word) else f"% {word}%"
