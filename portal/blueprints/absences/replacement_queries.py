"""Whom an absence touches, and who could answer instead."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, Integer, String, Uuid, and_, bindparam, func, or_, select
from sqlmodel import Session

from portal.access.facts import active_circle_member, in_force, opens_file
from portal.blueprints.absences.queries import PERSON_COLUMNS, Person
from portal.models import columns
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Absence, Practitioner
from portal.models.need import Need
from portal.models.search import search_words
from portal.teams.facts import open_need

MOST_CANDIDATES = 8
MOST_WORDS = 4

_practitioner = columns(Practitioner)
_member = columns(CareTeamMember)
_team = columns(CareTeam)
_patient = columns(Patient)
_need = columns(Need)
_of_practitioner = bindparam("of_practitioner", type_=Uuid)
_deputy = CareTeamMember.__table__.alias("deputy").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_their = Absence.__table__.alias("their_absence").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass


class Candidate(NamedTuple):
    """Somebody who could replace, and what they see of the same patients."""

    person: Person
    circles: int
    """Of the patients concerned, those whose file is open to this person."""
    away_from: date | None
    away_to: date | None
    """From the first to the last day of their own absences that touch the days asked."""


@dataclass(frozen=True, slots=True)
class Reach:
    """`patients` read of the absence; `alone` needs have no deputy who would answer."""

    patients: int
    alone: int


_concerned = (
    select(_member.patient_id)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .join(Patient, _patient.id == _member.patient_id)
    .where(
        _member.practitioner_id == _of_practitioner,
        _patient.is_deceased.is_(False),
        active_circle_member(),
    )
    .distinct()
    .cte("concerned")
)
_has_deputy = (
    select(_deputy.id)
    .where(
        _deputy.patient_id == _need.patient_id,
        _deputy.id == _need.deputy_id,
        in_force(_deputy.period_start, _deputy.period_end),
    )
    .correlate(Need.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .exists()
)
_alone = (
    select(func.count())
    .select_from(Need)
    .join(
        CareTeamMember,
        and_(_member.patient_id == _need.patient_id, _member.id == _need.owner_id),
    )
    .where(
        _need.patient_id.in_(select(_concerned.c.patient_id)),
        _member.practitioner_id == _of_practitioner,
        in_force(_member.period_start, _member.period_end),
        open_need(),
        ~_has_deputy,
    )
    .scalar_subquery()
)
_REACH = select(
    select(func.count()).select_from(_concerned).scalar_subquery().label("patients"),
    _alone.label("alone"),
)
_circles = (
    select(func.count(_member.patient_id.distinct()))
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .where(
        _member.practitioner_id == _practitioner.id,
        _member.patient_id.in_(select(_concerned.c.patient_id)),
        opens_file(),
    )
    .correlate(Practitioner.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)


def _their_absence(column: Any) -> Any:
    return (
        select(column)
        .where(
            _their.practitioner_id == _practitioner.id,
            _their.starts_on <= bindparam("last", type_=Date),
            _their.ends_on >= bindparam("first", type_=Date),
        )
        .correlate(Practitioner.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
        .scalar_subquery()
    )


_is_chosen = _practitioner.id == bindparam("chosen", type_=Uuid)
_CANDIDATES = (
    select(
        *PERSON_COLUMNS,
        _circles.label("circles"),
        _their_absence(func.min(_their.starts_on)).label("away_from"),
        _their_absence(func.max(_their.ends_on)).label("away_to"),
    )
    .where(
        _practitioner.id != _of_practitioner,
        or_(
            _is_chosen,
            and_(
                *(
                    _practitioner.search_key.like(bindparam(f"word{n}", type_=String))
                    for n in range(MOST_WORDS)
                )
            ),
        ),
    )
    .order_by(
        func.coalesce(_is_chosen, False).desc(),
        _practitioner.profession != bindparam("profession", type_=String),
        _practitioner.family_name,
        _practitioner.given_name,
        _practitioner.id,
    )
    .limit(bindparam("limit", type_=Integer))
)


def reach(session: Session, *, practitioner_id: UUID, at: datetime) -> Reach:
    values = {"of_practitioner": practitioner_id, "now": at}
    row = session.execute(_REACH, values).one()
    return Reach(row.patients, row.alone)


def candidates(
    session: Session,
    *,
    whose: Person,
    asked: str,
    chosen: UUID | None,
    days: tuple[date, date],
    at: datetime,
) -> tuple[list[Candidate], bool]:
    """Who is chosen already, then who is found by the beginnings of names or by their number.

    The same profession first; and whether there are more.
    """
    words = search_words(asked)[:MOST_WORDS]
    if not words and chosen is None:
        return [], False
    most = MOST_CANDIDATES + (chosen is not None)
    # An empty pattern finds nobody, for nothing was asked.
    patterns = [f"% {word}%" for word in words] + ["%" if words else ""] * (MOST_WORDS - len(words))
    values = {
        "of_practitioner": whose.id,
        "chosen": chosen,
        "first": days[0],
        "last": days[1],
        "now": at,
        "utc_day": at.date(),
        "profession": whose.profession,
        "limit": most + 1,
        **{f"word{number}": pattern for number, pattern in enumerate(patterns)},
    }
    found = [_candidate(row) for row in session.execute(_CANDIDATES, values)]
    return found[:most], len(found) > most


def _candidate(row: Any) -> Candidate:
    size = len(Person._fields)
    return Candidate(Person._make(row[:size]), *row[size:])
