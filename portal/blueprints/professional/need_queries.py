"""What a professional answers for, over all the files that they may see, in one statement."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    union,
)
from sqlmodel import Session

from portal.access.facts import in_force, opens_care_team
from portal.access.viewer import Viewer
from portal.models import columns
from portal.models.account import Coordination
from portal.models.care import CareTeam, CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Absence, Organization, Practitioner
from portal.models.need import Need, NeedType
from portal.teams.facts import open_need, review_is_due


class Urgency(IntEnum):
    """In the order of the page."""

    REVIEW_DUE = 0
    NOBODY = 1
    REST = 2


@dataclass(frozen=True, slots=True)
class After:
    """The last need of the page before."""

    urgency: Urgency
    patient_id: UUID
    need_id: UUID


class MyNeed(NamedTuple):
    """A need, and what the reader has to do with it."""

    urgency: int
    patient_id: UUID
    id: UUID
    patient_given_name: str
    patient_family_name: str
    code: str
    type_label: str | None
    detail: str
    frequency: str
    review_on: date | None
    is_owner: bool
    is_deputy: bool
    replaces: bool
    """The owner is away today and named the reader."""
    owner_is_away: bool
    """Today, and named nobody."""
    owner_prefix: str | None
    owner_given_name: str | None
    owner_family_name: str | None
    """Of a professional, a relative or a place; none when nobody answers for it."""
    is_circle_member: bool
    """Reads it from a place in the circle, not as its coordinator."""

    @property
    def owner(self) -> str:
        names = (self.owner_prefix, self.owner_given_name, self.owner_family_name)
        return " ".join(filter(None, names))

    @property
    def after(self) -> After:
        return After(Urgency(self.urgency), self.patient_id, self.id)


_need = columns(Need)
_type = columns(NeedType)
_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_coordination = columns(Coordination)
_practitioner = columns(Practitioner)
_place = columns(Organization)
_relative = columns(RelatedPerson)
_absence = columns(Absence)
_owners = CareTeamMember.__table__.alias("answers")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_deputies = CareTeamMember.__table__.alias("stands_in")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_owner, _deputy = _owners.c, _deputies.c
_me = bindparam("practitioner_id", type_=Uuid)
_my_coordinations = select(_coordination.organization_id).where(
    _coordination.user_id == bindparam("reader_id", type_=Uuid), _coordination.ended_at.is_(None)
)

_seen_from_circle = (
    select(_member.patient_id)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .join(Patient, _patient.id == _member.patient_id)
    .where(_member.practitioner_id == _me, opens_care_team())
)
# Named joins, and so never tied to the patients of the statement around it: read once.
_coordinated = (
    select(_patient.id)
    .join_from(Coordination, Patient, _patient.organization_id == _coordination.organization_id)
    .where(
        _coordination.user_id == bindparam("reader_id", type_=Uuid),
        _coordination.ended_at.is_(None),
    )
)
_seen = union(_seen_from_circle, _coordinated)
"""As `care_team:see` of the policy says it, without the emergency: that opens one file."""


def _away_today(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    today = bindparam("today", type_=Date)
    return (
        exists()
        .where(
            _absence.practitioner_id == _owner.practitioner_id,
            _absence.starts_on <= today,
            _absence.ends_on >= today,
            *conditions,
        )
        .correlate(_owners)
    )


_has_owner = _owner.id.is_not(None)
_is_owner = func.coalesce(_owner.practitioner_id == _me, False)
_is_deputy = func.coalesce(_deputy.practitioner_id == _me, False)
_replaces = and_(_has_owner, _away_today(_absence.replacement_id == _me))
_is_nobodys = and_(_owner.id.is_(None), _patient.organization_id.in_(_my_coordinations))
_urgency: ColumnElement[Any] = case(
    (review_is_due(), int(Urgency.REVIEW_DUE)),
    (_owner.id.is_(None), int(Urgency.NOBODY)),
    else_=int(Urgency.REST),
)
_order = (_urgency, _patient.family_name, _patient.given_name, _patient.id, _need.id)
_MY_NEEDS = (
    select(
        _urgency.label("urgency"),
        _need.patient_id,
        _need.id,
        _patient.given_name.label("patient_given_name"),
        _patient.family_name.label("patient_family_name"),
        _need.code,
        _type.label.label("type_label"),
        _need.detail,
        _need.frequency,
        _need.review_on,
        _is_owner.label("is_owner"),
        _is_deputy.label("is_deputy"),
        _replaces.label("replaces"),
        and_(_has_owner, _away_today(), ~_away_today(_absence.replacement_id.is_not(None))).label(
            "owner_is_away"
        ),
        _practitioner.prefix.label("owner_prefix"),
        func.coalesce(_practitioner.given_name, _relative.given_name).label("owner_given_name"),
        func.coalesce(_practitioner.family_name, _relative.family_name, _place.name).label(
            "owner_family_name"
        ),
        _need.patient_id.in_(_seen_from_circle).label("is_circle_member"),
    )
    .join_from(Need, Patient, _patient.id == _need.patient_id)
    .outerjoin(NeedType, _type.id == _need.need_type_id)
    .outerjoin(
        _owners,
        and_(
            _owner.patient_id == _need.patient_id,
            _owner.id == _need.owner_id,
            in_force(_owner.period_start, _owner.period_end),
        ),
    )
    .outerjoin(
        _deputies,
        and_(
            _deputy.patient_id == _need.patient_id,
            _deputy.id == _need.deputy_id,
            in_force(_deputy.period_start, _deputy.period_end),
        ),
    )
    .outerjoin(Practitioner, _practitioner.id == _owner.practitioner_id)
    .outerjoin(
        RelatedPerson,
        and_(_relative.patient_id == _owner.patient_id, _relative.id == _owner.related_person_id),
    )
    .outerjoin(
        Organization,
        and_(_place.id == _owner.organization_id, _owner.practitioner_id.is_(None)),
    )
    .where(
        _need.patient_id.in_(_seen),
        _patient.is_deceased.is_(False),
        open_need(),
        or_(_is_owner, _is_deputy, _replaces, _is_nobodys),
    )
    .order_by(*_order)
    .limit(bindparam("limit", type_=Integer))
)
# The name of a patient whom the reader may not see any more orders nothing.
_last_patients = Patient.__table__.alias("last_patient")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_last = _last_patients.c
_after_names = [
    select(column)
    .where(_last.id == bindparam("after_patient", type_=Uuid), _last.id.in_(_seen))
    .scalar_subquery()
    for column in (_last.family_name, _last.given_name, _last.id)
]
_MY_NEEDS_AFTER = _MY_NEEDS.where(
    tuple_(*_order)
    > tuple_(
        bindparam("after_urgency", type_=Integer),
        *_after_names,
        bindparam("after_need", type_=Uuid),
    )
)


def my_needs(
    session: Session,
    *,
    viewer: Viewer,
    today: date,
    at: datetime,
    limit: int,
    after: After | None = None,
) -> list[MyNeed]:
    """What is urgent first, then by patient; `limit` at a time."""
    values: dict[str, object] = {
        "practitioner_id": viewer.practitioner_id,
        "reader_id": viewer.id,
        "today": today,
        "now": at,
        "limit": limit,
    }
    if after is None:
        return [MyNeed._make(row) for row in session.execute(_MY_NEEDS, values)]
    values |= {
        "after_urgency": int(after.urgency),
        "after_patient": after.patient_id,
        "after_need": after.need_id,
    }
    return [MyNeed._make(row) for row in session.execute(_MY_NEEDS_AFTER, values)]
