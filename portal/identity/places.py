"""What an accepted invitation gives: a link with its rights, a place, or a function."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update
from sqlmodel import Session

from portal.access.facts import in_force
from portal.errors import InvitationError
from portal.identity import offers
from portal.models import columns
from portal.models.account import Coordination, Invitation, InvitationKind, User
from portal.models.base import UtcDateTime
from portal.models.care import CareTeam, CareTeamMember, RelatedPerson
from portal.models.directory import Gender
from portal.models.education_writing import EducationMember, EducationRole
from portal.models.rights import (
    CareLink,
    CareLinkKind,
    CareLinkStatus,
    Grant,
    GrantAction,
    GrantCategory,
    GrantRequest,
    Mandate,
    PersonColor,
)

_ROLE_CODE = re.compile(r"[A-Z]{2,20}", re.ASCII)
"""An HL7 v3-RoleCode; anything else is words."""
GRANTED_FOR = timedelta(days=365)
"""A grant must be renewed after 12 months at most."""
_CARER_COLORS = (PersonColor.PRUNE, PersonColor.NUIT, PersonColor.TERRE, PersonColor.SAPIN)

_link = columns(CareLink)
_user = columns(User)
_grant = columns(Grant)
_mandate = columns(Mandate)
_HELD = select(_grant.category + ":" + _grant.action).where(
    _grant.care_link_id == bindparam("of_link", type_=Uuid),
    _grant.starts_at <= bindparam("now", type_=UtcDateTime),
    _grant.ends_at > bindparam("now", type_=UtcDateTime),
)

_MEASURES_IN_FORCE = select(_mandate.id).where(
    _mandate.care_link_id == bindparam("of_link", type_=Uuid),
    in_force(_mandate.starts_at, _mandate.ends_at),
)


def take_place(session: Session, *, invitation: Invitation, user: User, at: datetime) -> None:
    """Raises `InvitationError` when somebody else holds the place, or the patient paused it."""
    _PLACES[invitation.kind](session, invitation, user, at)
    session.flush()


def _become_self(session: Session, invitation: Invitation, user: User, at: datetime) -> None:
    statement = select(_link.id).where(
        _link.patient_id == invitation.patient_id,
        _link.kind == CareLinkKind.SELF,
        _link.status == CareLinkStatus.ACTIVE,
        _link.user_id != user.id,
    )
    if session.execute(statement).first() is not None:
        # One account speaks for the patient as themself.
        raise InvitationError("used")
    link = _link_of(session, invitation, user, at)
    link.kind, link.color = CareLinkKind.SELF, PersonColor.CANARD
    session.add(link)


def _become_carer(session: Session, invitation: Invitation, user: User, at: datetime) -> None:
    link = _link_of(session, invitation, user, at, is_carer=True)
    if link.kind is CareLinkKind.SELF:
        raise InvitationError("used")
    if not _represents(session, link, at):
        link.kind = CareLinkKind.CARER  # after a measure, what the patient grants counts again
    code = invitation.relationship if _ROLE_CODE.fullmatch(invitation.relationship) else ""
    link.related_person_id = (
        link.related_person_id
        or invitation.related_person_id
        or _listed_relative(session, invitation, user, code)
    )
    if invitation.relationship:
        link.relationship = code
        link.relationship_text = "" if code else invitation.relationship
    session.add(link)
    session.flush()
    if _needs_the_patient(session, invitation, at):
        _ask_for(session, link=link, rights=invitation.grants, at=at)
    else:
        _renew_grants(session, link=link, rights=invitation.grants, at=at)


def _represents(session: Session, link: CareLink, at: datetime) -> bool:
    """Whether a legal status of this relative holds, whatever it opens."""
    if link.kind is not CareLinkKind.LEGAL_REPRESENTATIVE:
        return False
    values = {"of_link": link.id, "now": at}
    return session.execute(_MEASURES_IN_FORCE, values).first() is not None


def _needs_the_patient(session: Session, invitation: Invitation, at: datetime) -> bool:
    """Only the patient opens their file to a carer: a coordinator's offer waits for their yes.

    Where nobody can say it here, the coordinator heard it.
    """
    patient_id = _required(invitation.patient_id)
    return (
        invitation.invited_by is not None
        and not offers.is_by_the_patient(session, invitation=invitation, at=at)
        and offers.is_decided_in_portal(session, patient_id=patient_id, at=at)
    )


def _ask_for(session: Session, *, link: CareLink, rights: list[str], at: datetime) -> None:
    """As if the carer had asked; what they hold already stays as it is."""
    held = set(session.execute(_HELD, {"of_link": link.id, "now": at}).scalars())
    for right in rights:
        category, _, action = right.partition(":")
        if right not in held:
            session.add(
                GrantRequest(
                    patient_id=link.patient_id,
                    care_link_id=link.id,
                    category=GrantCategory(category),
                    action=GrantAction(action),
                    created_at=at,
                )
            )


def _link_of(
    session: Session, invitation: Invitation, user: User, at: datetime, *, is_carer: bool = False
) -> CareLink:
    """The link that the user has to this patient, taken up again, or a new one."""
    patient_id = _required(invitation.patient_id)
    statement = select(CareLink).where(_link.patient_id == patient_id, _link.user_id == user.id)
    found: CareLink | None = session.execute(statement).scalar_one_or_none()
    if found is None:
        return CareLink(
            patient_id=patient_id,
            user_id=user.id,
            kind=CareLinkKind.CARER,
            color=_free_color(session, user.id),
            starts_at=at,
        )
    if _is_over(found, at):
        if is_carer and not _may_take_up_again(session, invitation, at):
            raise InvitationError("used")
        found.starts_at, found.confirmed_at = at, None
        found.status = CareLinkStatus.ACTIVE
    # Who is paused stays so, and does not learn it: only the patient ends a pause.
    found.ends_at = None
    return found


def _is_over(link: CareLink, at: datetime) -> bool:
    return link.status is CareLinkStatus.ENDED or (link.ends_at is not None and link.ends_at <= at)


def _may_take_up_again(session: Session, invitation: Invitation, at: datetime) -> bool:
    """A carer whose link ended comes back by the patient, or by the operator, only."""
    return invitation.invited_by is None or offers.is_by_the_patient(
        session, invitation=invitation, at=at
    )


def _renew_grants(session: Session, *, link: CareLink, rights: list[str], at: datetime) -> None:
    """What this invitation says, for 12 months; earlier grants end."""
    session.connection().execute(
        update(Grant)
        .where(
            _grant.patient_id == link.patient_id,
            _grant.care_link_id == link.id,
            _grant.ends_at > at,
        )
        .values(ends_at=at)
    )
    for right in rights:
        category, _, action = right.partition(":")
        session.add(
            Grant(
                patient_id=link.patient_id,
                care_link_id=link.id,
                category=GrantCategory(category),
                action=GrantAction(action),
                starts_at=at,
                ends_at=at + GRANTED_FOR,
            )
        )


def _listed_relative(session: Session, invitation: Invitation, user: User, code: str) -> UUID:
    """A carer stands in the circle like every relative: the patient sees them there."""
    patient_id = _required(invitation.patient_id)
    relative = RelatedPerson(
        patient_id=patient_id,
        given_name=user.given_name,
        family_name=user.family_name,
        gender=Gender.UNKNOWN,
        relationship=code,
        relationship_text="" if code else invitation.relationship,
        email=user.email or "",
    )
    session.add(relative)
    if session.get(CareTeam, patient_id) is None:
        session.add(CareTeam(patient_id=patient_id))
    session.flush()
    session.add(CareTeamMember(patient_id=patient_id, related_person_id=relative.id))
    return relative.id


def _free_color(session: Session, user_id: UUID) -> PersonColor:
    taken = set(
        session.execute(select(_link.color).where(_link.user_id == user_id)).scalars().all()
    )
    return next((color for color in _CARER_COLORS if color not in taken), PersonColor.PRUNE)


def _become_professional(
    session: Session, invitation: Invitation, user: User, _at: datetime
) -> None:
    statement = select(_user.id).where(
        _user.practitioner_id == invitation.practitioner_id, _user.id != user.id
    )
    is_taken = session.execute(statement).first() is not None
    if is_taken or user.practitioner_id not in (None, invitation.practitioner_id):
        raise InvitationError("used")
    user.practitioner_id = invitation.practitioner_id
    session.add(user)


def _become_coordinator(session: Session, invitation: Invitation, user: User, at: datetime) -> None:
    organization_id = _required(invitation.organization_id)
    session.merge(Coordination(user_id=user.id, organization_id=organization_id, created_at=at))


def _become_expert(session: Session, invitation: Invitation, user: User, at: datetime) -> None:
    """Writes modules for the organization from now on, also when they did once before."""
    session.merge(
        EducationMember(
            organization_id=_required(invitation.organization_id),
            user_id=user.id,
            role=EducationRole.WRITER,
            added_by=invitation.invited_by,
            added_at=at,
            ended_at=None,
        )
    )
    user.is_patient_expert = True
    session.add(user)


def _become_operator(session: Session, _invitation: Invitation, user: User, _at: datetime) -> None:
    user.is_operator = True
    session.add(user)


_PLACES = {
    InvitationKind.PATIENT: _become_self,
    InvitationKind.CARER: _become_carer,
    InvitationKind.PROFESSIONAL: _become_professional,
    InvitationKind.COORDINATOR: _become_coordinator,
    InvitationKind.PATIENT_EXPERT: _become_expert,
    InvitationKind.OPERATOR: _become_operator,
}


def _required(value: UUID | None) -> UUID:
    if value is None:
        raise InvitationError("unknown")
    return value
