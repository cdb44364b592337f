"""Keeping a professional of the équipe de soins out, and letting them in again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, update
from sqlmodel import Session

from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.rights import Block

_block = columns(Block)
_END = (
    update(Block)
    .where(
        _block.patient_id == bindparam("of_patient", type_=Uuid),
        _block.practitioner_id == bindparam("of_practitioner", type_=Uuid),
        or_(_block.ends_at.is_(None), _block.ends_at > bindparam("at", type_=UtcDateTime)),
    )
    .values(ends_at=bindparam("at", type_=UtcDateTime))
)


def begin(
    session: Session, *, patient_id: UUID, practitioner_id: UUID, created_by: UUID, at: datetime
) -> None:
    session.add(
        Block(
            patient_id=patient_id,
            practitioner_id=practitioner_id,
            starts_at=at,
            created_by=created_by,
        )
    )
    session.flush()


def end(session: Session, *, patient_id: UUID, practitioner_id: UUID, at: datetime) -> None:
    values = {"of_patient": patient_id, "of_practitioner": practitioner_id, "at": at}
    session.connection().execute(_END, values)
