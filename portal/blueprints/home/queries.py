"""The next date of each of the reader's people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlmodel import Session

from portal.access.viewer import active_link, in_force
from portal.blueprints.agenda.queries import NEXT_STATUSES
from portal.models import columns
from portal.models.agenda import Appointment
from portal.models.care import CareLink, CareLinkKind, Grant, GrantCategory

_a = columns(Appointment)
_link = columns(CareLink)
_grant = columns(Grant)

_agenda_granted = exists().where(
    _grant.patient_id == _link.patient_id,
    _grant.care_link_id == _link.id,
    _grant.category == GrantCategory.AGENDA,
    in_force(_grant.starts_at, _grant.ends_at),
)
_NEXT_BY_PERSON = (
    select(_a.patient_id, func.min(_a.starts_at))
    .join_from(
        CareLink,
        Appointment,
        and_(
            _a.patient_id == _link.patient_id,
            _a.starts_at >= bindparam("now"),
            _a.status.in_(NEXT_STATUSES),
        ),
    )
    .where(
        _link.user_id == bindparam("user_id"),
        active_link(),
        or_(
            _link.kind == CareLinkKind.SELF, and_(_link.kind == CareLinkKind.CARER, _agenda_granted)
        ),
    )
    .group_by(_a.patient_id)
)


def next_by_person(session: Session, *, user_id: UUID, at: datetime) -> dict[UUID, datetime]:
    """Patient → start of the next appointment, where the reader may see the agenda."""
    rows = session.execute(_NEXT_BY_PERSON, {"user_id": user_id, "now": at})
    found: dict[UUID, datetime] = {}
    for patient_id, starts_at in rows:
        found[patient_id] = starts_at
    return found
