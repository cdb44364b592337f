"""What an inviter may offer: asked as they do, and again before anybody takes the place."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, exists, func, literal, or_, select
from sqlmodel import Session

from portal.access.ceilings import CEILINGS, Opening
from portal.access.facts import active_circle_member, active_link, in_force
from portal.errors import NotFoundError, OfferRefusedError
from portal.identity.addresses import fold
from portal.models import columns
from portal.models.account import Coordination, Invitation, InvitationKind, User
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Practitioner
from portal.models.rights import CareLink, CareLinkKind, GrantAction, GrantCategory, Mandate

DAY = timedelta(days=1)
A_DAY_BY_ONE_INVITER = 20
"""Invitations that one account makes within 24 hours, by mail and on paper together."""
A_DAY_TO_ONE_ADDRESS = 3
"""Invitations to one address within 24 hours, whoever makes them: nobody is flooded."""

_invitation = columns(Invitation)
_coordination = columns(Coordination)
_patient = columns(Patient)
_link = columns(CareLink)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_mandate = columns(Mandate)
_inviter = bindparam("inviter", type_=Uuid)
_coordinated = select(_coordination.organization_id).where(
    _coordination.user_id == _inviter, _coordination.ended_at.is_(None)
)
_is_coordinated = and_(
    _patient.organization_id.is_not(None), _patient.organization_id.in_(_coordinated)
)
_circles_of_practitioner = (
    select(_member.patient_id)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .join(Patient, _patient.id == _member.patient_id)
    .where(_member.practitioner_id == bindparam("practitioner"), active_circle_member())
)
_circles_to_come = (
    select(_member.patient_id)
    .join_from(CareTeamMember, Patient, _patient.id == _member.patient_id)
    .where(
        _member.practitioner_id == bindparam("practitioner"),
        or_(
            _member.period_end.is_(None),
            _member.period_end > bindparam("now", type_=UtcDateTime),
        ),
    )
)
"""Also where the place begins later, or the circle rests: the account opens those as well."""
_coordinates_patient = exists().where(_patient.id == bindparam("patient"), _is_coordinated)
decides_by_law = exists().where(
    _mandate.patient_id == _link.patient_id,
    _mandate.care_link_id == _link.id,
    in_force(_mandate.starts_at, _mandate.ends_at),
    or_(
        _mandate.status.in_(
            [one for one, opening in CEILINGS.items() if opening is Opening.EVERYTHING]
        ),
        _mandate.scope.contains(f"{GrantCategory.CONSENTS}:{GrantAction.ACT}"),
    ),
)
"""Of a row of `care_link`: a legal status that opens the choices about consents and carers."""
_speaks_for_patient = exists().where(
    _link.patient_id == bindparam("patient"),
    _link.user_id == _inviter,
    or_(_link.kind == CareLinkKind.SELF, decides_by_law),
    active_link(),
)
_decides = exists().where(
    _link.patient_id == bindparam("patient"),
    or_(_link.kind == CareLinkKind.SELF, decides_by_law),
    active_link(),
)
_coordinates_organization = exists().where(
    _coordination.user_id == _inviter,
    _coordination.organization_id == bindparam("organization"),
    _coordination.ended_at.is_(None),
)
_RIGHTS: dict[InvitationKind, ColumnElement[bool]] = {
    InvitationKind.PATIENT: _coordinates_patient,
    InvitationKind.CARER: or_(_speaks_for_patient, _coordinates_patient),
    InvitationKind.PROFESSIONAL: _circles_of_practitioner.where(_is_coordinated).exists(),
    InvitationKind.COORDINATOR: _coordinates_organization,
    InvitationKind.PATIENT_EXPERT: _coordinates_organization,
}
"""Nobody offers the place of an operator but on the command line."""


def is_open_to(session: Session, *, invitation: Invitation, at: datetime) -> bool:
    """Whether the inviter may offer this place, now; the command line always may."""
    rule = _RIGHTS.get(invitation.kind)
    if invitation.invited_by is None or rule is None:
        return invitation.invited_by is None
    values = {
        "inviter": invitation.invited_by,
        "patient": invitation.patient_id,
        "practitioner": invitation.practitioner_id,
        "organization": invitation.organization_id,
        "now": at,
    }
    return _holds(session, rule, values)


def is_by_the_patient(session: Session, *, invitation: Invitation, at: datetime) -> bool:
    """Whether the patient made it, or who decides for them by law."""
    values = {"inviter": invitation.invited_by, "patient": invitation.patient_id, "now": at}
    return invitation.invited_by is not None and _holds(session, _speaks_for_patient, values)


def is_decided_in_portal(session: Session, *, patient_id: UUID, at: datetime) -> bool:
    """Whether the patient, or who represents them by law, signs in and can say yes or no."""
    return _holds(session, _decides, {"patient": patient_id, "now": at})


def require_offer(session: Session, *, invitation: Invitation, at: datetime) -> None:
    """Raises `NotFoundError` for a place out of reach, else `OfferRefusedError`."""
    if invitation.invited_by is None:
        return
    # Locked: the limits hold for invitations that are made at once too.
    session.get(User, invitation.invited_by, with_for_update={"key_share": True})
    if not is_open_to(session, invitation=invitation, at=at):
        raise NotFoundError("place")
    if invitation.kind is InvitationKind.PROFESSIONAL:
        _require_safe_way(session, invitation=invitation, at=at)
    by_inviter = _invitation.invited_by == invitation.invited_by
    if _made_lately(session, by_inviter, at) >= A_DAY_BY_ONE_INVITER:
        raise OfferRefusedError("too_many_today")
    to_address = and_(_invitation.email == invitation.email, _invitation.invited_by.is_not(None))
    if invitation.email and _made_lately(session, to_address, at) >= A_DAY_TO_ONE_ADDRESS:
        raise OfferRefusedError("too_many_to_address")


def is_known_here_only(
    session: Session, *, practitioner_id: UUID, inviter_id: UUID, at: datetime
) -> bool:
    """Whether all the circles of this professional are of patients that the inviter coordinates."""
    elsewhere = or_(
        _patient.organization_id.is_(None), _patient.organization_id.not_in(_coordinated)
    )
    values = {"inviter": inviter_id, "practitioner": practitioner_id, "now": at}
    return not _holds(session, _circles_to_come.where(elsewhere).exists(), values)


def _require_safe_way(session: Session, *, invitation: Invitation, at: datetime) -> None:
    """The account opens all circles of the professional: it must not reach somebody else."""
    practitioner = session.get_one(Practitioner, invitation.practitioner_id)
    if practitioner.email:
        if invitation.email != fold(practitioner.email):
            raise OfferRefusedError("directory_address")
    elif invitation.invited_by is None or not is_known_here_only(
        session, practitioner_id=practitioner.id, inviter_id=invitation.invited_by, at=at
    ):
        raise OfferRefusedError("operator_only")


def _made_lately(session: Session, rule: ColumnElement[bool], at: datetime) -> int:
    statement = select(func.count()).where(
        rule, _invitation.created_at > bindparam("since", type_=UtcDateTime)
    )
    return int(session.execute(statement, {"since": at - DAY}).scalar_one())


def _holds(session: Session, rule: ColumnElement[bool], values: Mapping[str, object]) -> bool:
    return session.execute(select(literal(1)).where(rule), values).first() is not None
