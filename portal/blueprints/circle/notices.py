"""Who hears of a change of the circle: that there is one, never of whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal import outbox
from portal.access.permissions import Permission
from portal.crypto import KeyRing
from portal.identity.file_letters import tell, who_may, who_may_read_the_log
from portal.models import columns
from portal.models.account import User
from portal.models.care import CareTeamMember
from portal.outbox import Letter

NEEDS_PATH = "/professional/needs"

_member = columns(CareTeamMember)
_user = columns(User)
_ACCOUNTS = (
    select(_user.id, _user.email, _user.locale)
    .join_from(CareTeamMember, User, _user.practitioner_id == _member.practitioner_id)
    .where(
        _member.patient_id == bindparam("of_patient", type_=Uuid),
        _member.id == bindparam("of_member", type_=Uuid),
        _user.id != bindparam("by", type_=Uuid),
        _user.disabled_at.is_(None),
        _user.email.is_not(None),
    )
    .order_by(_user.id)
)


def tell_of_change(session: Session, *, keys: KeyRing, patient_id: UUID, at: datetime) -> None:
    """The patient, and who represents them by law."""
    readers = who_may_read_the_log(session, patient_id=patient_id, at=at)
    letter = Letter.CIRCLE_CHANGED
    tell(session, keys=keys, letter=letter, to=readers, subject_id=patient_id, at=at)


def ask_for_consent(session: Session, *, keys: KeyRing, patient_id: UUID, at: datetime) -> int:
    """Those who can say yes or no; how many there are."""
    deciders = who_may(session, Permission.CONSENTS_ACT, patient_id=patient_id, at=at)
    letter = Letter.CONSENT_ASKED
    tell(session, keys=keys, letter=letter, to=deciders, subject_id=patient_id, at=at)
    return len(deciders)


def tell_successor(
    session: Session,
    *,
    keys: KeyRing,
    patient_id: UUID,
    member_id: UUID,
    by: UUID,
    at: datetime,
) -> None:
    """That something is in their hands now; an organization has no account."""
    values = {"of_patient": patient_id, "of_member": member_id, "by": by}
    for user_id, email, locale in session.execute(_ACCOUNTS, values).all():
        outbox.post(
            session,
            keys=keys,
            letter=Letter.NEED_ENTRUSTED,
            to=email,
            locale=locale,
            user_id=user_id,
            subject_id=member_id,
            at=at,
            values={"path": NEEDS_PATH},
        )
