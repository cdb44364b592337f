"""Who may be the second of two: not a newcomer, not brought in by the first, entitled to it all."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, exists, or_, select
from sqlmodel import Session

from portal.access.facts import active_circle_member
from portal.errors import ReproofingError
from portal.identity.reproofing_scope import Staff, account_chosen
from portal.models import columns
from portal.models.account import Coordination, Invitation, InvitationKind, User
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.rights import CareLink, CareLinkStatus

SETTLED_AFTER = timedelta(days=7)
"""How long a coordinator has been one before they confirm: a colleague made up for it is seen."""


class Obstacle(StrEnum):
    """Why only an operator can confirm."""

    NEWCOMER = "newcomer"
    INVITED = "invited"
    """One of the two brought the other in."""
    ELSEWHERE = "elsewhere"
    """The account opens more than the two of them are entitled to."""


_account, _opener, _confirmer = (
    bindparam(name, type_=Uuid) for name in ("account", "opener", "confirmer")
)
_now = bindparam("now", type_=UtcDateTime)
_invitation = columns(Invitation)
_user = columns(User)
_coordination = columns(Coordination)
_patient = columns(Patient)
_link = columns(CareLink)
_team = columns(CareTeam)
_member = columns(CareTeamMember)


def _brought_in(host: Any, guest: Any) -> ColumnElement[bool]:
    return and_(_invitation.invited_by == host, _invitation.accepted_by == guest)


_INVITED = select(
    exists().where(
        _invitation.kind == InvitationKind.COORDINATOR,
        or_(_brought_in(_opener, _confirmer), _brought_in(_confirmer, _opener)),
    )
)
_first: Any = Coordination.__table__.alias("first")  # type: ignore[attr-defined]  # set by SQLModel
_second: Any = Coordination.__table__.alias("second")  # type: ignore[attr-defined]
_home = (
    select(_first.c.organization_id)
    .join_from(_first, _second, _second.c.organization_id == _first.c.organization_id)
    .where(
        _first.c.user_id == _opener,
        _first.c.ended_at.is_(None),
        _second.c.user_id == _confirmer,
        _second.c.ended_at.is_(None),
        _second.c.created_at <= bindparam("settled", type_=UtcDateTime),
    )
)
_is_elsewhere = or_(_patient.organization_id.is_(None), _patient.organization_id.not_in(_home))
_REACHES_ELSEWHERE = select(
    or_(
        exists().where(
            _coordination.user_id == _account,
            _coordination.ended_at.is_(None),
            _coordination.organization_id.not_in(_home),
        ),
        # A link that is paused or yet to begin counts: the access outlives today.
        exists().where(
            _link.user_id == _account,
            _link.status != CareLinkStatus.ENDED,
            or_(_link.ends_at.is_(None), _link.ends_at > _now),
            _patient.id == _link.patient_id,
            _is_elsewhere,
        ),
        exists().where(
            _user.id == _account,
            _member.practitioner_id == _user.practitioner_id,
            _team.patient_id == _member.patient_id,
            _patient.id == _member.patient_id,
            active_circle_member(),
            _is_elsewhere,
        ),
    )
)


def obstacle(
    session: Session, *, account_id: UUID, opened_by: UUID, staff: Staff, at: datetime
) -> Obstacle | None:
    """Why `staff`, who reaches the account and did not open the request, cannot confirm it."""
    if staff.is_operator:
        return None
    if not _is_settled(session, account_id=account_id, staff=staff, at=at):
        return Obstacle.NEWCOMER
    if session.execute(_INVITED, {"opener": opened_by, "confirmer": staff.id}).scalar_one():
        return Obstacle.INVITED
    is_elsewhere = reaches_elsewhere(
        session,
        account_id=account_id,
        opened_by=opened_by,
        confirmed_by=staff.id,
        settled=at - SETTLED_AFTER,
        at=at,
    )
    return Obstacle.ELSEWHERE if is_elsewhere else None


def reaches_elsewhere(
    session: Session,
    *,
    account_id: UUID,
    opened_by: UUID,
    confirmed_by: UUID,
    settled: datetime,
    at: datetime,
) -> bool:
    """Whether the account opens anything outside the organizations that both coordinate.

    The second of them coordinates them since `settled` at the latest.
    """
    people = {"account": account_id, "opener": opened_by, "confirmer": confirmed_by}
    found = session.execute(_REACHES_ELSEWHERE, people | {"settled": settled, "now": at})
    return bool(found.scalar_one())


def _is_settled(session: Session, *, account_id: UUID, staff: Staff, at: datetime) -> bool:
    """Whether the account is within reach by a coordination that is old enough."""
    try:
        account_chosen(
            session,
            staff=staff,
            account_id=account_id,
            at=at,
            coordinating_since=at - SETTLED_AFTER,
        )
    except ReproofingError:
        return False
    return True
