"""A text of a module as rows, and rows as a text: nothing is lost between them."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, SQLModel

from portal.education.content import Question, Step, Text
from portal.education.texts import texts_of
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
PARTS: tuple[type[SQLModel], ...] = (
    ModuleAnswer,
    ModuleQuestion,
    ModuleStep,
    ModuleSource,
    ModuleTerm,
    ModuleImage,
)


def store(
    session: Session, version: ModuleVersion, text: Text, *, digests: dict[str, str] | None = None
) -> None:
    """Put the text into a version that is not published, in place of what it held; flushes.

    `digests` are those of `ModuleImageContent`, by the names of the images of the text.
    """
    for part in PARTS:
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
    return texts_of(session, [version.id])[version.id].text
