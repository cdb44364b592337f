"""The carers of one patient, what they hold and what they ask for."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select
from sqlmodel import Session

from portal.access.facts import active_link, in_force, mandates_in_force
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.care import RelatedPerson
from portal.models.directory import Gender
from portal.models.rights import (
    CareLink,
    CareLinkKind,
    CareLinkStatus,
    Grant,
    GrantAction,
    GrantCategory,
    GrantRequest,
)

MOST_CARERS = 50
MOST_GRANTS = 400
MOST_REQUESTS = 150

_user = columns(User)
_link = columns(CareLink)
_grant = columns(Grant)
_request = columns(GrantRequest)
_relative = columns(RelatedPerson)
_patient_id = bindparam("of_patient", type_=Uuid)
_link_id = bindparam("of_link", type_=Uuid)


class CarerRow(NamedTuple):
    """One carer, or one who represents the patient by law."""

    link_id: UUID
    user_id: UUID
    given_name: str
    family_name: str
    gender: Gender | None
    relationship: str
    relationship_text: str
    kind: CareLinkKind
    status: CareLinkStatus
    starts_at: datetime
    confirmed_at: datetime | None
    mandates: str | None
    """As `portal.access.facts.mandates_in_force` writes them."""

    @property
    def is_paused(self) -> bool:
        return self.status is CareLinkStatus.PAUSED

    @property
    def is_by_law(self) -> bool:
        return self.kind is CareLinkKind.LEGAL_REPRESENTATIVE


class GrantRow(NamedTuple):
    """One right in force, whether paused or not."""

    link_id: UUID
    id: UUID
    category: GrantCategory
    action: GrantAction
    starts_at: datetime
    ends_at: datetime

    @property
    def right(self) -> str:
        return f"{self.category}:{self.action}"


class RequestRow(NamedTuple):
    """One right that a carer asks for and that nobody answered."""

    link_id: UUID
    id: UUID
    category: GrantCategory
    action: GrantAction
    created_at: datetime

    @property
    def right(self) -> str:
        return f"{self.category}:{self.action}"


_CARERS = (
    select(
        _link.id,
        _link.user_id,
        _user.given_name,
        _user.family_name,
        _relative.gender,
        _link.relationship,
        _link.relationship_text,
        _link.kind,
        _link.status,
        _link.starts_at,
        _link.confirmed_at,
        mandates_in_force,
    )
    .join_from(CareLink, User, _user.id == _link.user_id)
    .outerjoin(
        RelatedPerson,
        (_relative.patient_id == _link.patient_id) & (_relative.id == _link.related_person_id),
    )
    .where(
        _link.patient_id == _patient_id,
        _link.kind != CareLinkKind.SELF,
        active_link(),
        or_(_link.kind == CareLinkKind.CARER, mandates_in_force.is_not(None)),
        _user.disabled_at.is_(None),
    )
    .order_by(_link.starts_at, _link.id)
    .limit(MOST_CARERS)
)
_CARER = _CARERS.where(_link.id == _link_id)
_GRANTS = (
    select(
        _grant.care_link_id,
        _grant.id,
        _grant.category,
        _grant.action,
        _grant.starts_at,
        _grant.ends_at,
    )
    .where(_grant.patient_id == _patient_id, in_force(_grant.starts_at, _grant.ends_at))
    .order_by(_grant.category, _grant.action, _grant.id)
    .limit(MOST_GRANTS)
)
_GRANTS_OF_CARER = _GRANTS.where(_grant.care_link_id == _link_id)
_REQUESTS = (
    select(
        _request.care_link_id,
        _request.id,
        _request.category,
        _request.action,
        _request.created_at,
    )
    .where(_request.patient_id == _patient_id, _request.answered_at.is_(None))
    .order_by(_request.created_at, _request.id)
    .limit(MOST_REQUESTS)
)
_REQUESTS_OF_CARER = _REQUESTS.where(_request.care_link_id == _link_id)


def carers(session: Session, *, patient_id: UUID, at: datetime) -> list[CarerRow]:
    """Whose link holds now, paused or not; the longest first."""
    found = session.execute(_CARERS, {"of_patient": patient_id, "now": at})
    return [CarerRow._make(row) for row in found]


def carer(session: Session, *, patient_id: UUID, link_id: UUID, at: datetime) -> CarerRow:
    """Raises `NotFoundError` for anybody who is no carer of this patient now."""
    values = {"of_patient": patient_id, "of_link": link_id, "now": at}
    row = session.execute(_CARER, values).first()
    if row is None:
        raise NotFoundError("carer")
    return CarerRow._make(row)


def grants(session: Session, *, patient_id: UUID, at: datetime) -> Mapping[UUID, list[GrantRow]]:
    """Link → its rights in force."""
    found: dict[UUID, list[GrantRow]] = defaultdict(list)
    for row in session.execute(_GRANTS, {"of_patient": patient_id, "now": at}):
        found[row[0]].append(GrantRow._make(row))
    return found


def grants_of_carer(
    session: Session, *, patient_id: UUID, link_id: UUID, at: datetime
) -> list[GrantRow]:
    values = {"of_patient": patient_id, "of_link": link_id, "now": at}
    return [GrantRow._make(row) for row in session.execute(_GRANTS_OF_CARER, values)]


def requests(session: Session, *, patient_id: UUID) -> Mapping[UUID, list[RequestRow]]:
    """Link → what its carer asks for, the oldest first."""
    found: dict[UUID, list[RequestRow]] = defaultdict(list)
    for row in session.execute(_REQUESTS, {"of_patient": patient_id}):
        found[row[0]].append(RequestRow._make(row))
    return found


def requests_of_carer(session: Session, *, patient_id: UUID, link_id: UUID) -> list[RequestRow]:
    values = {"of_patient": patient_id, "of_link": link_id}
    return [RequestRow._make(row) for row in session.execute(_REQUESTS_OF_CARER, values)]
