"""What day it is for a professional: reviews and absences are days, not instants."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    Uuid,
    bindparam,
    func,
    or_,
    select,
)
from sqlmodel import Session

from portal.models import columns
from portal.models.account import Coordination
from portal.models.directory import Organization, PractitionerRole

USUAL_ZONE = "Europe/Paris"

_role = columns(PractitionerRole)
_organization = columns(Organization)
_coordination = columns(Coordination)


def zone_at_work(practitioner_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Of their place on the bound day `utc_day`; null without one.

    Who has several places has one day all the same: that of the first.
    """
    return (
        select(_role.time_zone)
        .where(
            _role.practitioner_id == practitioner_id,
            or_(_role.period_end.is_(None), _role.period_end >= bindparam("utc_day", type_=Date)),
        )
        .order_by(_role.id)
        .limit(1)
        .scalar_subquery()
    )


_of_organization = (
    select(_organization.time_zone)
    .join_from(Coordination, Organization, _organization.id == _coordination.organization_id)
    .where(
        _coordination.user_id == bindparam("reader_id", type_=Uuid),
        _coordination.ended_at.is_(None),
    )
    .order_by(_organization.id)
    .limit(1)
    .scalar_subquery()
)
_ZONE = select(
    func.coalesce(
        zone_at_work(bindparam("practitioner_id", type_=Uuid)), _of_organization, USUAL_ZONE
    )
)


def own_day(
    session: Session, *, practitioner_id: UUID | None, reader_id: UUID, at: datetime
) -> date:
    """Where they work, else where the circles are that they coordinate, else in Paris."""
    values = {"practitioner_id": practitioner_id, "reader_id": reader_id, "utc_day": at.date()}
    return day_in(session.execute(_ZONE, values).scalar_one(), at=at)


def day_in(time_zone: str, *, at: datetime) -> date:
    return at.astimezone(ZoneInfo(time_zone)).date()
