"""Every hour: whom to remind of rights that end soon, and of carers to look at again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, bindparam, exists, func, or_, select
from sqlmodel import Session

from portal.access.facts import active_link, in_force
from portal.access.offered_rights import OFFERED
from portal.blueprints.carers.service import ASKED_AGAIN_AFTER, ENDS_SOON
from portal.crypto import KeyRing
from portal.identity.file_letters import tell, who_may_read_the_log
from portal.identity.offers import decides_by_law
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLink, CareLinkKind, CareLinkStatus, Grant
from portal.outbox import Letter

NOT_AGAIN_WITHIN = timedelta(days=30)
"""One letter a month at most, however much there is to look at."""
AT_ONCE = 200
"""Patients in one transaction; the rest follow in the next hour."""

_link = columns(CareLink)
_grant = columns(Grant)
_message = columns(OutboxMessage)
_user = columns(User)
_ends_soon = exists().where(
    _grant.patient_id == _link.patient_id,
    _grant.care_link_id == _link.id,
    in_force(_grant.starts_at, _grant.ends_at),
    _grant.ends_at <= bindparam("soon", type_=UtcDateTime),
    # Only what the page of carers shows can be looked at again.
    (_grant.category + ":" + _grant.action).in_(OFFERED),
)
_was_long_not_confirmed = func.coalesce(_link.confirmed_at, _link.starts_at) <= bindparam(
    "long_ago", type_=UtcDateTime
)
_reminded = select(_message.subject_id).where(
    _message.letter == Letter.CARERS_TO_REVIEW,
    _message.created_at > bindparam("lately", type_=UtcDateTime),
    _message.subject_id.is_not(None),
)
_can_be_told = (
    select(_link.patient_id)
    .join_from(CareLink, User, _user.id == _link.user_id)
    .where(
        or_(_link.kind == CareLinkKind.SELF, decides_by_law),
        active_link(),
        _user.email.is_not(None),
        _user.disabled_at.is_(None),
    )
)
_DUE = (
    select(_link.patient_id)
    .join_from(CareLink, User, _user.id == _link.user_id)
    .where(
        _user.disabled_at.is_(None),
        _link.kind == CareLinkKind.CARER,
        _link.status != CareLinkStatus.ENDED,
        active_link(),
        or_(_ends_soon, _was_long_not_confirmed),
        _link.patient_id.not_in(_reminded),
        _link.patient_id.in_(_can_be_told),
    )
    .distinct()
    .order_by(_link.patient_id)
    .limit(bindparam("limit", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class CarerReminders:
    """A task of the mail worker."""

    keys: KeyRing

    def is_due(self, session: Session, *, at: datetime) -> bool:
        return bool(_due(session, at, limit=1))

    def carry_out(self, session: Session, *, at: datetime) -> None:
        for patient_id in _due(session, at, limit=AT_ONCE):
            tell(
                session,
                keys=self.keys,
                letter=Letter.CARERS_TO_REVIEW,
                to=who_may_read_the_log(session, patient_id=patient_id, at=at),
                subject_id=patient_id,
                at=at,
            )


def _due(session: Session, at: datetime, *, limit: int) -> list[UUID]:
    values = {
        "now": at,
        "soon": at + ENDS_SOON,
        "long_ago": at - ASKED_AGAIN_AFTER,
        "lately": at - NOT_AGAIN_WITHIN,
        "limit": limit,
    }
    return list(session.execute(_DUE, values).scalars())
