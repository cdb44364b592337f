"""A carer asks for one right more; the patient answers."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.blueprints.carers.queries import grants_of_carer, requests_of_carer
from portal.blueprints.carers.service import PERIODS, grant_all, locked_carer, with_weaker
from portal.clock import now
from portal.errors import NotFoundError, TooManyRequestsError
from portal.models import columns
from portal.models.rights import CareLinkStatus, GrantAction, GrantCategory, GrantRequest

OPEN_REQUESTS = 3
"""What one carer may ask for at a time."""

_request = columns(GrantRequest)
_REQUEST = select(GrantRequest).where(
    _request.patient_id == bindparam("of_patient", type_=Uuid),
    _request.id == bindparam("of_request", type_=Uuid),
)


class Answer(NamedTuple):
    """What an answer did: nothing when there was one before."""

    is_new: bool
    to_tell: UUID | None = None
    """The account of the carer when they see more now."""


def ask_for(session: Session, *, patient_id: UUID, link_id: UUID, right: str, at: datetime) -> bool:
    """A carer asks for one right more; False when they hold it or asked for it already.

    Raises `TooManyRequestsError` when `OPEN_REQUESTS` wait for an answer.
    """
    link = locked_carer(session, patient_id=patient_id, link_id=link_id)
    waiting = requests_of_carer(session, patient_id=patient_id, link_id=link_id)
    held = grants_of_carer(session, patient_id=patient_id, link_id=link_id, at=at)
    # Who is paused must not learn it: what is paused counts as not held.
    known = {row.right for row in held} if link.status is CareLinkStatus.ACTIVE else set()
    if right in with_weaker(known) or right in {row.right for row in waiting}:
        return False
    if len(waiting) >= OPEN_REQUESTS:
        raise TooManyRequestsError
    category, _, action = right.partition(":")
    session.add(
        GrantRequest(
            patient_id=patient_id,
            care_link_id=link_id,
            category=GrantCategory(category),
            action=GrantAction(action),
            created_at=at,
        )
    )
    session.flush()
    return True


def answer(
    session: Session, *, patient_id: UUID, request_id: UUID, is_granted: bool, at: datetime
) -> Answer:
    """The patient's answer; the first one stands.

    Raises `NotFoundError` for what is not asked of this patient.
    """
    asked = _asked(session, patient_id=patient_id, request_id=request_id)
    if _is_answered(asked):
        return Answer(is_new=False)
    # The link first, as everybody else does; then what was asked, as it is now.
    link = locked_carer(session, patient_id=patient_id, link_id=asked.care_link_id)
    session.refresh(asked, with_for_update=True)
    if _is_answered(asked):
        return Answer(is_new=False)
    at = max(at, now())
    asked.answered_at, asked.is_granted = at, is_granted
    session.add(asked)
    if not is_granted:
        return Answer(is_new=True)
    held = grants_of_carer(session, patient_id=patient_id, link_id=link.id, at=at)
    missing = {f"{asked.category}:{asked.action}"} - with_weaker({row.right for row in held})
    grant_all(session, patient_id, link.id, missing, at=at, period=PERIODS[12])
    # A pause is silent: whoever is paused sees nothing more than before.
    sees_more = bool(missing) and link.status is CareLinkStatus.ACTIVE
    return Answer(is_new=True, to_tell=link.user_id if sees_more else None)


def _is_answered(asked: GrantRequest) -> bool:
    return asked.answered_at is not None


def _asked(session: Session, *, patient_id: UUID, request_id: UUID) -> GrantRequest:
    values = {"of_patient": patient_id, "of_request": request_id}
    found: GrantRequest | None = session.execute(_REQUEST, values).scalar_one_or_none()
    if found is None:
        raise NotFoundError("request")
    return found
