"""Invitations as those who may make them see them: never a link, never a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlmodel import Session

from portal.access.facts import active_circle_member
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import Coordination, Invitation, InvitationKind, User
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Organization, Practitioner
from portal.models.rights import CareLink, CareLinkKind, CareLinkStatus

SHOWN = 60
"""Of those that are over; all that wait for an answer are shown, there are few."""
OUTCOMES_KEPT = timedelta(days=60)
"""For how long it is shown what became of an invitation."""

_invitation = columns(Invitation)
_user = columns(User)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_link = columns(CareLink)
_patient = columns(Patient)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_coordination = columns(Coordination)
_since = bindparam("since", type_=UtcDateTime)


class InvitationRow(NamedTuple):
    """One invitation, and who made it."""

    id: UUID
    kind: InvitationKind
    email: str | None
    given_name: str
    family_name: str
    relationship: str
    grants: list[str]
    invited_by: UUID | None
    inviter_given_name: str | None
    inviter_family_name: str | None
    organization_id: UUID | None
    organization_name: str | None
    created_at: datetime
    ends_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email or ""

    @property
    def inviter(self) -> str:
        return f"{self.inviter_given_name or ''} {self.inviter_family_name or ''}".strip()

    def is_pending(self, at: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.ends_at > at


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the invitations of one patient."""

    user_id: UUID
    patient_id: UUID
    is_coordinator: bool


class CircleProfessional(NamedTuple):
    """A professional of the circle who has no account yet."""

    id: UUID
    prefix: str
    given_name: str
    family_name: str
    email: str

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))


class OwnOrganization(NamedTuple):
    id: UUID
    name: str


_INVITATIONS = (
    select(
        _invitation.id,
        _invitation.kind,
        _invitation.email,
        _invitation.given_name,
        _invitation.family_name,
        _invitation.relationship,
        _invitation.grants,
        _invitation.invited_by,
        _user.given_name.label("inviter_given_name"),
        _user.family_name.label("inviter_family_name"),
        _invitation.organization_id,
        _organization.name.label("organization_name"),
        _invitation.created_at,
        _invitation.ends_at,
        _invitation.accepted_at,
        _invitation.withdrawn_at,
    )
    .select_from(Invitation)
    .outerjoin(User, _user.id == _invitation.invited_by)
    .outerjoin(Organization, _organization.id == _invitation.organization_id)
)
_NEWEST_FIRST = (_invitation.created_at.desc(), _invitation.id.desc())
_is_pending = and_(
    _invitation.accepted_at.is_(None),
    _invitation.withdrawn_at.is_(None),
    _invitation.ends_at > bindparam("now", type_=UtcDateTime),
)
_circle_practitioners = (
    select(_member.practitioner_id)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .where(_member.patient_id == bindparam("of_patient"), active_circle_member())
)
_my_organizations = select(_coordination.organization_id).where(
    _coordination.user_id == bindparam("of_user"), _coordination.ended_at.is_(None)
)
_my_colleagues = select(_coordination.user_id).where(
    _coordination.organization_id.in_(_my_organizations), _coordination.ended_at.is_(None)
)
_for_carers = and_(
    _invitation.patient_id == bindparam("of_patient"), _invitation.kind == InvitationKind.CARER
)
_for_circle = or_(
    _invitation.patient_id == bindparam("of_patient"),
    and_(
        _invitation.kind == InvitationKind.PROFESSIONAL,
        _invitation.practitioner_id.in_(_circle_practitioners),
        or_(
            _invitation.invited_by == bindparam("of_user"),
            _invitation.invited_by.in_(_my_colleagues),
        ),
    ),
)
_for_colleagues = and_(
    _invitation.kind.in_((InvitationKind.COORDINATOR, InvitationKind.PATIENT_EXPERT)),
    _invitation.organization_id.in_(_my_organizations),
)


def invitations_of_patient(
    session: Session, *, reader: Reader, at: datetime
) -> list[InvitationRow]:
    """The newest first. A patient sees those of relatives; a coordinator those of the circle.

    Of the professionals' only those that they or their fellow coordinators made.
    """
    return _listed(session, _rule_of(reader), _values_of(reader, at), at)


def invitation_of_patient(
    session: Session, *, reader: Reader, invitation_id: UUID, at: datetime
) -> InvitationRow:
    """One of those, however old. Raises `NotFoundError` for any other."""
    return _one(session, _rule_of(reader), _values_of(reader, at), invitation_id)


def invitations_of_colleagues(
    session: Session, *, user_id: UUID, at: datetime
) -> list[InvitationRow]:
    """To the organizations that this reader coordinates."""
    return _listed(session, _for_colleagues, {"of_user": user_id, "now": at}, at)


def invitation_of_colleagues(
    session: Session, *, user_id: UUID, invitation_id: UUID
) -> InvitationRow:
    """One of those, however old. Raises `NotFoundError` for any other."""
    return _one(session, _for_colleagues, {"of_user": user_id}, invitation_id)


def one_of(rows: Sequence[InvitationRow], invitation_id: UUID) -> InvitationRow | None:
    return next((row for row in rows if row.id == invitation_id), None)


def has_own_account(session: Session, *, patient_id: UUID) -> bool:
    """Whether somebody signs in as this patient."""
    statement = select(_link.id).where(
        _link.patient_id == patient_id,
        _link.kind == CareLinkKind.SELF,
        _link.status == CareLinkStatus.ACTIVE,
    )
    return session.execute(statement).first() is not None


def patient_email(session: Session, *, patient_id: UUID) -> str:
    statement = select(_patient.email).where(_patient.id == patient_id)
    return str(session.execute(statement).scalar_one())


def professionals_without_account(
    session: Session, *, patient_id: UUID, at: datetime
) -> list[CircleProfessional]:
    """By name, each once however many places they hold in the circle."""
    statement = (
        select(
            _practitioner.id,
            _practitioner.prefix,
            _practitioner.given_name,
            _practitioner.family_name,
            _practitioner.email,
        )
        .where(
            _practitioner.id.in_(_circle_practitioners),
            ~exists().where(_user.practitioner_id == _practitioner.id),
        )
        .order_by(_practitioner.family_name, _practitioner.given_name, _practitioner.id)
        .limit(SHOWN)
    )
    rows = session.execute(statement, {"of_patient": patient_id, "now": at})
    return [CircleProfessional._make(row) for row in rows]


def own_organizations(session: Session, *, user_id: UUID) -> list[OwnOrganization]:
    """Those that this reader coordinates, by name."""
    statement = (
        select(_organization.id, _organization.name)
        .where(_organization.id.in_(_my_organizations))
        .order_by(_organization.name, _organization.id)
    )
    rows = session.execute(statement, {"of_user": user_id})
    return [OwnOrganization._make(row) for row in rows]


def _listed(
    session: Session, rule: ColumnElement[bool], values: dict[str, object], at: datetime
) -> list[InvitationRow]:
    lately_over = (
        select(_invitation.id)
        .where(rule, ~_is_pending, _invitation.created_at > _since)
        .order_by(*_NEWEST_FIRST)
        .limit(SHOWN)
    )
    statement = _INVITATIONS.where(rule, or_(_is_pending, _invitation.id.in_(lately_over)))
    rows = session.execute(
        statement.order_by(*_NEWEST_FIRST), values | {"since": at - OUTCOMES_KEPT}
    )
    return [InvitationRow._make(row) for row in rows]


def _one(
    session: Session, rule: ColumnElement[bool], values: dict[str, object], invitation_id: UUID
) -> InvitationRow:
    statement = _INVITATIONS.where(rule, _invitation.id == bindparam("invitation"))
    row = session.execute(statement, values | {"invitation": invitation_id}).one_or_none()
    if row is None:
        raise NotFoundError("invitation")
    return InvitationRow._make(row)


def _rule_of(reader: Reader) -> ColumnElement[bool]:
    return _for_circle if reader.is_coordinator else _for_carers


def _values_of(reader: Reader, at: datetime) -> dict[str, object]:
    return {"of_patient": reader.patient_id, "of_user": reader.user_id, "now": at}
