"""A professional, and when they are away."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, func, or_, select
from sqlmodel import Session

from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.directory import Absence, Gender, Practitioner, PractitionerRole
from portal.teams.own_day import USUAL_ZONE, zone_at_work

MOST_ABSENCES = 100

_absence = columns(Absence)
_practitioner = columns(Practitioner)
_role = columns(PractitionerRole)
_coordination = columns(Coordination)
_user = columns(User)
_of_practitioner = bindparam("of_practitioner", type_=Uuid)


class Person(NamedTuple):
    """An entry of the directory."""

    id: UUID
    prefix: str
    given_name: str
    family_name: str
    gender: Gender
    profession: str
    profession_text: str
    time_zone: str
    """Where they work."""

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))


class AbsenceRow(NamedTuple):
    """One absence, with the names that the page says."""

    id: UUID
    starts_on: date
    ends_on: date
    note: str
    replacement_id: UUID | None
    replacement_prefix: str | None
    replacement_given_name: str | None
    replacement_family_name: str | None
    created_by: UUID | None
    creator_given_name: str | None
    creator_family_name: str | None

    @property
    def replacement(self) -> str:
        names = (self.replacement_prefix, self.replacement_given_name, self.replacement_family_name)
        return " ".join(filter(None, names))

    @property
    def creator(self) -> str:
        return " ".join(filter(None, (self.creator_given_name, self.creator_family_name)))


PERSON_COLUMNS = [
    *(_practitioner[name] for name in Person._fields if name != "time_zone"),
    func.coalesce(zone_at_work(_practitioner.id), USUAL_ZONE).label("time_zone"),
]
_PERSON = select(*PERSON_COLUMNS).where(_practitioner.id == _of_practitioner)
_COLLEAGUE = _PERSON.where(
    _practitioner.id.in_(
        select(_role.practitioner_id)
        .join_from(
            PractitionerRole,
            Coordination,
            _coordination.organization_id == _role.organization_id,
        )
        .where(
            _coordination.user_id == bindparam("reader_id", type_=Uuid),
            _coordination.ended_at.is_(None),
            or_(_role.period_end.is_(None), _role.period_end >= bindparam("utc_day", type_=Date)),
        )
    )
)
_ABSENCES = (
    select(
        _absence.id,
        _absence.starts_on,
        _absence.ends_on,
        _absence.note,
        _absence.replacement_id,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _absence.created_by,
        _user.given_name,
        _user.family_name,
    )
    .select_from(Absence)
    .outerjoin(Practitioner, _practitioner.id == _absence.replacement_id)
    .outerjoin(User, _user.id == _absence.created_by)
    .where(_absence.practitioner_id == _of_practitioner)
    .order_by(_absence.starts_on.desc(), _absence.id)
    .limit(MOST_ABSENCES)
)
_ONE_ABSENCE = _ABSENCES.where(_absence.id == bindparam("of_absence", type_=Uuid))


def person(session: Session, *, practitioner_id: UUID, at: datetime) -> Person:
    """Raises `NotFoundError`."""
    values = {"of_practitioner": practitioner_id, "utc_day": at.date()}
    return _one(session.execute(_PERSON, values).one_or_none())


def colleague(session: Session, *, practitioner_id: UUID, reader_id: UUID, at: datetime) -> Person:
    """Somebody who works for an organization that the reader coordinates, else `NotFoundError`."""
    values = {"of_practitioner": practitioner_id, "reader_id": reader_id, "utc_day": at.date()}
    return _one(session.execute(_COLLEAGUE, values).one_or_none())


def absences(session: Session, *, practitioner_id: UUID) -> list[AbsenceRow]:
    """The latest first."""
    rows = session.execute(_ABSENCES, {"of_practitioner": practitioner_id})
    return [AbsenceRow._make(row) for row in rows]


def absence(session: Session, *, practitioner_id: UUID, absence_id: UUID) -> AbsenceRow:
    """Raises `NotFoundError` for that of anybody else."""
    values = {"of_practitioner": practitioner_id, "of_absence": absence_id}
    row = session.execute(_ONE_ABSENCE, values).one_or_none()
    if row is None:
        raise NotFoundError("absence")
    return AbsenceRow._make(row)


def _one(row: Any) -> Person:
    if row is None:
        raise NotFoundError("practitioner")
    return Person._make(row)
