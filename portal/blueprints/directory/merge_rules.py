"""Which two entries may become one, and by whom: a merge must open no file to anybody new.

Whoever signs in as one of the two gains the circles of the other. So these have to be circles that
the coordinator keeps, and nobody merges an entry of their own.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal.access.viewer import Viewer
from portal.blueprints.directory.alike import people_alike, places_alike
from portal.errors import MergeRefusedError
from portal.identity.invitations import withdraw
from portal.identity.offers import is_known_here_only
from portal.models import columns
from portal.models.account import Coordination, Invitation, User
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.directory import Organization, Practitioner

_user = columns(User)
_coordination = columns(Coordination)
_patient = columns(Patient)
_organization = columns(Organization)
_HOLDERS = select(_user.practitioner_id).where(
    _user.practitioner_id.in_(bindparam("ids", expanding=True))
)
_invitation = columns(Invitation)
_PENDING = select(_invitation.id).where(
    _invitation.practitioner_id == bindparam("invited", type_=Uuid),
    _invitation.accepted_at.is_(None),
    _invitation.withdrawn_at.is_(None),
    _invitation.ends_at > bindparam("instant", type_=UtcDateTime),
)
_coordinates = exists().where(
    _coordination.organization_id == _organization.id, _coordination.ended_at.is_(None)
)
_KEPT = select(
    _coordinates.label("has_coordinators"),
    _coordinates.where(_coordination.user_id == bindparam("reader", type_=Uuid)).label("is_own"),
    exists().where(_patient.organization_id == _organization.id).label("has_patients"),
).where(_organization.id.in_(bindparam("ids", expanding=True)))


def require_people(
    session: Session, one: Practitioner, other: Practitioner, *, by: Viewer, at: datetime
) -> None:
    """Raises `MergeRefusedError`."""
    if one.id == other.id or not people_alike(one, other):
        raise MergeRefusedError("not_alike")
    if by.practitioner_id in (one.id, other.id):
        raise MergeRefusedError("own_entry")
    signing_in = account_holders(session, one, other)
    if len(signing_in) > 1:
        raise MergeRefusedError("two_accounts")
    for row in (one, other):
        gains_nothing = not signing_in or row.id in signing_in
        if not gains_nothing and not _is_known_here(session, row, by=by, at=at):
            raise MergeRefusedError("elsewhere")


def require_places(session: Session, one: Organization, other: Organization, *, by: Viewer) -> None:
    """Raises `MergeRefusedError`. Coordinators see the patients of their organization."""
    if one.id == other.id or not places_alike(one, other):
        raise MergeRefusedError("not_alike")
    kept = session.execute(_KEPT, {"ids": [one.id, other.id], "reader": by.id}).all()
    if any(row.has_coordinators and not row.is_own for row in kept):
        raise MergeRefusedError("not_yours")
    is_coordinated = any(row.has_coordinators for row in kept)
    if is_coordinated and all(row.has_coordinators or row.has_patients for row in kept):
        raise MergeRefusedError("two_houses")


def account_holders(session: Session, one: Practitioner, other: Practitioner) -> set[UUID]:
    """Which of the two somebody signs in as."""
    found = session.execute(_HOLDERS, {"ids": [one.id, other.id]}).scalars()
    return {practitioner_id for practitioner_id in found if practitioner_id is not None}


def safe_email(
    session: Session,
    kept: Practitioner,
    gone: Practitioner,
    *,
    chosen: str,
    by: Viewer,
    at: datetime,
) -> str:
    """An invitation goes to this address, and opens all the circles of both.

    So it is not taken from an entry that opened none of those that the coordinator does not keep.
    """
    elsewhere = [row for row in (kept, gone) if not _is_known_here(session, row, by=by, at=at)]
    if not elsewhere:
        return chosen
    known: set[str] = {row.email for row in elsewhere}
    return known.pop() if len(known) == 1 else ""


def withdraw_unsafe_invitations(
    session: Session, kept: Practitioner, gone: Practitioner, *, by: Viewer, at: datetime
) -> None:
    """Who was invited as the one would open the circles of the other, which nobody offered them.

    As with the address: only where the coordinator keeps all circles of the other they go on.
    """
    for invited, other in ((kept, gone), (gone, kept)):
        if _is_known_here(session, other, by=by, at=at):
            continue
        for row in session.execute(_PENDING, {"invited": invited.id, "instant": at}):
            withdraw(session, invitation_id=row.id, at=at)


def _is_known_here(session: Session, row: Any, *, by: Viewer, at: datetime) -> bool:
    return is_known_here_only(session, practitioner_id=row.id, inviter_id=by.id, at=at)
