"""The needs of one patient: those that ended, one with its history, what can be chosen from."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, and_, bindparam, select
from sqlmodel import Session

from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.care import Patient
from portal.models.directory import Gender, Practitioner
from portal.models.need import Need, NeedChange, NeedType
from portal.models.rights import CareLink, CareLinkKind
from portal.teams.facts import has_owner, open_need

MOST_ENDED = 50
MOST_CHANGES = 30
MOST_TYPES = 100

_need = columns(Need)
_change = columns(NeedChange)
_type = columns(NeedType)
_user = columns(User)
_link = columns(CareLink)
_practitioner = columns(Practitioner)
_patient = columns(Patient)
_of_patient = bindparam("of_patient", type_=Uuid)
_ENDED = (
    select(
        _need.id,
        _need.code,
        _type.label.label("type_label"),
        _need.detail,
        _need.ended_at,
        _need.end_reason,
    )
    .select_from(Need)
    .outerjoin(NeedType, _type.id == _need.need_type_id)
    .where(_need.patient_id == _of_patient, _need.ended_at.is_not(None))
    .order_by(_need.ended_at.desc(), _need.id.desc())
    .limit(MOST_ENDED)
)
_ONE = (
    select(
        _need.id,
        _need.code,
        _type.label.label("type_label"),
        _need.detail,
        _need.owner_id,
        _need.deputy_id,
        _need.contact_text,
        _need.frequency,
        _need.review_on,
        _need.version,
        has_owner().label("has_owner"),
        _need.ended_at,
        _need.end_reason,
    )
    .select_from(Need)
    .outerjoin(NeedType, _type.id == _need.need_type_id)
    .where(_need.patient_id == _of_patient, _need.id == bindparam("of_need", type_=Uuid))
)
_ONE_WITH_CHANGES = (
    _ONE.add_columns(
        _change.version.label("change_version"),
        _change.at,
        _change.actor_id,
        _change.capacity,
        _change.owner_name,
        _change.deputy_name,
        _change.detail.label("change_detail"),
        _change.contact_text.label("change_contact_text"),
        _change.frequency.label("change_frequency"),
        _change.review_on.label("change_review_on"),
        _change.is_ended,
        _change.end_reason.label("change_end_reason"),
        _user.given_name,
        _user.family_name,
        _practitioner.prefix,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
        _link.relationship,
        _link.relationship_text,
    )
    .outerjoin(
        NeedChange,
        and_(
            _change.patient_id == _need.patient_id,
            _change.need_id == _need.id,
            _change.version < bindparam("before", type_=Integer),
        ),
    )
    .outerjoin(User, _user.id == _change.actor_id)
    .outerjoin(Practitioner, _practitioner.id == _user.practitioner_id)
    .outerjoin(
        CareLink,
        and_(
            _link.patient_id == _need.patient_id,
            _link.user_id == _user.id,
            _link.kind != CareLinkKind.SELF,
        ),
    )
    .order_by(_change.version.desc())
    .limit(bindparam("limit", type_=Integer))
)
_TYPES = (
    select(_type.id, _type.label)
    .join_from(NeedType, Patient, _patient.organization_id == _type.organization_id)
    .where(_patient.id == _of_patient, _type.retired_at.is_(None))
    .order_by(_type.label, _type.id)
    .limit(MOST_TYPES)
)
_OPEN_IDS = select(_need.id).where(_need.patient_id == _of_patient, open_need())
_ANY_VERSION = 2**31 - 1


class EndedRow(NamedTuple):
    id: UUID
    code: str
    type_label: str | None
    detail: str
    ended_at: datetime
    end_reason: str


class OneNeed(NamedTuple):
    """As `NeedRow`, also once it ended."""

    id: UUID
    code: str
    type_label: str | None
    detail: str
    owner_id: UUID | None
    deputy_id: UUID | None
    contact_text: str
    frequency: str
    review_on: date | None
    version: int
    has_owner: bool
    ended_at: datetime | None
    end_reason: str


class ChangeRow(NamedTuple):
    """How it stood after one act, and who acted."""

    version: int
    at: datetime
    actor_id: UUID | None
    capacity: str
    owner_name: str
    deputy_name: str
    detail: str
    contact_text: str
    frequency: str
    review_on: date | None
    is_ended: bool
    end_reason: str
    given_name: str | None
    family_name: str | None
    prefix: str | None
    gender: Gender | None
    profession: str | None
    profession_text: str | None
    relationship: str | None
    relationship_text: str | None


class TypeRow(NamedTuple):
    id: UUID
    label: str


def ended_needs(session: Session, *, patient_id: UUID) -> list[EndedRow]:
    """The latest first."""
    rows = session.execute(_ENDED, {"of_patient": patient_id})
    return [EndedRow._make(row) for row in rows]


def need_with_changes(
    session: Session,
    *,
    patient_id: UUID,
    need_id: UUID,
    at: datetime,
    before: int | None = None,
    limit: int = MOST_CHANGES,
) -> tuple[OneNeed, list[ChangeRow]]:
    """With its acts, the newest first, below the version `before`: one more than `limit`, if any.

    The last one says only how it was before the others.

    Raises `NotFoundError` for that of another patient.
    """
    values = {
        "of_patient": patient_id,
        "of_need": need_id,
        "now": at,
        "before": before or _ANY_VERSION,
        "limit": limit + 1,
    }
    rows = session.execute(_ONE_WITH_CHANGES, values).all()
    if not rows:
        raise NotFoundError("need")
    split = len(OneNeed._fields)
    changes = [ChangeRow._make(row[split:]) for row in rows if row.change_version is not None]
    return OneNeed._make(rows[0][:split]), changes


def own_types(session: Session, *, patient_id: UUID) -> list[TypeRow]:
    """What the patient's organization added to the catalogue and still offers."""
    return [TypeRow._make(row) for row in session.execute(_TYPES, {"of_patient": patient_id})]


def open_ids(session: Session, *, patient_id: UUID, limit: int) -> list[UUID]:
    values = {"of_patient": patient_id}
    return list(session.execute(_OPEN_IDS.limit(limit), values).scalars())
