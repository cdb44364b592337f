"""Who hears of a change: by a letter that says that there is one, and nothing else."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.crypto import KeyRing
from portal.identity.file_letters import Recipient, tell, who_may_read_the_log
from portal.models.account import User
from portal.outbox import Letter


def tell_carer(
    session: Session, *, keys: KeyRing, user_id: UUID, patient_id: UUID, at: datetime
) -> bool:
    """Whether there is an address to write to."""
    user = session.get_one(User, user_id)
    if not user.email or user.disabled_at is not None:
        return False
    tell(
        session,
        keys=keys,
        letter=Letter.CARER_RIGHTS_CHANGED,
        to=[Recipient(user.id, user.email, user.locale)],
        subject_id=patient_id,
        at=at,
    )
    return True


def tell_patient(session: Session, *, keys: KeyRing, patient_id: UUID, at: datetime) -> None:
    """The patient, or who represents them: a carer asks for something, or left."""
    tell(
        session,
        keys=keys,
        letter=Letter.CARERS_CHANGED,
        to=who_may_read_the_log(session, patient_id=patient_id, at=at),
        subject_id=patient_id,
        at=at,
    )
