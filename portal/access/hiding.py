"""Keeping one item of a file from relatives, and showing it to them again."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, delete, exists, or_, select
from sqlmodel import Session

from portal.access.facts import active_grant, active_link
from portal.models import columns
from portal.models.account import User
from portal.models.rights import CareLink, CareLinkKind, Grant, GrantCategory, HiddenItem

MOST_CARERS = 60

_link = columns(CareLink)
_user = columns(User)
_grant = columns(Grant)
_hidden = columns(HiddenItem)


class CarerRow(NamedTuple):
    """One relative who may see what is of the category."""

    link_id: UUID
    given_name: str
    family_name: str


def _carers(category: GrantCategory) -> Select[Any]:
    # A carer whose rights are paused or over may get them back: what is hidden stays in the list.
    sees = exists().where(active_grant(), _grant.category == category)
    is_kept_from = exists().where(
        _hidden.patient_id == _link.patient_id,
        _hidden.care_link_id == _link.id,
        _hidden.item_id == bindparam("of_item", type_=Uuid),
    )
    return (
        select(_link.id, _user.given_name, _user.family_name)
        .join_from(CareLink, User, _user.id == _link.user_id)
        .where(
            _link.patient_id == bindparam("of_patient", type_=Uuid),
            _link.kind == CareLinkKind.CARER,
            active_link(),
            or_(sees, is_kept_from),
        )
        .order_by(_user.given_name, _user.family_name, _link.id)
        .limit(MOST_CARERS)
    )


_CARERS = {one: _carers(one) for one in (GrantCategory.AGENDA, GrantCategory.MESSAGES)}


def carers_to_choose(
    session: Session, *, patient_id: UUID, item_id: UUID, category: GrantCategory, at: datetime
) -> list[CarerRow]:
    """Those whom the category is opened to, or the item kept from; by first name."""
    values = {"of_patient": patient_id, "of_item": item_id, "now": at}
    return [CarerRow._make(row) for row in session.execute(_CARERS[category], values)]


def hide(
    session: Session,
    *,
    patient_id: UUID,
    item_id: UUID,
    category: GrantCategory,
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
            _hidden.item_id == item_id,
            or_(_hidden.care_link_id.in_(links), *for_all),
        )
    )
    session.add_all(
        HiddenItem(
            patient_id=patient_id,
            category=category,
            item_id=item_id,
            care_link_id=link_id,
            created_at=at,
            created_by=by,
        )
        for link_id in of_links & offered
    )
    session.flush()
