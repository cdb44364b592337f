"""Everything that the directory knows of one professional or of one place."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, and_, bindparam, exists, not_, or_, select
from sqlmodel import Session

from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import Coordination
from portal.models.base import UtcDateTime
from portal.models.care import CareTeamMember, Patient
from portal.models.directory import (
    Absence,
    Gender,
    Organization,
    OrganizationKind,
    Practitioner,
    PractitionerRole,
)

MOST_PLACES = 30
MOST_PEOPLE = 100
MOST_ABSENCES = 5

_practitioner = columns(Practitioner)
_role = columns(PractitionerRole)
_organization = columns(Organization)
_absence = columns(Absence)
_coordination = columns(Coordination)
_member = columns(CareTeamMember)
_patient = columns(Patient)
_of_practitioner = bindparam("of_practitioner", type_=Uuid)
_of_organization = bindparam("of_organization", type_=Uuid)
_today = bindparam("today", type_=Date)
_other = Practitioner.__table__.alias("replacement")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_is_not_over = or_(_role.period_end.is_(None), _role.period_end >= _today)
_coordinated_by_reader = select(_coordination.organization_id).where(
    _coordination.user_id == bindparam("reader_id", type_=Uuid), _coordination.ended_at.is_(None)
)
# As `identity.offers.is_known_here_only` says it.
_has_circles_elsewhere = (
    select(_member.id)
    .join_from(CareTeamMember, Patient, _patient.id == _member.patient_id)
    .where(
        _member.practitioner_id == _of_practitioner,
        or_(_member.period_end.is_(None), _member.period_end > bindparam("now", type_=UtcDateTime)),
        or_(
            _patient.organization_id.is_(None),
            _patient.organization_id.not_in(_coordinated_by_reader),
        ),
    )
    .exists()
)

_PLACES = (
    select(
        _role.id,
        _role.organization_id,
        _organization.name.label("organization_name"),
        _organization.kind,
        _organization.kind_text,
        _organization.address,
        _role.role_text,
        _role.phone,
        _role.time_zone,
        _role.hours,
        _role.absences,
        _role.is_open_on_holidays,
        _role.period_start,
        _role.period_end,
        and_(
            _is_not_over,
            _role.organization_id.in_(_coordinated_by_reader),
            not_(_has_circles_elsewhere),
        ),
    )
    .join_from(
        PractitionerRole, Organization, _organization.id == _role.organization_id, isouter=True
    )
    .where(_role.practitioner_id == _of_practitioner)
    .order_by(_is_not_over.desc(), _organization.name, _role.id)
    .limit(MOST_PLACES)
)
_ABSENCES = (
    select(
        _absence.starts_on,
        _absence.ends_on,
        _absence.note,
        _absence.replacement_id,
        _other.c.prefix,
        _other.c.given_name,
        _other.c.family_name,
    )
    .join_from(Absence, _other, _other.c.id == _absence.replacement_id, isouter=True)
    .where(_absence.practitioner_id == _of_practitioner, _absence.ends_on >= _today)
    .order_by(_absence.starts_on, _absence.id)
    .limit(MOST_ABSENCES)
)
_PEOPLE = (
    select(
        _practitioner.id,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
        _role.role_text,
    )
    .join_from(PractitionerRole, Practitioner, _practitioner.id == _role.practitioner_id)
    .where(_role.organization_id == _of_organization, _is_not_over)
    .order_by(_practitioner.family_name, _practitioner.given_name, _role.id)
    .limit(bindparam("limit", type_=Integer))
)
_KEEPERS = exists().where(
    _coordination.organization_id == _of_organization, _coordination.ended_at.is_(None)
)
_IS_KEPT_BY_OTHERS = select(
    and_(_KEEPERS, ~_KEEPERS.where(_coordination.user_id == bindparam("reader", type_=Uuid)))
)


class PlaceRow(NamedTuple):
    """Where a professional works; without an organization, their round."""

    id: UUID
    organization_id: UUID | None
    organization_name: str | None
    kind: OrganizationKind | None
    kind_text: str | None
    address: str | None
    role_text: str
    phone: str
    time_zone: str
    hours: list[dict[str, Any]]
    absences: list[dict[str, Any]]
    is_open_on_holidays: bool
    period_start: date | None
    period_end: date | None
    is_ours: bool
    """At an organization that the reader coordinates, not over, and in no circle elsewhere."""


class AbsenceRow(NamedTuple):
    """Days away, now or next, and who answers instead."""

    starts_on: date
    ends_on: date
    note: str
    replacement_id: UUID | None
    prefix: str | None
    given_name: str | None
    family_name: str | None

    @property
    def replacement(self) -> str:
        return " ".join(one for one in (self.prefix, self.given_name, self.family_name) if one)


class ColleagueRow(NamedTuple):
    """A professional at a place."""

    id: UUID
    prefix: str
    given_name: str
    family_name: str
    gender: Gender
    profession: str
    profession_text: str
    role_text: str


def practitioner(session: Session, practitioner_id: UUID) -> Practitioner:
    """Raises `NotFoundError`."""
    row = session.get(Practitioner, practitioner_id)
    if row is None:
        raise NotFoundError("practitioner")
    return row


def organization(session: Session, organization_id: UUID) -> Organization:
    """Raises `NotFoundError`."""
    row = session.get(Organization, organization_id)
    if row is None:
        raise NotFoundError("organization")
    return row


def places(
    session: Session, *, practitioner_id: UUID, reader_id: UUID, today: date, at: datetime
) -> list[PlaceRow]:
    """Those that are over last."""
    values: dict[str, object] = {"of_practitioner": practitioner_id, "reader_id": reader_id}
    values |= {"today": today, "now": at}
    return [PlaceRow._make(row) for row in session.execute(_PLACES, values)]


def absences(session: Session, *, practitioner_id: UUID, today: date) -> list[AbsenceRow]:
    values = {"of_practitioner": practitioner_id, "today": today}
    return [AbsenceRow._make(row) for row in session.execute(_ABSENCES, values)]


def colleagues(session: Session, *, organization_id: UUID, today: date) -> list[ColleagueRow]:
    """By name, one more than is shown."""
    values = {"of_organization": organization_id, "today": today, "limit": MOST_PEOPLE + 1}
    return [ColleagueRow._make(row) for row in session.execute(_PEOPLE, values)]


def is_kept_by_others(session: Session, *, organization_id: UUID, reader_id: UUID) -> bool:
    """Whether it has coordinators of its own, and the reader is none of them."""
    values = {"of_organization": organization_id, "reader": reader_id}
    return bool(session.execute(_IS_KEPT_BY_OTHERS, values).scalar_one())
