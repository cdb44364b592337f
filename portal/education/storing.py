"""A text of a module as rows, and rows as a text: nothing is lost between them."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.types import Uuid
from sqlmodel import Session, SQLModel

from portal.education.content import Again, Answer, Question, Source, Step, Text
from portal.models import columns
from portal.models.education import (
    ModuleAnswer,
    ModuleImage,
    ModuleQuestion,
    ModuleSource,
    ModuleStep,
    ModuleTerm,
    ModuleVersion,
)

WORDS_PER_MINUTE = 110
"""Slower than the some 200 of a practised reader: people who are old or tired read these."""
# Answers refer to questions: they go first and come last.
_PARTS: tuple[type[SQLModel], ...] = (
    ModuleAnswer,
    ModuleQuestion,
    ModuleStep,
    ModuleSource,
    ModuleTerm,
    ModuleImage,
)
_version = bindparam("of_version", type_=Uuid)
_s, _q, _a = columns(ModuleStep), columns(ModuleQuestion), columns(ModuleAnswer)
_source, _term, _image = columns(ModuleSource), columns(ModuleTerm), columns(ModuleImage)
_STEPS = (
    select(_s.title, _s.body, _s.easy_body).where(_s.version_id == _version).order_by(_s.number)
)
_QUESTIONS = (
    select(_q.number, _q.round, _q.question, _q.explanation)
    .where(_q.version_id == _version)
    .order_by(_q.number, _q.round)
)
_ANSWERS = (
    select(_a.number, _a.round, _a.text, _a.is_right, _a.explanation)
    .where(_a.version_id == _version)
    .order_by(_a.number, _a.round, _a.position)
)
_SOURCES = (
    select(_source.title, _source.publisher, _source.url, _source.year)
    .where(_source.version_id == _version)
    .order_by(_source.number)
)
_TERMS = select(_term.term, _term.meaning).where(_term.version_id == _version).order_by(_term.term)
_IMAGES = (
    select(_image.name, _image.alternative_text)
    .where(_image.version_id == _version)
    .order_by(_image.name)
)


def store(
    session: Session, version: ModuleVersion, text: Text, *, digests: dict[str, str] | None = None
) -> None:
    """Put the text into a version that is not published, in place of what it held; flushes.

    `digests` are those of `ModuleImageContent`, by the names of the images of the text.
    """
    for part in _PARTS:
        session.execute(delete(part).where(columns(part).version_id == version.id))
    version.title, version.goal, version.summary = text.title, text.goal, text.summary
    version.has_easy_reading = text.has_easy_reading
    version.step_count, version.minutes = len(text.steps), sum(map(minutes_of, text.steps))
    version.revision += 1
    session.add(version)
    session.flush()
    _add_reading(session, version.id, text, digests or {})
    for number, question in enumerate(text.questions, start=1):
        _add_question(session, version.id, number, question)
    session.flush()


def minutes_of(step: Step) -> int:
    """Of unhurried reading, at least one."""
    return max(1, round(len(step.body.split()) / WORDS_PER_MINUTE))


def _add_reading(session: Session, version_id: UUID, text: Text, digests: dict[str, str]) -> None:
    for number, step in enumerate(text.steps, start=1):
        minutes = minutes_of(step)
        session.add(
            ModuleStep(version_id=version_id, number=number, minutes=minutes, **step.model_dump())
        )
    for number, source in enumerate(text.sources, start=1):
        session.add(ModuleSource(version_id=version_id, number=number, **source.model_dump()))
    for term, meaning in text.glossary.items():
        session.add(ModuleTerm(version_id=version_id, term=term, meaning=meaning))
    for name, said in text.images.items():
        session.add(
            ModuleImage(
                version_id=version_id, name=name, alternative_text=said, digest=digests[name]
            )
        )


def _add_question(session: Session, version_id: UUID, number: int, question: Question) -> None:
    asked = ((0, question, ""), (1, question.again, question.again.explanation))
    for turn, one, explanation in asked:
        key: dict[str, Any] = {"version_id": version_id, "number": number, "round": turn}
        session.add(ModuleQuestion(**key, question=one.question, explanation=explanation))
        session.flush()
        for position, answer in enumerate(one.answers, start=1):
            session.add(ModuleAnswer(**key, position=position, **answer.model_dump()))


def text_of(session: Session, version: ModuleVersion) -> Text:
    """What a version says, whole."""
    values = {"of_version": version.id}
    return Text(
        title=version.title,
        goal=version.goal,
        summary=version.summary,
        steps=tuple(Step(**row._mapping) for row in session.execute(_STEPS, values)),
        questions=_questions(session, version.id),
        sources=tuple(Source(**row._mapping) for row in session.execute(_SOURCES, values)),
        glossary={row.term: row.meaning for row in session.execute(_TERMS, values)},
        images={row.name: row.alternative_text for row in session.execute(_IMAGES, values)},
    )


def _questions(session: Session, version_id: UUID) -> tuple[Question, ...]:
    values = {"of_version": version_id}
    answers: defaultdict[tuple[int, int], list[Answer]] = defaultdict(list)
    for row in session.execute(_ANSWERS, values):
        answers[row.number, row.round].append(
            Answer(text=row.text, is_right=row.is_right, explanation=row.explanation)
        )
    rows = {(row.number, row.round): row for row in session.execute(_QUESTIONS, values)}
    found = []
    for (number, turn), row in rows.items():
        if turn == 0:
            other = rows[number, 1]
            again = Again(
                explanation=other.explanation,
                question=other.question,
                answers=tuple(answers[number, 1]),
            )
            asked = tuple(answers[number, 0])
            found.append(Question(question=row.question, answers=asked, again=again))
    return tuple(found)
