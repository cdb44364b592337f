"""From whom one item of a file is kept."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, or_, select
from sqlmodel import Session

from portal.access.facts import active_link
from portal.models import columns
from portal.models.account import User
from portal.models.rights import CareLink, HiddenItem

MOST_SHOWN = 60

_hidden = columns(HiddenItem)
_link = columns(CareLink)
_user = columns(User)
_HIDDEN_FROM = (
    select(_hidden.care_link_id, _user.given_name)
    .select_from(HiddenItem)
    .outerjoin(
        CareLink, and_(_link.patient_id == _hidden.patient_id, _link.id == _hidden.care_link_id)
    )
    .outerjoin(User, _user.id == _link.user_id)
    .where(
        _hidden.patient_id == bindparam("of_patient", type_=Uuid),
        _hidden.item_id == bindparam("of_item", type_=Uuid),
        or_(_hidden.care_link_id.is_(None), active_link()),
    )
    .distinct()
    .order_by(_user.given_name, _hidden.care_link_id)
    .limit(MOST_SHOWN)
)


class HiddenFrom(NamedTuple):
    """One relative who does not see the item; without a link all of them, parents too."""

    care_link_id: UUID | None
    given_name: str | None


def hidden_from(
    session: Session, *, patient_id: UUID, item_id: UUID, at: datetime
) -> list[HiddenFrom]:
    """By first name."""
    values = {"of_patient": patient_id, "of_item": item_id, "now": at}
    return [HiddenFrom._make(row) for row in session.execute(_HIDDEN_FROM, values)]
