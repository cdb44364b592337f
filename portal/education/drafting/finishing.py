"""From a draft to a text that may be read by a reviewer, or all that it lacks."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import ValidationError

from portal.education.content import Text
from portal.education.drafting.text import DraftAsked, DraftText


class Lacking(StrEnum):
    EMPTY = "empty"
    """Nothing is written there yet."""
    EMPTY_EXPLANATION = "empty_explanation"
    """An answer of the question has no explanation."""
    TOO_FEW_ANSWERS = "too_few_answers"
    NO_RIGHT_ANSWER = "no_right_answer"
    """None, or several, are marked as the right one."""
    NOT_EASY_THROUGHOUT = "not_easy_throughout"
    """Some steps have an easy text, and this one has none."""
    NOT_AN_ADDRESS = "not_an_address"
    """Only `https` addresses of pages are taken."""
    NOT_A_YEAR = "not_a_year"
    TWICE = "twice"
    """The word is explained twice."""
    TOO_MANY = "too_many"


class Lack(NamedTuple):
    place: str
    """`step-2-body`: see `portal/education/places.py`."""
    code: Lacking


class UnfinishedError(Exception):
    """The draft cannot be sent to review as it stands."""

    def __init__(self, lacking: tuple[Lack, ...]) -> None:
        super().__init__(", ".join(lack.place for lack in lacking))
        self.lacking = lacking


def finished(draft: DraftText) -> Text:
    """Raises `UnfinishedError` with all that is lacking, in the order in which it is read."""
    lacking = tuple(dict.fromkeys(_lacking(draft)))
    if lacking:
        raise UnfinishedError(lacking)
    try:
        return Text.model_validate(_content(draft))
    except ValidationError as error:
        found = (_lack(one["loc"]) for one in error.errors(include_url=False))
        raise UnfinishedError(tuple(dict.fromkeys(found))) from None


def lacking_of(draft: DraftText) -> tuple[Lack, ...]:
    """What keeps it from being sent to review; nothing of a finished one."""
    try:
        finished(draft)
    except UnfinishedError as error:
        return error.lacking
    return ()


def _lacking(draft: DraftText) -> Iterator[Lack]:
    for name in ("title", "goal", "summary"):
        if not getattr(draft, name).strip():
            yield Lack(name, Lacking.EMPTY)
    yield from _steps(draft)
    for number, question in enumerate(draft.questions, start=1):
        yield from _asked(f"question-{number}", question)
        if not question.again.explanation.strip():
            yield Lack(f"question-{number}-again", Lacking.EMPTY)
        yield from _asked(f"question-{number}-again", question.again)
    yield from _sources(draft)
    yield from _terms(draft)
    for name, said in draft.images.items():
        if not said.strip():
            yield Lack(f"image-{name}", Lacking.EMPTY)


def _steps(draft: DraftText) -> Iterator[Lack]:
    if not draft.steps:
        yield Lack("step-1-body", Lacking.EMPTY)
    has_easy = any(step.easy_body.strip() for step in draft.steps)
    for number, step in enumerate(draft.steps, start=1):
        if not step.title.strip():
            yield Lack(f"step-{number}-title", Lacking.EMPTY)
        if not step.body.strip():
            yield Lack(f"step-{number}-body", Lacking.EMPTY)
        if has_easy and not step.easy_body.strip():
            yield Lack(f"step-{number}-easy", Lacking.NOT_EASY_THROUGHOUT)


def _asked(place: str, asked: DraftAsked) -> Iterator[Lack]:
    answers = [answer for answer in asked.answers if not answer.is_empty]
    if not asked.question.strip() or any(not answer.text.strip() for answer in answers):
        yield Lack(place, Lacking.EMPTY)
    if len(answers) < 2:
        yield Lack(place, Lacking.TOO_FEW_ANSWERS)
    elif sum(answer.is_right for answer in answers) != 1:
        yield Lack(place, Lacking.NO_RIGHT_ANSWER)
    if any(not answer.explanation.strip() for answer in answers):
        yield Lack(place, Lacking.EMPTY_EXPLANATION)


def _sources(draft: DraftText) -> Iterator[Lack]:
    for number, source in enumerate(draft.sources, start=1):
        if not (source.title.strip() and source.publisher.strip()):
            yield Lack(f"source-{number}", Lacking.EMPTY)
        if source.year.strip() and _year(source.year) is None:
            yield Lack(f"source-{number}", Lacking.NOT_A_YEAR)


def _terms(draft: DraftText) -> Iterator[Lack]:
    seen = set()
    for one in draft.terms:
        word = " ".join(one.term.split())
        if not (word and one.meaning.strip()):
            yield Lack(f"term-{word}", Lacking.EMPTY)
        elif word.casefold() in seen:
            yield Lack(f"term-{word}", Lacking.TWICE)
        seen.add(word.casefold())


def _year(typed: str) -> int | None:
    digits = typed.strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) == 4
    return int(digits) if is_number and 1950 <= int(digits) <= 2100 else None


def _content(draft: DraftText) -> dict[str, Any]:
    return {
        "title": draft.title,
        "goal": draft.goal,
        "summary": draft.summary,
        "steps": [step.model_dump(exclude={"id"}) for step in draft.steps],
        "questions": [
            _said(one) | {"again": _said(one.again) | {"explanation": one.again.explanation}}
            for one in draft.questions
        ],
        "sources": [
            {
                "title": one.title,
                "publisher": one.publisher,
                "url": one.url.strip(),
                "year": _year(one.year),
            }
            for one in draft.sources
        ],
        "glossary": {one.term: one.meaning for one in draft.terms},
        "images": dict(draft.images),
    }


def _said(asked: DraftAsked) -> dict[str, Any]:
    answers = [answer.model_dump() for answer in asked.answers if not answer.is_empty]
    return {"question": asked.question, "answers": answers}


_KINDS = {"steps": "step", "questions": "question", "sources": "source"}


def _lack(where: tuple[int | str, ...]) -> Lack:
    """Of what only the strict text refuses: too many parts, an address that is none."""
    kind = str(where[0]) if where else "title"
    if kind not in _KINDS or len(where) == 1:
        return Lack({"glossary": "terms", "images": "images"}.get(kind, kind), Lacking.TOO_MANY)
    place = f"{_KINDS[kind]}-{int(where[1]) + 1}"
    return Lack(place, Lacking.NOT_AN_ADDRESS if kind == "sources" else Lacking.EMPTY)
