"""Workshops as lists and pages show them; whose names stand there is asked of each file."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    Integer,
    Uuid,
    and_,
    bindparam,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlmodel import Session

from portal.access.viewer import Viewer
from portal.models import columns
from portal.models.agenda import Appointment
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.series import Workshop
from portal.models.union import ArmOf, Union
from portal.scheduling.reach import (
    houses_coordinated,
    own_houses,
    reach_of,
    works_now,
)
from portal.scheduling.rows import Position

MOST_HOUSES = 50
MOST_HOSTS = 200


class WorkshopCard(NamedTuple):
    id: UUID
    version: int
    organization_id: UUID
    organization_name: str
    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str
    address: str
    phone: str
    practitioner_id: UUID | None
    host_text: str
    host_prefix: str | None
    host_given_name: str | None
    host_family_name: str | None
    capacity: int
    places_taken: int
    respond_before: date | None
    cancelled_at: datetime | None
    cancellation_reason: str
    is_kept: bool
    """The reader may change and cancel it."""
    is_coordinated: bool
    """They coordinate its organization."""

    def is_open(self, at: datetime) -> bool:
        """Still to begin, and takes place."""
        return self.cancelled_at is None and self.starts_at > at

    @property
    def host(self) -> str:
        names = (self.host_prefix, self.host_given_name, self.host_family_name)
        return ", ".join(filter(None, (" ".join(filter(None, names)), self.host_text)))


class House(NamedTuple):
    id: UUID
    name: str
    address: str
    phone: str
    time_zone: str


class Host(NamedTuple):
    id: UUID
    prefix: str
    given_name: str
    family_name: str


_w = columns(Workshop)
_a = columns(Appointment)
_patient = columns(Patient)
_house = columns(Organization)
_host = columns(Practitioner)
_role = columns(PractitionerRole)
_reader = bindparam("reader_id", type_=Uuid)
_own = bindparam("own_practitioner_id", type_=Uuid)
_this = bindparam("workshop_id", type_=Uuid)

# Who left the house that holds it keeps it no more, whoever made it.
_is_kept = or_(
    and_(_w.created_by == _reader, _w.organization_id.in_(own_houses)),
    _w.practitioner_id == _own,
    _w.organization_id.in_(houses_coordinated),
)
_CARDS = (
    select(
        _w.id,
        _w.version,
        _w.organization_id,
        _house.name.label("organization_name"),
        _w.title,
        _w.description,
        _w.starts_at,
        _w.ends_at,
        _w.time_zone,
        _w.place,
        _w.address,
        _w.phone,
        _w.practitioner_id,
        _w.host_text,
        _host.prefix,
        _host.given_name,
        _host.family_name,
        _w.capacity,
        _w.places_taken,
        _w.respond_before,
        _w.cancelled_at,
        _w.cancellation_reason,
        _is_kept.label("is_kept"),
        _w.organization_id.in_(houses_coordinated).label("is_coordinated"),
    )
    .select_from(Workshop)
    .join(Organization, _house.id == _w.organization_id)
    .outerjoin(Practitioner, _host.id == _w.practitioner_id)
    .where(or_(_is_kept, _w.organization_id.in_(own_houses)))
)
_ONE = _CARDS.where(_w.id == _this)
_from = bindparam("start", type_=UtcDateTime)
_position = tuple_(_from, bindparam("after_id", type_=Uuid))
_limit = bindparam("limit", type_=Integer)
_TO_COME = _CARDS.where(_w.ends_at >= _from).order_by(_w.starts_at, _w.id).limit(_limit)
_AFTER = _CARDS.where(tuple_(_w.starts_at, _w.id) > _position)
_AFTER = _AFTER.order_by(_w.starts_at, _w.id).limit(_limit)
_PAST = _CARDS.where(_w.ends_at < bindparam("now", type_=UtcDateTime))
_PAST = _PAST.order_by(_w.starts_at.desc(), _w.id.desc()).limit(_limit)
_PAST_AFTER = _PAST.where(tuple_(_w.starts_at, _w.id) < _position)

_CHOICES = Union(
    {
        "house": ArmOf({name: _house[name] for name in House._fields}, House),
        "host": ArmOf({name: _host[name] for name in Host._fields}, Host),
    }
)
_HOUSES_AND_HOSTS = union_all(
    select(
        _CHOICES.arm("house")
        .where(_house.id.in_(own_houses))
        .order_by(_house.name, _house.id)
        .limit(MOST_HOUSES)
        .subquery()
    ),
    select(
        _CHOICES.arm("host")
        .where(
            or_(
                _host.id == _own,
                _host.id.in_(
                    select(_role.practitioner_id).where(
                        _role.organization_id.in_(own_houses), works_now
                    )
                ),
            )
        )
        .order_by(_host.family_name, _host.given_name, _host.id)
        .limit(MOST_HOSTS)
        .subquery()
    ),
)


def find_workshop(
    session: Session, *, viewer: Viewer, workshop_id: UUID, at: datetime
) -> WorkshopCard | None:
    """None for one of other organizations."""
    values = reach_of(viewer, at=at) | {"workshop_id": workshop_id}
    row = session.execute(_ONE, values).one_or_none()
    return WorkshopCard._make(row) if row is not None else None


def workshops_of(
    session: Session,
    *,
    viewer: Viewer,
    at: datetime,
    limit: int,
    is_past: bool = False,
    after: Position | None = None,
) -> list[WorkshopCard]:
    """Of the reader's organizations and their own; soonest first, past ones latest first."""
    values = reach_of(viewer, at=at) | {"start": at, "limit": limit}
    if after is not None:
        values |= {"start": after.starts_at, "after_id": after.id}
    first, later = (_PAST, _PAST_AFTER) if is_past else (_TO_COME, _AFTER)
    rows = session.execute(first if after is None else later, values)
    return [WorkshopCard._make(row) for row in rows]


def houses_and_hosts(
    session: Session, *, viewer: Viewer, at: datetime
) -> tuple[list[House], list[Host]]:
    """Where the reader may hold a workshop, and who may lead it."""
    rows = session.execute(_HOUSES_AND_HOSTS, reach_of(viewer, at=at)).mappings()
    found = _CHOICES.read(rows)
    return found["house"], found["host"]
