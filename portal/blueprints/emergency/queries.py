"""Whose file is sought, and the openings that the patient has not read about yet."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select, update
from sqlmodel import Session

from portal.access.facts import in_force
from portal.identity.person_names import are_same
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.directory import Gender, Practitioner
from portal.models.rights import Block, EmergencyAccess

MOST_OF_ONE_DAY = 1_000
"""People born on one day; with more of them nobody is sure whose file it is."""
SHOWN = 5

_patient = columns(Patient)
_block = columns(Block)
_access = columns(EmergencyAccess)
_user = columns(User)
_practitioner = columns(Practitioner)
_BORN = (
    select(
        _patient.id,
        _patient.given_name,
        _patient.family_name,
        _patient.is_deceased,
        exists()
        .where(
            _block.patient_id == _patient.id,
            _block.practitioner_id == bindparam("practitioner", type_=Uuid),
            in_force(_block.starts_at, _block.ends_at),
        )
        .label("is_blocked"),
    )
    .where(_patient.birth_date == bindparam("born"))
    .limit(MOST_OF_ONE_DAY)
)
_UNREAD = (
    select(
        _access.id,
        _access.reason,
        _access.starts_at,
        _user.given_name,
        _user.family_name,
        _practitioner.prefix,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
    )
    .join_from(EmergencyAccess, User, _user.id == _access.user_id)
    .outerjoin(Practitioner, _practitioner.id == _user.practitioner_id)
    .where(
        _access.patient_id == bindparam("of_patient", type_=Uuid),
        _access.acknowledged_at.is_(None),
    )
    .order_by(_access.starts_at.desc(), _access.id)
    .limit(SHOWN)
)
_ACKNOWLEDGE = (
    update(EmergencyAccess)
    .where(
        _access.patient_id == bindparam("of_patient", type_=Uuid),
        _access.id == bindparam("of_access", type_=Uuid),
    )
    .values(acknowledged_at=bindparam("read_at", type_=UtcDateTime))
    .returning(_access.id)
)


class Sought(NamedTuple):
    """Whom a professional stands before."""

    names: tuple[str, str]
    """Given and family name."""
    birth_date: str


class Opening(NamedTuple):
    """Who opened the file in an emergency, when and why."""

    id: UUID
    reason: str
    starts_at: datetime
    given_name: str
    family_name: str
    prefix: str | None
    gender: Gender | None
    profession: str | None
    profession_text: str | None

    @property
    def name(self) -> str:
        parts = (self.prefix, self.given_name, self.family_name)
        return " ".join(part for part in parts if part)


def patient_sought(
    session: Session, *, sought: Sought, practitioner_id: UUID, at: datetime
) -> UUID | None:
    """The one living person of that name and day; none when they keep this professional out."""
    values = {"born": sought.birth_date, "practitioner": practitioner_id, "now": at}
    rows = session.execute(_BORN, values).all()
    found = [row for row in rows if are_same((row.given_name, row.family_name), sought.names)]
    if len(found) != 1 or len(rows) == MOST_OF_ONE_DAY:
        return None
    (one,) = found
    patient_id: UUID = one.id
    return None if one.is_deceased or one.is_blocked else patient_id


def unread_openings(session: Session, *, patient_id: UUID) -> list[Opening]:
    """The newest first."""
    return [Opening._make(row) for row in session.execute(_UNREAD, {"of_patient": patient_id})]


def acknowledge(session: Session, *, patient_id: UUID, access_id: UUID, at: datetime) -> bool:
    """Whether there is such an opening of this patient's file."""
    values = {"of_patient": patient_id, "of_access": access_id, "read_at": at}
    return session.connection().execute(_ACKNOWLEDGE, values).first() is not None
