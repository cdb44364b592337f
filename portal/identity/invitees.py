"""Whom an invitation is bound to: an e-mail address, or a name on paper."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import Session

from portal.access.facts import active_link
from portal.identity import offers
from portal.identity.person_names import are_same
from portal.models import columns
from portal.models.account import Invitation, InvitationKind, User
from portal.models.base import UtcDateTime
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Practitioner
from portal.models.rights import CareLink, CareLinkKind

_invitation = columns(Invitation)
_relative = columns(RelatedPerson)
_link = columns(CareLink)
_user = columns(User)


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody who is invited; without an address, on paper."""

    names: tuple[str, str]
    """Given and family name, as the inviter wrote them."""
    email: str | None = None


def is_for(session: Session, *, invitation: Invitation, user: User) -> bool:
    """Whether this account may take the place: the same address, or on paper the same name.

    Nobody takes a place that they offered themself.
    """
    if user.id == invitation.invited_by:
        return False
    if invitation.email is not None:
        return user.email == invitation.email
    return are_same((user.given_name, user.family_name), known_names(session, invitation))


def known_names(session: Session, invitation: Invitation) -> tuple[str, str]:
    """As the inviter wrote them, else as the record has them; empty when nobody knows."""
    if invitation.given_name or invitation.family_name:
        return invitation.given_name, invitation.family_name
    known: Patient | Practitioner | RelatedPerson | None = None
    if invitation.kind is InvitationKind.PATIENT:
        known = session.get(Patient, invitation.patient_id)
    elif invitation.practitioner_id:
        known = session.get(Practitioner, invitation.practitioner_id)
    elif invitation.related_person_id:
        key = (invitation.patient_id, invitation.related_person_id)
        known = session.get(RelatedPerson, key)
    return (known.given_name, known.family_name) if known is not None else ("", "")


def is_inviter_gone(session: Session, invitation: Invitation, *, at: datetime) -> bool:
    """An offer ends with the inviter's account, and with their right to make it."""
    if invitation.invited_by is None:
        return False
    inviter = session.get(User, invitation.invited_by)
    is_closed = inviter is None or inviter.disabled_at is not None
    return is_closed or not offers.is_open_to(session, invitation=invitation, at=at)


def account_of_patient(session: Session, *, patient_id: UUID | None, at: datetime) -> User | None:
    """The account that speaks for this patient as themself."""
    statement = (
        select(User)
        .join(CareLink, _link.user_id == _user.id)
        .where(_link.patient_id == patient_id, _link.kind == CareLinkKind.SELF, active_link())
    )
    return session.execute(statement, {"now": at}).scalars().first()


def offered_before(
    session: Session,
    *,
    kind: InvitationKind,
    ids: tuple[UUID | None, UUID | None, UUID | None],
    invitee: Invitee,
    at: datetime,
) -> list[UUID]:
    """Pending invitations of the same person to the same place.

    `ids` are those of the patient, the practitioner and the organization.
    """
    keys = (_invitation.patient_id, _invitation.practitioner_id, _invitation.organization_id)
    statement = select(
        _invitation.id, _invitation.email, _invitation.given_name, _invitation.family_name
    ).where(
        _invitation.kind == kind,
        *(key.is_not_distinct_from(value) for key, value in zip(keys, ids, strict=True)),
        _invitation.accepted_at.is_(None),
        _invitation.withdrawn_at.is_(None),
        _invitation.ends_at > bindparam("now", type_=UtcDateTime),
    )
    rows = session.execute(statement, {"now": at}).all()
    # The record of a patient or of a professional is one person.
    is_one_person = kind in (InvitationKind.PATIENT, InvitationKind.PROFESSIONAL)
    return [
        row.id
        for row in rows
        if is_one_person
        or _is_same(Invitee((row.given_name, row.family_name), email=row.email), invitee)
    ]


def listed_relative(session: Session, *, patient_id: UUID, invitee: Invitee) -> UUID | None:
    """The relative of the circle who is meant: by address, else by name without an account yet."""
    rows = session.execute(
        select(
            _relative.id,
            _relative.email,
            _relative.given_name,
            _relative.family_name,
            _link.id.label("link_id"),
        )
        .outerjoin_from(
            RelatedPerson,
            CareLink,
            (_link.patient_id == _relative.patient_id) & (_link.related_person_id == _relative.id),
        )
        .where(_relative.patient_id == patient_id, _relative.is_active)
        .order_by(_relative.id)
    ).all()
    by_email = [row.id for row in rows if invitee.email and row.email.lower() == invitee.email]
    by_name = [
        row.id
        for row in rows
        if row.link_id is None
        and not (row.email and invitee.email)
        and are_same((row.given_name, row.family_name), invitee.names)
    ]
    return next(iter(by_email), by_name[0] if len(by_name) == 1 else None)


def _is_same(one: Invitee, other: Invitee) -> bool:
    if one.email and other.email:
        return one.email == other.email
    return are_same(one.names, other.names)
