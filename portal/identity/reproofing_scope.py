"""Whose way back a member of staff may open or confirm, and the requests that they see."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, or_, select, union
from sqlmodel import Session

from portal.access.facts import active_circle_member, active_link
from portal.errors import NotFoundError, ReproofingError
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.credential import IdentityDocument, Reproofing
from portal.models.rights import CareLink, CareLinkKind

SHOWN_AFTER = timedelta(days=30)
"""How long a request that is over stays in the list."""
MAX_REQUESTS = 100
MAX_PATIENTS = 300
"""In the list to pick from; everybody else is found by what they sign in with."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts. A coordinator reaches the people of their organization, an operator everybody."""

    id: UUID
    name: str
    is_operator: bool = False


class State(StrEnum):
    WAITING = "waiting"
    """For a second person."""
    DELAYED = "delayed"
    """Confirmed; the owner can still stop it, and nobody can use it yet."""
    READY = "ready"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Line:
    """One request, as staff may see it: accounts and acts, no word of anybody's health."""

    id: UUID
    user_id: UUID
    given_name: str
    family_name: str
    email: str | None
    username: str | None
    document: IdentityDocument
    opened_by: UUID
    opened_at: datetime
    opener: str
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    confirmer: str
    ready_at: datetime | None
    ends_at: datetime
    cancelled_at: datetime | None
    cancelled_by: UUID | None
    canceller: str
    completed_at: datetime | None

    @property
    def sign_in_name(self) -> str:
        return self.email or self.username or ""

    def state(self, at: datetime) -> State:
        if self.completed_at is not None:
            return State.DONE
        if self.cancelled_at is not None:
            return State.CANCELLED
        if self.ends_at <= at:
            return State.EXPIRED
        if self.ready_at is None:
            return State.WAITING
        return State.READY if self.ready_at <= at else State.DELAYED


@dataclass(frozen=True, slots=True)
class Choice:
    """A patient with an account of their own, to pick from."""

    user_id: UUID
    given_name: str
    family_name: str
    birth_date: str


_user = columns(User)
_patient = columns(Patient)
_link = columns(CareLink)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_reproofing = columns(Reproofing)


def _alias(table: Any, name: str) -> Any:
    return table.__table__.alias(name)


_mine, _theirs = _alias(Coordination, "mine"), _alias(Coordination, "theirs")
_colleague = _alias(User, "colleague")
_opener, _confirmer, _canceller = (_alias(User, n) for n in ("opener", "confirmer", "canceller"))
_staff = bindparam("staff", type_=Uuid)
_i_coordinate = and_(
    _mine.c.user_id == _staff,
    _mine.c.ended_at.is_(None),
    _mine.c.created_at <= bindparam("settled", type_=UtcDateTime),
)
_own_and_carers = (CareLinkKind.SELF, CareLinkKind.CARER)
_within_reach = union(
    select(_link.user_id)
    .join_from(CareLink, Patient, _patient.id == _link.patient_id)
    .join(_mine, _mine.c.organization_id == _patient.organization_id)
    .where(_i_coordinate, _link.kind.in_(_own_and_carers), active_link()),
    select(_colleague.c.id)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .join(Patient, _patient.id == _member.patient_id)
    .join(_mine, _mine.c.organization_id == _patient.organization_id)
    .join(_colleague, _colleague.c.practitioner_id == _member.practitioner_id)
    .where(_i_coordinate, active_circle_member()),
    select(_theirs.c.user_id)
    .join_from(_theirs, _mine, _mine.c.organization_id == _theirs.c.organization_id)
    .where(_i_coordinate, _theirs.c.ended_at.is_(None)),
)
# Two coordinators together must not become an operator.
_can_be_reached = and_(
    _user.id.in_(_within_reach),
    _user.enrolled_at.is_not(None),
    _user.disabled_at.is_(None),
    _user.is_operator.is_(False),
)
_ACCOUNT_NAMED = select(User).where(
    _can_be_reached,
    or_(_user.email == bindparam("name"), _user.username == bindparam("name")),
)
_ACCOUNT = select(User).where(_can_be_reached, _user.id == bindparam("account", type_=Uuid))
_PATIENTS = (
    select(_user.id, _patient.given_name, _patient.family_name, _patient.birth_date)
    .join_from(CareLink, Patient, _patient.id == _link.patient_id)
    .join(_mine, _mine.c.organization_id == _patient.organization_id)
    .join(User, _user.id == _link.user_id)
    .where(
        _i_coordinate,
        _link.kind == CareLinkKind.SELF,
        active_link(),
        _user.id != _staff,
        _user.enrolled_at.is_not(None),
        _user.disabled_at.is_(None),
        _user.is_operator.is_(False),
    )
    .order_by(_patient.family_name, _patient.given_name, _patient.id)
    .limit(MAX_PATIENTS)
)
_LINES = (
    select(
        _reproofing.id,
        _reproofing.user_id,
        _user.given_name,
        _user.family_name,
        _user.email,
        _user.username,
        _reproofing.document,
        _reproofing.opened_by,
        _reproofing.opened_at,
        (_opener.c.given_name + " " + _opener.c.family_name).label("opener"),
        _reproofing.confirmed_by,
        _reproofing.confirmed_at,
        (_confirmer.c.given_name + " " + _confirmer.c.family_name).label("confirmer"),
        _reproofing.ready_at,
        _reproofing.ends_at,
        _reproofing.cancelled_at,
        _reproofing.cancelled_by,
        (_canceller.c.given_name + " " + _canceller.c.family_name).label("canceller"),
        _reproofing.completed_at,
    )
    .join_from(Reproofing, User, _user.id == _reproofing.user_id)
    .join(_opener, _opener.c.id == _reproofing.opened_by)
    .outerjoin(_confirmer, _confirmer.c.id == _reproofing.confirmed_by)
    .outerjoin(_canceller, _canceller.c.id == _reproofing.cancelled_by)
    # One's own is stopped as its owner, and neither read nor confirmed as staff.
    .where(_reproofing.user_id != _staff)
)
_since = bindparam("since", type_=UtcDateTime)
_is_recent = and_(
    _reproofing.ends_at > _since,
    or_(_reproofing.cancelled_at.is_(None), _reproofing.cancelled_at > _since),
    or_(_reproofing.completed_at.is_(None), _reproofing.completed_at > _since),
)
# Who opened a request goes on seeing it, to be able to cancel it.
_LINES_OF_COORDINATOR = _LINES.where(or_(_can_be_reached, _reproofing.opened_by == _staff))


def account_named(session: Session, *, staff: Staff, name: str, at: datetime) -> User:
    """Raises `ReproofingError`, the same for an unknown name and for one out of reach."""
    values = {"staff": staff.id, "name": name, "now": at, "settled": at}
    return _found(session, _ACCOUNT_NAMED, values)


def account_chosen(
    session: Session,
    *,
    staff: Staff,
    account_id: UUID,
    at: datetime,
    coordinating_since: datetime | None = None,
) -> User:
    """As `account_named`, by its id; only through coordinations that had begun by then."""
    settled = coordinating_since or at
    values = {"staff": staff.id, "account": account_id, "now": at, "settled": settled}
    return _found(session, _ACCOUNT, values)


def patients_to_choose(session: Session, *, staff: Staff, at: datetime) -> list[Choice]:
    rows = session.execute(_PATIENTS, {"staff": staff.id, "now": at, "settled": at})
    return [Choice(*row) for row in rows]


def lines(session: Session, *, staff: Staff, at: datetime) -> list[Line]:
    """Open requests and those that ended lately, the newest first."""
    statement = _lines_seen_by(staff).where(_is_recent)
    newest = statement.order_by(_reproofing.opened_at.desc(), _reproofing.id).limit(MAX_REQUESTS)
    values = {"staff": staff.id, "now": at, "settled": at, "since": at - SHOWN_AFTER}
    return [_line(row) for row in session.execute(newest, values)]


def line(session: Session, *, staff: Staff, request_id: UUID, at: datetime) -> Line:
    """Raises `NotFoundError` for what this member of staff may not see."""
    statement = _lines_seen_by(staff).where(_reproofing.id == bindparam("request", type_=Uuid))
    values = {"staff": staff.id, "now": at, "settled": at, "request": request_id}
    row = session.execute(statement, values).one_or_none()
    if row is None:
        raise NotFoundError(f"re-proofing {request_id}")
    return _line(row)


def _lines_seen_by(staff: Staff) -> Any:
    return _LINES if staff.is_operator else _LINES_OF_COORDINATOR


def _line(row: Any) -> Line:
    values = dict(row._mapping)
    for name in ("confirmer", "canceller"):
        values[name] = values[name] or ""
    return Line(**values)


def _found(session: Session, statement: Any, values: dict[str, object]) -> User:
    found: User | None = session.execute(statement, values).scalar_one_or_none()
    if found is None:
        raise ReproofingError("out_of_reach")
    if found.id == values["staff"]:
        raise ReproofingError("not_yours")
    return found
