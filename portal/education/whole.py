"""A version from its first step to its last question, for paper and without network."""

from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    Integer,
    String,
    Uuid,
    and_,
    bindparam,
    false,
    func,
    literal,
    select,
    union_all,
)
from sqlmodel import Session

from portal.models import columns
from portal.models.education import ModuleAnswer, ModuleQuestion, ModuleStep

_s, _q, _a = columns(ModuleStep), columns(ModuleQuestion), columns(ModuleAnswer)
_version = bindparam("of_version", type_=Uuid)
# One statement for what two tables hold: kind, number, place, three texts, a number, a flag.
_WHOLE = union_all(
    select(
        literal("step", String).label("kind"),
        _s.number.label("number"),
        literal(0, Integer).label("place"),
        _s.title.label("first"),
        _s.body.label("second"),
        _s.easy_body.label("third"),
        _s.minutes.label("minutes"),
        false().label("flag"),
    ).where(_s.version_id == _version),
    select(
        literal("question", String),
        _a.number,
        _a.position,
        _q.question,
        _a.text,
        _a.explanation,
        literal(0, Integer),
        _a.is_right,
    )
    .join_from(
        ModuleQuestion,
        ModuleAnswer,
        and_(_a.version_id == _q.version_id, _a.number == _q.number, _a.round == _q.round),
    )
    .where(_q.version_id == _version, _q.round == 0),
    select(
        literal("again", String),
        _a.number,
        func.count(),
        literal("", String),
        literal("", String),
        literal("", String),
        literal(0, Integer),
        false(),
    )
    .where(_a.version_id == _version, _a.round == 1)
    .group_by(_a.number),
).order_by("kind", "number", "place")


class StepText(NamedTuple):
    number: int
    title: str
    body: str
    easy_body: str
    minutes: int


class AnswerText(NamedTuple):
    text: str
    explanation: str
    is_right: bool


class QuestionText(NamedTuple):
    number: int
    question: str
    answers: list[AnswerText]
    answers_again: int
    """How many answers it has when it is asked again, in other words."""


class Whole(NamedTuple):
    steps: list[StepText]
    questions: list[QuestionText]
    """As they are asked first."""


def whole_of(session: Session, version_id: UUID) -> Whole:
    """All steps and questions of a version, in one statement."""
    found = Whole([], [])
    rows = session.execute(_WHOLE, {"of_version": version_id}).all()
    for row in rows:
        if row.kind == "step":
            found.steps.append(StepText(row.number, row.first, row.second, row.third, row.minutes))
    again = {row.number: row.place for row in rows if row.kind == "again"}
    asked = (row for row in rows if row.kind == "question")
    for (number, question), answers in groupby(asked, key=lambda row: (row.number, row.first)):
        said = [AnswerText(row.second, row.third, bool(row.flag)) for row in answers]
        found.questions.append(QuestionText(number, question, said, again.get(number, 0)))
    return found
