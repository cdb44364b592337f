"""Invitations: made for one person and one place in the circle, good once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from portal import outbox
from portal.crypto import KeyRing, new_token, token_hash
from portal.errors import InvitationError, NotFoundError
from portal.identity import history, invitees, offers, queries
from portal.identity.addresses import fold
from portal.identity.invitees import Invitee
from portal.identity.places import take_place
from portal.models import columns
from portal.models.account import Invitation, InvitationKind, User
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.credential import SecurityEventKind
from portal.models.directory import Organization, Practitioner

VALID_FOR = timedelta(days=14)
USUAL_GRANTS = ("agenda:see", "care_team:see")

_invitation = columns(Invitation)
_is_pending = (_invitation.accepted_at.is_(None), _invitation.withdrawn_at.is_(None))
_ACCEPT = (
    update(Invitation)
    .where(
        _invitation.id == bindparam("invitation_id"),
        _invitation.ends_at > bindparam("instant", type_=UtcDateTime),
        *_is_pending,
    )
    .values(accepted_at=bindparam("at"), accepted_by=bindparam("user_id"))
)
_WITHDRAW = (
    update(Invitation)
    .where(_invitation.id == bindparam("invitation_id"), *_is_pending)
    .values(withdrawn_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Place:
    """What an invitation opens: exactly one of the ids, none for an operator."""

    kind: InvitationKind
    patient_id: UUID | None = None
    practitioner_id: UUID | None = None
    organization_id: UUID | None = None
    relationship: str = ""
    grants: tuple[str, ...] = field(default=())


def invite(session: Session, *, email: str, place: Place, at: datetime) -> str:
    """Make an invitation and return its token; no mail is sent.

    Raises `NotFoundError` for an unknown place.
    """
    token = new_token()
    invitee = Invitee(("", ""), email=fold(email))
    made(session, token=token, place=place, invitee=invitee, invited_by=None, at=at)
    return token


def invite_by_mail(
    session: Session,
    *,
    keys: KeyRing,
    invitee: Invitee,
    place: Place,
    invited_by: UUID,
    at: datetime,
) -> Invitation:
    """Make an invitation, and queue the mail that carries its link. Raises as `invite` does."""
    token = new_token()
    invitee = Invitee(email=fold(invitee.email or ""), names=invitee.names)
    row = made(session, token=token, place=place, invitee=invitee, invited_by=invited_by, at=at)
    reader = queries.user_of_email(session, row.email or "")
    outbox.post(
        session,
        keys=keys,
        letter=outbox.Letter.INVITATION,
        to=row.email or "",
        locale=reader.locale if reader else None,
        user_id=reader.id if reader else None,
        subject_id=row.id,
        values={"path": f"/invitation/{token}", "days": str(VALID_FOR.days)},
        at=at,
        expires_at=row.ends_at,
    )
    return row


def made(
    session: Session,
    *,
    token: str,
    place: Place,
    invitee: Invitee,
    invited_by: UUID | None,
    at: datetime,
) -> Invitation:
    """The row; what the same person was offered at the same place before is withdrawn.

    Raises `NotFoundError` for a place that is unknown or out of the inviter's reach, and
    `OfferRefusedError`.
    """
    row = _row(token=token, place=place, invitee=invitee, invited_by=invited_by, at=at)
    offers.require_offer(session, invitation=row, at=at)
    _require_place(session, place)
    for before in invitees.offered_before(
        session,
        kind=place.kind,
        ids=(place.patient_id, place.practitioner_id, place.organization_id),
        invitee=invitee,
        at=at,
    ):
        withdraw(session, invitation_id=before, at=at)
    row.related_person_id = _related_person_id(session, place, invitee)
    session.add(row)
    session.flush()
    return row


def open_invitation(
    session: Session, *, token: str, at: datetime, for_update: bool = False
) -> Invitation:
    """Raises `InvitationError` with the same face for unknown, expired, used and withdrawn.

    `for_update` makes a second post of the same link wait for the first.
    """
    return opened(
        session, mark=_invitation.token_hash == token_hash(token), at=at, for_update=for_update
    )


def opened(session: Session, *, mark: object, at: datetime, for_update: bool) -> Invitation:
    """The invitation that carries this mark, if it still opens anything."""
    statement = select(Invitation).where(mark)  # type: ignore[arg-type]  # a condition on a column
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Invitation | None = session.execute(statement).scalar_one_or_none()
    if found is None:
        raise InvitationError("unknown")
    if found.accepted_at is not None or found.withdrawn_at is not None:
        raise InvitationError("used")
    if found.ends_at <= at or invitees.is_inviter_gone(session, found, at=at):
        raise InvitationError("expired")
    return found


def accept(
    session: Session, *, keys: KeyRing, invitation: Invitation, user: User, at: datetime
) -> None:
    """Give the user the place, once. Raises `InvitationError` when it was taken meanwhile."""
    if not invitees.is_for(session, invitation=invitation, user=user):
        raise InvitationError("other_account")
    if invitees.is_inviter_gone(session, invitation, at=at):
        # Between the link and the first factor.
        raise InvitationError("expired")
    values = {"invitation_id": invitation.id, "user_id": user.id, "at": at, "instant": at}
    if session.connection().execute(_ACCEPT, values).rowcount != 1:
        raise InvitationError("used")
    take_place(session, invitation=invitation, user=user, at=at)
    if invitation.kind is InvitationKind.CARER:
        _tell_patient(session, keys=keys, invitation=invitation, carer=user, at=at)
    _tell_inviter(session, keys=keys, invitation=invitation, at=at)


def withdraw(session: Session, *, invitation_id: UUID, at: datetime) -> bool:
    """It opens nothing any more, and its mail is not sent; false when it was over already."""
    values = {"invitation_id": invitation_id, "at": at}
    if session.connection().execute(_WITHDRAW, values).rowcount != 1:
        return False
    outbox.drop_about(session, subject_id=invitation_id, at=at)
    return True


def suggested_names(session: Session, *, invitation: Invitation) -> tuple[str, str]:
    """Given and family name as the inviter or the circle knows them, else from the e-mail."""
    known = invitees.known_names(session, invitation)
    if any(known):
        return known
    name = (invitation.email or "").partition("@")[0]
    words = name.replace("_", ".").replace("-", ".").split(".")
    return words[0].title(), " ".join(words[1:]).title()


def names_are_asked(invitation: Invitation, names: tuple[str, str]) -> bool:
    """The name on a sheet is fixed; a patient and a professional are named in the record."""
    if invitation.email is None:
        return False
    in_record = (InvitationKind.PATIENT, InvitationKind.PROFESSIONAL)
    return invitation.kind not in in_record or not all(names)


def _row(
    *, token: str, place: Place, invitee: Invitee, invited_by: UUID | None, at: datetime
) -> Invitation:
    given_name, family_name = invitee.names
    return Invitation(
        token_hash=token_hash(token),
        email=invitee.email,
        given_name=given_name,
        family_name=family_name,
        invited_by=invited_by,
        kind=place.kind,
        patient_id=place.patient_id,
        practitioner_id=place.practitioner_id,
        organization_id=place.organization_id,
        relationship=place.relationship,
        grants=list(place.grants),
        created_at=at,
        ends_at=at + VALID_FOR,
    )


def _tell_inviter(session: Session, *, keys: KeyRing, invitation: Invitation, at: datetime) -> None:
    inviter = session.get(User, invitation.invited_by) if invitation.invited_by else None
    if inviter is None:
        return
    name = f"{invitation.given_name} {invitation.family_name}".strip()
    history.record(
        session,
        keys=keys,
        user=inviter,
        kind=SecurityEventKind.INVITATION_ACCEPTED,
        at=at,
        detail=name or invitation.email or "",
    )
    if inviter.email and inviter.notify_invitations:
        outbox.post(
            session,
            keys=keys,
            letter=outbox.Letter.INVITATION_ACCEPTED,
            to=inviter.email,
            locale=inviter.locale,
            user_id=inviter.id,
            subject_id=invitation.id,
            at=at,
        )


def _tell_patient(
    session: Session, *, keys: KeyRing, invitation: Invitation, carer: User, at: datetime
) -> None:
    """The patient hears of every carer whom they did not invite themself."""
    patient = invitees.account_of_patient(session, patient_id=invitation.patient_id, at=at)
    if patient is None or patient.id in (invitation.invited_by, carer.id):
        return
    history.record(
        session,
        keys=keys,
        user=patient,
        kind=SecurityEventKind.CARER_JOINED,
        at=at,
        detail=f"{carer.given_name} {carer.family_name}",
    )


def _require_place(session: Session, place: Place) -> None:
    """Locked: two invitations at once for one place come one after the other."""
    tables = (
        (Patient, place.patient_id),
        (Practitioner, place.practitioner_id),
        (Organization, place.organization_id),
    )
    for table, key in tables:
        if key is None:
            continue
        if session.get(table, key, with_for_update={"key_share": True}) is None:
            raise NotFoundError(f"{table.__name__} {key}")


def _related_person_id(session: Session, place: Place, invitee: Invitee) -> UUID | None:
    if place.kind is not InvitationKind.CARER or place.patient_id is None:
        return None
    return invitees.listed_relative(session, patient_id=place.patient_id, invitee=invitee)
