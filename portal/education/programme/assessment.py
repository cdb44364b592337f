"""The shared assessment (bilan éducatif partagé): patient, carer and team write one text.

It has five questions. A change is a new state; none is ever changed or removed.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.education.programme.papers import (
    Texts,
    cell_of,
    only,
    open_texts,
    seal_texts,
    under_way,
)
from portal.errors import ChangedMeanwhileError
from portal.models import columns
from portal.models.account import User
from portal.models.programme import ProgrammeAssessment

QUESTIONS = ("daily", "knows", "hard", "helps", "wishes")
"""What I live with day by day; what I know and wonder about; what is hard; what helps me and on
whom I rely; what I would like to be able to do."""
SHOWN = 20
"""Of the states before; the newest first."""
_TABLE = str(ProgrammeAssessment.__tablename__)
_a, _user = columns(ProgrammeAssessment), columns(User)
_STATES = (
    select(
        _a.number,
        _a.content_sealed,
        _a.written_by,
        _user.given_name,
        _user.family_name,
        _a.capacity,
        _a.written_at,
    )
    .join_from(ProgrammeAssessment, User, _user.id == _a.written_by)
    .where(
        _a.patient_id == bindparam("of_patient", type_=Uuid),
        _a.programme_id == bindparam("of_programme", type_=Uuid),
    )
    .order_by(_a.number.desc())
    .limit(bindparam("most", type_=Integer))
)


class State(NamedTuple):
    """The assessment as somebody left it, counted from 1."""

    number: int
    texts: dict[str, str]
    author_id: UUID
    author: str
    capacity: str
    """As what they wrote: `self`, or one of `Capacity`."""
    at: datetime

    @property
    def is_empty(self) -> bool:
        return not any(self.texts.values())


def states(
    session: Session, *, patient_id: UUID, programme_id: UUID, keys: KeyRing, most: int = SHOWN
) -> list[State]:
    """The newest first; it is what the assessment says now."""
    values = {"of_patient": patient_id, "of_programme": programme_id, "most": most}
    return [
        State(
            row.number,
            open_texts(keys, row.content_sealed, cell_of(_TABLE, programme_id, row.number)),
            row.written_by,
            f"{row.given_name} {row.family_name}".strip(),
            row.capacity,
            row.written_at,
        )
        for row in session.execute(_STATES, values)
    ]


def write(
    session: Session,
    texts: Texts,
    *,
    patient_id: UUID,
    programme_id: UUID,
    base: int,
    by: Author,
    at: datetime,
    keys: KeyRing,
) -> bool:
    """Add a state after number `base`, 0 for the first; false when it says the same as before.

    Raises `ChangedMeanwhileError` when somebody wrote since, `NotUnderWayError` and
    `NotFoundError`.
    """
    wanted = only(QUESTIONS, texts)
    under_way(session, patient_id=patient_id, programme_id=programme_id)
    newest = next(
        iter(states(session, patient_id=patient_id, programme_id=programme_id, keys=keys, most=1)),
        None,
    )
    if newest is not None and newest.texts == wanted:
        return False  # also the second tap of one form
    if base != (newest.number if newest is not None else 0):
        raise ChangedMeanwhileError
    number = base + 1
    session.add(
        ProgrammeAssessment(
            patient_id=patient_id,
            programme_id=programme_id,
            number=number,
            content_sealed=seal_texts(keys, wanted, cell_of(_TABLE, programme_id, number)),
            written_by=by.user_id,
            capacity=by.capacity,
            written_at=at,
        )
    )
    session.flush()
    return True
