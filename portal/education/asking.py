"""The questions at the end of a module. Nothing of what somebody answers is kept."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, and_, bindparam, func, select
from sqlmodel import Session

from portal.education.content import Answer
from portal.models import columns
from portal.models.education import ModuleAnswer, ModuleQuestion

_q, _a = columns(ModuleQuestion), columns(ModuleAnswer)
_version = bindparam("of_version", type_=Uuid)
_count = (
    select(func.count())
    .select_from(ModuleQuestion)
    .where(_q.version_id == _version, _q.round == 0)
    .scalar_subquery()
)
_ASKED = (
    select(_q.question, _q.explanation, _count, _a.position, _a.text, _a.is_right, _a.explanation)
    .join_from(
        ModuleQuestion,
        ModuleAnswer,
        and_(_a.version_id == _q.version_id, _a.number == _q.number, _a.round == _q.round),
    )
    .where(
        _q.version_id == _version,
        _q.number == bindparam("of_number", type_=Integer),
        _q.round == bindparam("of_round", type_=Integer),
    )
    .order_by(_a.position)
)


class Asked(NamedTuple):
    """One question with its answers."""

    question: str
    explanation: str
    """The matter in other words, read before it is asked again; empty the first time."""
    total: int
    """How many questions the module asks."""
    answers: dict[int, Answer]
    """By their position, from 1."""

    @property
    def right(self) -> Answer:
        return next(answer for answer in self.answers.values() if answer.is_right)


def asked(session: Session, version_id: UUID, *, number: int, is_again: bool) -> Asked | None:
    """The question of that number, as it is asked first or again; none when there is none."""
    values = {"of_version": version_id, "of_number": number, "of_round": int(is_again)}
    rows = session.execute(_ASKED, values).all()
    if not rows:
        return None
    answers = {
        position: Answer(text=text, is_right=is_right, explanation=explanation)
        for _question, _before, _count, position, text, is_right, explanation in rows
    }
    return Asked(rows[0][0], rows[0][1], rows[0][2], answers)
