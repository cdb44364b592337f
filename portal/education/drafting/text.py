"""A module while it is being written: everything of `content.Text`, and nothing of it required.

Steps, questions and sources carry an id of their own, so that two people's changes meet in the
same step, wherever it was moved to.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import uuid4

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from portal.education.content import Asked, ImageName, Text, visible

MOST_STEPS, MOST_QUESTIONS, MOST_SOURCES, MOST_TERMS = 12, 10, 30, 40
MOST_ANSWERS = 5
_MOST_PARTS = 400
"""Of a list while it is written: what two people added meets here, and is sorted out by them."""


def new_part_id() -> str:
    return uuid4().hex[:8]


def _kept(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


_Said = BeforeValidator(_kept)
PartId = Annotated[str, Field(pattern=r"^[a-z0-9]{1,12}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DraftAnswer(_Part):
    text: Annotated[str, _Said, Field(max_length=200)] = ""
    is_right: bool = False
    explanation: Annotated[str, _Said, Field(max_length=1000)] = ""

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.explanation.strip())


class DraftAsked(_Part):
    question: Annotated[str, _Said, Field(max_length=300)] = ""
    answers: Annotated[tuple[DraftAnswer, ...], Field(max_length=MOST_ANSWERS)] = ()


class DraftAgain(DraftAsked):
    explanation: Annotated[str, _Said, Field(max_length=1000)] = ""


class DraftQuestion(DraftAsked):
    id: PartId = Field(default_factory=new_part_id)
    again: DraftAgain = DraftAgain()


class DraftStep(_Part):
    id: PartId = Field(default_factory=new_part_id)
    title: Annotated[str, _Said, Field(max_length=80)] = ""
    body: Annotated[str, _Said, Field(max_length=20_000)] = ""
    easy_body: Annotated[str, _Said, Field(max_length=10_000)] = ""


class DraftSource(_Part):
    id: PartId = Field(default_factory=new_part_id)
    title: Annotated[str, _Said, Field(max_length=200)] = ""
    publisher: Annotated[str, _Said, Field(max_length=200)] = ""
    url: Annotated[str, _Said, Field(max_length=500)] = ""
    year: Annotated[str, _Said, Field(max_length=20)] = ""
    """As it was typed: a year, once the draft is finished."""


class DraftTerm(_Part):
    id: PartId = Field(default_factory=new_part_id)
    term: Annotated[str, _Said, Field(max_length=80)] = ""
    meaning: Annotated[str, _Said, Field(max_length=300)] = ""


class DraftText(_Part):
    """A module in one language, however unfinished."""

    title: Annotated[str, _Said, Field(max_length=80)] = ""
    goal: Annotated[str, _Said, Field(max_length=200)] = ""
    summary: Annotated[str, _Said, Field(max_length=300)] = ""
    steps: Annotated[tuple[DraftStep, ...], Field(max_length=_MOST_PARTS)] = ()
    questions: Annotated[tuple[DraftQuestion, ...], Field(max_length=_MOST_PARTS)] = ()
    sources: Annotated[tuple[DraftSource, ...], Field(max_length=_MOST_PARTS)] = ()
    terms: Annotated[tuple[DraftTerm, ...], Field(max_length=_MOST_PARTS)] = ()
    images: dict[ImageName, Annotated[str, _Said, Field(max_length=500)]] = {}
    """The words for a picture, by its name."""

    @property
    def glossary(self) -> Mapping[str, str]:
        """What a text may explain already."""
        return {one.term.strip(): one.meaning for one in self.terms if one.term.strip()}


def draft_text(text: Text) -> DraftText:
    """A finished text as one to go on with; the ids are the same each time."""
    return DraftText(
        title=text.title,
        goal=text.goal,
        summary=text.summary,
        steps=tuple(
            DraftStep(id=f"s{number}", **step.model_dump())
            for number, step in enumerate(text.steps, start=1)
        ),
        questions=tuple(
            DraftQuestion(
                id=f"q{number}",
                **_asked(question),
                again=DraftAgain(explanation=question.again.explanation, **_asked(question.again)),
            )
            for number, question in enumerate(text.questions, start=1)
        ),
        sources=tuple(
            DraftSource(
                id=f"r{number}",
                title=source.title,
                publisher=source.publisher,
                url=source.url,
                year=str(source.year or ""),
            )
            for number, source in enumerate(text.sources, start=1)
        ),
        terms=tuple(
            DraftTerm(id=f"t{number}", term=term, meaning=meaning)
            for number, (term, meaning) in enumerate(text.glossary.items(), start=1)
        ),
        images=dict(text.images),
    )


def _asked(asked: Asked) -> dict[str, Any]:
    answers = tuple(DraftAnswer(**answer.model_dump()) for answer in asked.answers)
    return {"question": asked.question, "answers": answers}
