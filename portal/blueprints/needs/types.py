"""The types of need that an organization adds: added, renamed, retired, offered again."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import Coordination
from portal.models.directory import Organization
from portal.models.need import NeedType

MOST_ROWS = 400
MOST_OFFERED = 100
"""Of one organization; `queries.MOST_TYPES` shows as many."""

_type = columns(NeedType)
_organization = columns(Organization)
_coordination = columns(Coordination)
_coordinates = (
    _coordination.user_id == bindparam("of_user", type_=Uuid),
    _coordination.ended_at.is_(None),
)
_CATALOGUES = (
    select(
        _organization.id.label("organization_id"),
        _organization.name,
        _type.id,
        _type.label,
        _type.retired_at,
    )
    .join_from(Coordination, Organization, _organization.id == _coordination.organization_id)
    .outerjoin(NeedType, _type.organization_id == _organization.id)
    .where(*_coordinates)
    .order_by(_organization.name, _organization.id, _type.label, _type.id)
    .limit(MOST_ROWS)
)
_OWN_ORGANIZATION = (
    select(Organization)
    .join(Coordination, _coordination.organization_id == _organization.id)
    .where(*_coordinates, _organization.id == bindparam("of_organization", type_=Uuid))
    # Two who add the same words wait for each other.
    .with_for_update(of=Organization, key_share=True)
)
_OF_ORGANIZATION = select(NeedType).where(
    _type.organization_id == bindparam("of_organization", type_=Uuid)
)
_OWN_TYPE = (
    select(NeedType)
    .join(Coordination, _coordination.organization_id == _type.organization_id)
    .where(*_coordinates, _type.id == bindparam("of_type", type_=Uuid))
)


class CatalogueRow(NamedTuple):
    """One type of an organization; without any, one row of the organization alone."""

    organization_id: UUID
    organization_name: str
    id: UUID | None
    label: str | None
    retired_at: datetime | None


class LabelTakenError(Exception):
    """The organization has a type of that name, offered or retired."""


class TooManyTypesError(Exception):
    """The organization offers `MOST_OFFERED` types already."""


def catalogues(session: Session, *, user_id: UUID) -> list[CatalogueRow]:
    """Of each organization that this account coordinates, by name."""
    rows = session.execute(_CATALOGUES, {"of_user": user_id})
    return [CatalogueRow._make(row) for row in rows]


def own_type(session: Session, *, user_id: UUID, type_id: UUID) -> NeedType:
    """Raises `NotFoundError` for one of an organization that this account does not coordinate."""
    values = {"of_user": user_id, "of_type": type_id}
    found: NeedType | None = session.execute(_OWN_TYPE, values).scalar_one_or_none()
    if found is None:
        raise NotFoundError("need type")
    return found


def add_type(
    session: Session, *, user_id: UUID, organization_id: UUID, label: str, at: datetime
) -> None:
    """A retired one of that name is offered again.

    Raises `NotFoundError`, `LabelTakenError` and `TooManyTypesError`.
    """
    known = _locked_types(session, user_id, organization_id)
    _refuse_too_many(known)
    same = _of_that_name(known, label)
    if same is None:
        session.add(NeedType(organization_id=organization_id, label=label, created_at=at))
    elif same.retired_at is None:
        raise LabelTakenError
    else:
        same.retired_at, same.label = None, label
    session.flush()


def rename_type(session: Session, *, user_id: UUID, type_id: UUID, label: str) -> None:
    """The needs that have it are renamed with it. Raises as `add_type`."""
    row = own_type(session, user_id=user_id, type_id=type_id)
    known = _locked_types(session, user_id, row.organization_id)
    # Two that differ by a capital may stand side by side, from organizations that became one.
    if _of_that_name([one for one in known if one.id != row.id], label) is not None:
        raise LabelTakenError
    row.label = label
    session.add(row)
    session.flush()


def retire_type(session: Session, *, user_id: UUID, type_id: UUID, at: datetime) -> None:
    """Not offered any more; the needs that have it keep it."""
    row = own_type(session, user_id=user_id, type_id=type_id)
    row.retired_at = row.retired_at or at
    session.add(row)
    session.flush()


def restore_type(session: Session, *, user_id: UUID, type_id: UUID) -> None:
    """Raises `TooManyTypesError`."""
    row = own_type(session, user_id=user_id, type_id=type_id)
    if row.retired_at is not None:
        _refuse_too_many(_locked_types(session, user_id, row.organization_id))
    row.retired_at = None
    session.add(row)
    session.flush()


def _locked_types(session: Session, user_id: UUID, organization_id: UUID) -> list[NeedType]:
    values = {"of_user": user_id, "of_organization": organization_id}
    if session.execute(_OWN_ORGANIZATION, values).one_or_none() is None:
        raise NotFoundError("organization")
    return list(session.execute(_OF_ORGANIZATION, {"of_organization": organization_id}).scalars())


def _of_that_name(types: list[NeedType], label: str) -> NeedType | None:
    return next((one for one in types if one.label.casefold() == label.casefold()), None)


def _refuse_too_many(types: list[NeedType]) -> None:
    if sum(one.retired_at is None for one in types) >= MOST_OFFERED:
        raise TooManyTypesError
