"""What somebody answered for goes to who follows, or to nobody, when they leave the circle."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select
from sqlmodel import Session

from portal.models import columns
from portal.models.need import Need
from portal.teams.facts import open_need
from portal.teams.need_changes import write_changes

_need = columns(Need)
_IN_THEIR_HANDS = (
    select(Need)
    .where(
        _need.patient_id == bindparam("of_patient", type_=Uuid),
        open_need(),
        or_(
            _need.owner_id == bindparam("of_member", type_=Uuid),
            _need.deputy_id == bindparam("of_member", type_=Uuid),
        ),
    )
    # In one order, so that two who end places never wait for each other.
    .order_by(_need.id)
    .with_for_update()
)


def hand_over(
    session: Session,
    *,
    patient_id: UUID,
    from_member_id: UUID,
    to_member_id: UUID | None,
    actor_id: UUID | None,
    capacity: str,
    at: datetime,
) -> int:
    """How many needs changed hands; without a successor nobody answers for what they owned.

    The successor, a member of the same circle whom the caller has checked, is never owner and
    deputy of the same need: who would be both is the owner alone.
    """
    values = {"of_patient": patient_id, "of_member": from_member_id}
    needs = list(
        session.execute(
            _IN_THEIR_HANDS, values, execution_options={"populate_existing": True}
        ).scalars()
    )
    for need in needs:
        owner_id = to_member_id if need.owner_id == from_member_id else need.owner_id
        deputy_id = to_member_id if need.deputy_id == from_member_id else need.deputy_id
        need.owner_id = owner_id
        need.deputy_id = None if deputy_id == owner_id else deputy_id
        need.version += 1
    write_changes(session, needs, actor_id=actor_id, capacity=capacity, at=at)
    return len(needs)
