"""What the account pages say of the reader."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, select
from sqlmodel import Session

from portal.access.facts import active_grant, active_link
from portal.models import columns
from portal.models.account import UserSession
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.credential import EmailChange
from portal.models.rights import CareLink, CareLinkKind, Grant, GrantAction, GrantCategory

MOST_SESSIONS = 50
"""A browser that was not signed out is over after 12 hours: nobody has more."""

_link = columns(CareLink)
_grant = columns(Grant)
_patient = columns(Patient)
_session = columns(UserSession)
_change = columns(EmailChange)
_now = bindparam("now", type_=UtcDateTime)

_RIGHTS = (
    select(
        _patient.id,
        _patient.given_name,
        _patient.family_name,
        _grant.category,
        _grant.action,
        _grant.ends_at,
    )
    .join_from(CareLink, Patient, _patient.id == _link.patient_id)
    .join(Grant, and_(_grant.patient_id == _link.patient_id, _grant.care_link_id == _link.id))
    .where(
        _link.user_id == bindparam("user_id"),
        _link.kind == CareLinkKind.CARER,
        active_link(),
        active_grant(),
    )
    .order_by(_link.starts_at, _patient.id, _grant.category, _grant.action)
    .limit(200)
)
_IS_SIGNED_IN = and_(
    _session.user_id == bindparam("user_id"),
    _session.ended_at.is_(None),
    _session.idle_ends_at > _now,
    _session.ends_at > _now,
)
_SESSIONS = (
    select(_session.id, _session.user_agent, _session.created_at, _session.last_seen_at)
    .where(_IS_SIGNED_IN)
    .order_by(_session.last_seen_at.desc(), _session.id.desc())
    .limit(MOST_SESSIONS)
)
_IS_PATIENT = exists().where(
    _link.user_id == bindparam("user_id"), _link.kind == CareLinkKind.SELF, active_link()
)
_PENDING_EMAIL = (
    select(_change.new_email)
    .where(
        _change.user_id == bindparam("user_id"),
        _change.confirmed_at.is_(None),
        _change.cancelled_at.is_(None),
        _change.ends_at > _now,
    )
    .order_by(_change.created_at.desc())
    .limit(1)
    .scalar_subquery()
)
_SUMMARY = select(
    select(func.count()).where(_IS_SIGNED_IN).scalar_subquery().label("sessions"),
    _IS_PATIENT.label("is_patient"),
    _PENDING_EMAIL.label("pending_email"),
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the first page says beside the name, read by one statement."""

    sessions: int
    is_patient: bool
    """Whether a file of their own carries their name."""
    pending_email: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser that is signed in now."""

    id: UUID
    user_agent: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that a carer can do for somebody, until a date."""

    patient_id: UUID
    given_name: str
    family_name: str
    category: GrantCategory
    action: GrantAction
    ends_at: datetime


def rights_of(session: Session, *, user_id: UUID, at: datetime) -> list[Right]:
    """The grants that hold now, by person."""
    rows = session.execute(_RIGHTS, {"user_id": user_id, "now": at})
    return [Right(*row) for row in rows]


def summary_of(session: Session, *, user_id: UUID, at: datetime) -> Summary:
    row = session.execute(_SUMMARY, {"user_id": user_id, "now": at}).one()
    return Summary(int(row.sessions), bool(row.is_patient), row.pending_email)


def is_patient(session: Session, *, user_id: UUID, at: datetime) -> bool:
    """Whether the account has a file of its own, which carries its name."""
    values = {"user_id": user_id, "now": at}
    return bool(session.execute(select(_IS_PATIENT), values).scalar_one())


def sessions_of(session: Session, *, user_id: UUID, at: datetime) -> list[SignedIn]:
    """The browsers that are signed in now, the one used last first."""
    rows = session.execute(_SESSIONS, {"user_id": user_id, "now": at})
    return [SignedIn(*row) for row in rows]
