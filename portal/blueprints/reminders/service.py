"""Choosing and stopping reminders: of an agenda that is open to the reader, and of no other."""

from datetime import datetime, time
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.blueprints.reminders import queries
from portal.blueprints.reminders.queries import Choice
from portal.errors import NotFoundError
from portal.models.calendar import ReminderChoice


class Wanted(NamedTuple):
    """What was chosen on the page."""

    evening_before: time | None = None
    minutes_before: int | None = None
    only_accompanied: bool = False
    is_detailed: bool = False
    allows_details: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None


def choice_of(session: Session, *, user_id: UUID, patient_id: UUID, at: datetime) -> Choice:
    """Raises `NotFoundError` for somebody whose agenda the reader does not see."""
    found = queries.choices_of(session, user_id=user_id, at=at)
    for one in found:
        if one.patient_id == patient_id:
            return one
    raise NotFoundError("reminder choice")


def choose(
    session: Session, *, user_id: UUID, patient_id: UUID, wanted: Wanted, at: datetime
) -> Choice:
    """Keep what was chosen, as far as it is for this reader to choose."""
    before = choice_of(session, user_id=user_id, patient_id=patient_id, at=at)
    allowed = wanted._replace(
        only_accompanied=wanted.only_accompanied and not before.is_own,
        is_detailed=wanted.is_detailed and before.may_be_detailed,
        allows_details=wanted.allows_details and before.is_own,
    )
    _keep(session, user_id=user_id, patient_id=patient_id, wanted=allowed, at=at)
    return before


def stop(session: Session, *, user_id: UUID, patient_id: UUID, at: datetime) -> Choice:
    """No reminder any more; how they are worded and the quiet hours stay for another time."""
    before = choice_of(session, user_id=user_id, patient_id=patient_id, at=at)
    kept = Wanted(*(getattr(before, name) for name in Wanted._fields))
    nothing = kept._replace(evening_before=None, minutes_before=None)
    _keep(session, user_id=user_id, patient_id=patient_id, wanted=nothing, at=at)
    return before


def _keep(
    session: Session, *, user_id: UUID, patient_id: UUID, wanted: Wanted, at: datetime
) -> None:
    row = queries.stored(session, patient_id=patient_id, user_id=user_id)
    if row is None:
        row = ReminderChoice(patient_id=patient_id, user_id=user_id, updated_at=at)
    for name, value in wanted._asdict().items():
        setattr(row, name, value)
    row.updated_at = at
    session.add(row)
    session.flush()
