"""The next date of each of the reader's people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, exists, func, not_, or_, select
from sqlmodel import Session

from portal.access.facts import active_grant, active_link, is_hidden, mandates_in_force
from portal.models import columns
from portal.models.agenda import Appointment
from portal.models.rights import CareLink, CareLinkKind, Grant, GrantCategory
from portal.scheduling.appointments import NEXT_STATUSES

_a = columns(Appointment)
_link = columns(CareLink)
_grant = columns(Grant)

_agenda_granted = and_(
    _link.kind == CareLinkKind.CARER,
    exists().where(active_grant(), _grant.category == GrantCategory.AGENDA),
    # Whom a legal status says what it opens, see `portal/access/ceilings.py`.
    mandates_in_force.is_(None),
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
            not_(is_hidden(_a.patient_id, _a.id, bindparam("user_id", type_=Uuid))),
        ),
    )
    .where(
        _link.user_id == bindparam("user_id", type_=Uuid),
        active_link(),
        or_(_link.kind == CareLinkKind.SELF, _agenda_granted),
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
