"""How many, by organization, in two statements: whose day it is there, then every number.

Numbers only, no names. Small ones are not withheld: who reads them coordinates these circles and
may open each of these files, so a number singles nobody out to them.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    distinct,
    exists,
    func,
    literal,
    not_,
    select,
    union_all,
)
from sqlmodel import Session

from portal.access.facts import active_circle_member, waits_for_consent
from portal.models import columns
from portal.models.account import Coordination
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Absence, Organization
from portal.models.need import Need
from portal.teams.facts import has_owner, has_regular_doctor, open_need

ENDS_SOON = timedelta(days=30)

_organization = columns(Organization)
_coordination = columns(Coordination)
_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_need = columns(Need)
_absence = columns(Absence)
_replaced = Absence.__table__.alias("replaced").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass


class Place(NamedTuple):
    """An organization whose circles the reader keeps."""

    id: UUID
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of the living patients of one organization, on its own day."""

    patients: int = 0
    with_doctor: int = 0
    long_term: int = 0
    """Patients whose long-term condition is recognised."""
    long_term_with_doctor: int = 0
    no_owner: int = 0
    review_due: int = 0
    ending: int = 0
    """Places whose end is known and comes within 30 days."""
    waiting: int = 0
    away: int = 0
    """Professionals of these circles whom nobody replaces. Absences that only the software of
    their practice knows are not counted."""


_PLACES = (
    select(_organization.id, _organization.name, _organization.time_zone)
    .join_from(Coordination, Organization, _organization.id == _coordination.organization_id)
    .where(
        _coordination.user_id == bindparam("reader_id", type_=Uuid),
        _coordination.ended_at.is_(None),
    )
    .order_by(_organization.name, _organization.id)
)
_mine = and_(
    _patient.organization_id.in_(bindparam("places", type_=Uuid, expanding=True)),
    _patient.is_deceased.is_(False),
)
# Reviews and absences are days: there are at most three at one instant, by time zone.
_today = case(
    (
        _organization.id.in_(bindparam("behind", type_=Uuid, expanding=True)),
        bindparam("yesterday", type_=Date),
    ),
    (
        _organization.id.in_(bindparam("ahead", type_=Uuid, expanding=True)),
        bindparam("tomorrow", type_=Date),
    ),
    else_=bindparam("today", type_=Date),
)


def _counted(name: str, number: ColumnElement[Any]) -> Select[Any]:
    return (
        select(literal(name).label("name"), _organization.id.label("place"), number.label("number"))
        .join_from(Patient, Organization, _organization.id == _patient.organization_id)
        .where(_mine)
        .group_by(_organization.id)
    )


def _of_needs(name: str, condition: ColumnElement[bool]) -> Select[Any]:
    return (
        _counted(name, func.count())
        .join(Need, _need.patient_id == _patient.id)
        .where(open_need(), condition)
    )


def _of_members(
    name: str, condition: ColumnElement[bool], number: ColumnElement[Any] | None = None
) -> Select[Any]:
    return (
        _counted(name, func.count() if number is None else number)
        .join(CareTeam, _team.patient_id == _patient.id)
        .join(CareTeamMember, _member.patient_id == _patient.id)
        .where(condition)
    )


_is_away = (
    exists()
    .where(
        _absence.practitioner_id == _member.practitioner_id,
        _absence.starts_on <= _today,
        _absence.ends_on >= _today,
    )
    .correlate_except(Absence.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
)
_is_replaced = (
    exists()
    .where(
        _replaced.practitioner_id == _member.practitioner_id,
        _replaced.starts_on <= _today,
        _replaced.ends_on >= _today,
        _replaced.replacement_id.is_not(None),
    )
    .correlate_except(_replaced.id.table)
)
_is_followed = case((has_regular_doctor(), 1), else_=0)
_has_long_term = _patient.has_long_term_condition
_NUMBERS = union_all(
    _counted("patients", func.count()),
    _counted("with_doctor", func.sum(_is_followed)),
    _counted("long_term", func.count()).where(_has_long_term),
    _counted("long_term_with_doctor", func.sum(_is_followed)).where(_has_long_term),
    _of_needs("no_owner", not_(has_owner())),
    _of_needs("review_due", and_(_need.review_on.is_not(None), _need.review_on <= _today)),
    _of_members(
        "ending",
        and_(active_circle_member(), _member.period_end <= bindparam("horizon", type_=UtcDateTime)),
    ),
    _of_members("waiting", waits_for_consent()),
    _of_members(
        "away",
        and_(active_circle_member(), _is_away, not_(_is_replaced)),
        func.count(distinct(_member.practitioner_id)),
    ),
)


def places_of(session: Session, *, reader_id: UUID) -> list[Place]:
    """By name."""
    return [Place._make(row) for row in session.execute(_PLACES, {"reader_id": reader_id})]


def numbers(session: Session, *, today: dict[UUID, date], at: datetime) -> dict[UUID, Numbers]:
    """Of each organization in `today`, which says what day it is there."""
    day = at.date()
    values = {
        "places": list(today),
        "behind": [place for place, own in today.items() if own < day],
        "ahead": [place for place, own in today.items() if own > day],
        "yesterday": day - timedelta(days=1),
        "today": day,
        "tomorrow": day + timedelta(days=1),
        "now": at,
        "horizon": at + ENDS_SOON,
    }
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for row in session.execute(_NUMBERS, values):
        found[row.place][row.name] = int(row.number)
    return {place: Numbers(**found[place]) for place in today}
