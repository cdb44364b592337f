"""Hiding an appointment, and showing it again."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_
from sqlmodel import Session

from portal.models import columns
from portal.models.rights import GrantCategory, HiddenItem

_hidden = columns(HiddenItem)


def hide(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    of_links: AbstractSet[UUID | None],
    offered: AbstractSet[UUID | None],
    by: UUID,
    at: datetime,
) -> None:
    """From those relatives, and from none else of those who were offered; None is all of them."""
    links = [one for one in offered if one is not None]
    for_all = (_hidden.care_link_id.is_(None),) if None in offered else ()
    session.connection().execute(
        delete(HiddenItem).where(
            _hidden.patient_id == patient_id,
            _hidden.item_id == appointment_id,
            or_(_hidden.care_link_id.in_(links), *for_all),
        )
    )
    session.add_all(
        HiddenItem(
            patient_id=patient_id,
            category=GrantCategory.AGENDA,
            item_id=appointment_id,
            care_link_id=link_id,
            created_at=at,
            created_by=by,
        )
        for link_id in of_links & offered
    )
    session.flush()
