"""Telling the patient that an answer was written down for them: without any of its words."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal import outbox
from portal.access.facts import active_link
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.account import User
from portal.models.rights import CareLink, CareLinkKind

MOST = 5
_link = columns(CareLink)
_user = columns(User)
_OWNERS = (
    select(_user.id, _user.email, _user.locale)
    .join_from(CareLink, User, _user.id == _link.user_id)
    .where(
        _link.patient_id == bindparam("of_patient", type_=Uuid),
        _link.kind.in_((CareLinkKind.SELF, CareLinkKind.LEGAL_REPRESENTATIVE)),
        active_link(),
        _user.disabled_at.is_(None),
        _user.email.is_not(None),
    )
    .order_by(_link.kind == CareLinkKind.LEGAL_REPRESENTATIVE, _link.id)
    .limit(MOST)
)


def tell_of_paper(session: Session, *, keys: KeyRing, patient_id: UUID, at: datetime) -> None:
    """The patient, and who represents them by law."""
    for user_id, email, locale in session.execute(_OWNERS, {"of_patient": patient_id, "now": at}):
        outbox.post(
            session,
            keys=keys,
            letter=outbox.Letter.CONSENT_RECORDED,
            to=email,
            locale=locale,
            user_id=user_id,
            at=at,
        )
