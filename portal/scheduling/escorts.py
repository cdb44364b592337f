"""Relatives as companions: whether they can answer, and whether they go along elsewhere."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, not_, or_, select
from sqlmodel import Session

from portal.access.facts import active_link, is_hidden
from portal.access.permissions import Permission
from portal.models import columns
from portal.models.agenda import LONGEST_VISIT, Appointment
from portal.models.base import UtcDateTime
from portal.models.rights import CareLink
from portal.scheduling.appointments import NEXT_STATUSES, WITHOUT_END
from portal.scheduling.standings import allows, standing_towards

MOST_PATIENTS = 5
"""Of whom rights are looked up, when a companion is in several places at once."""

_a = columns(Appointment)
_link = columns(CareLink)
_start = bindparam("start", type_=UtcDateTime)
_of_user = bindparam("of_user", type_=Uuid)
_ACCOMPANIED_THEN = (
    select(_a.patient_id)
    .distinct()
    .join_from(
        CareLink,
        Appointment,
        and_(
            _a.patient_id == _link.patient_id,
            _a.companion_id == _link.related_person_id,
        ),
    )
    .where(
        _link.user_id == _of_user,
        active_link(),
        _a.companion_confirmed,
        _a.status.in_(NEXT_STATUSES),
        # Nobody spends all the days of a stay beside the bed.
        not_(_a.is_stay),
        _a.id != bindparam("excluding", type_=Uuid),
        _a.starts_at >= bindparam("earliest", type_=UtcDateTime),
        _a.starts_at < bindparam("end", type_=UtcDateTime),
        or_(
            _a.ends_at > _start,
            and_(
                _a.ends_at.is_(None),
                _a.starts_at > bindparam("no_end_before", type_=UtcDateTime),
            ),
        ),
        not_(is_hidden(_a.patient_id, _a.id, _of_user)),
    )
    .limit(MOST_PATIENTS)
)


def sees_agenda(session: Session, *, patient_id: UUID, user_id: UUID, at: datetime) -> bool:
    """Whether that account may read the agenda of this patient now."""
    standing, _own_row = standing_towards(session, user_id=user_id, patient_id=patient_id, at=at)
    return allows(Permission.AGENDA_SEE, standing)


def is_busy(session: Session, appointment: Appointment, *, user_id: UUID, at: datetime) -> bool:
    """Whether that account goes along with somebody else then, be it another patient.

    What they may not see any more does not count: the answer would tell it.
    """
    if appointment.starts_at is None:
        return False
    start, end = appointment.starts_at, appointment.ends_at
    values = {
        "of_user": user_id,
        "now": at,
        "start": start,
        # A visit that ends as it begins takes place all the same.
        "end": max(end or start + WITHOUT_END, start + timedelta(minutes=1)),
        "earliest": start - LONGEST_VISIT,
        "no_end_before": start - WITHOUT_END,
        "excluding": appointment.id,
    }
    patients = session.execute(_ACCOMPANIED_THEN, values).scalars().all()
    return any(
        sees_agenda(session, patient_id=patient_id, user_id=user_id, at=at)
        for patient_id in patients
    )
