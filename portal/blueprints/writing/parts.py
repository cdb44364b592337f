"""The parts of a draft as forms: which fields each has, and what a text is with them changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from portal.education.drafting import (
    MOST_ANSWERS,
    DraftAgain,
    DraftAnswer,
    DraftAsked,
    DraftQuestion,
    DraftSource,
    DraftStep,
    DraftTerm,
    DraftText,
)
from portal.errors import NotFoundError
from portal.web.forms import paragraphs

ABOUT, STEPS, QUESTIONS, SOURCES, TERMS = "about", "steps", "questions", "sources", "terms"
NEW = "new"
"""The row of a list that is written for the first time."""
Values = Mapping[str, str]


class FieldShape(NamedTuple):
    """A field of a form: its name, what it holds now, and how long it may be."""

    name: str
    value: str
    most: int


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the editor."""

    kind: str
    fields: Callable[[DraftText], list[FieldShape]]
    changed: Callable[[DraftText, Values], DraftText]


def part_of(kind: str, part_id: str = "") -> Part:
    """Raises `NotFoundError` for a kind that is not."""
    if kind == STEPS:
        return Part(kind, lambda draft: _step_fields(_step(draft, part_id)), _change_step(part_id))
    if kind == QUESTIONS:
        return Part(
            kind,
            lambda draft: _question_fields(_question(draft, part_id)),
            _change_question(part_id),
        )
    simple = {
        ABOUT: (_about_fields, _change_about),
        SOURCES: (_source_fields, _change_sources),
        TERMS: (_term_fields, _change_terms),
    }
    if kind not in simple:
        raise NotFoundError("part of a module")
    return Part(kind, *simple[kind])


def typed(form: Values, fields: Sequence[FieldShape]) -> dict[str, str]:
    """What was sent for these fields; what a form left out stays as it is."""
    return {one.name: paragraphs_kept(form.get(one.name, one.value)) for one in fields}


def paragraphs_kept(value: str) -> str:
    """Lines as the text holds them; spaces at the end stay while somebody is typing."""
    end = value[len(value.rstrip()) :].replace("\r\n", "\n")
    return paragraphs(value) + end if value.strip() else ""


def _about_fields(draft: DraftText) -> list[FieldShape]:
    return [
        FieldShape("title", draft.title, 80),
        FieldShape("goal", draft.goal, 200),
        FieldShape("summary", draft.summary, 300),
    ]


def _change_about(draft: DraftText, values: Values) -> DraftText:
    return draft.model_copy(
        update={name: values[name].strip() for name in ("title", "goal", "summary")}
    )


def _step(draft: DraftText, part_id: str) -> DraftStep:
    for step in draft.steps:
        if step.id == part_id:
            return step
    raise NotFoundError("step of a module")


def _question(draft: DraftText, part_id: str) -> DraftQuestion:
    for question in draft.questions:
        if question.id == part_id:
            return question
    raise NotFoundError("question of a module")


def _step_fields(step: DraftStep) -> list[FieldShape]:
    return [
        FieldShape("title", step.title, 80),
        FieldShape("body", step.body, 20_000),
        FieldShape("easy_body", step.easy_body, 10_000),
    ]


def _change_step(part_id: str) -> Callable[[DraftText, Values], DraftText]:
    def change(draft: DraftText, values: Values) -> DraftText:
        step = DraftStep(id=part_id, **values)
        return draft.model_copy(update={"steps": _with(draft.steps, step)})

    return change


def _with(parts: Sequence[Any], changed: Any) -> tuple[Any, ...]:
    """In its place; a state that had none yet gets it at its end."""
    if all(part.id != changed.id for part in parts):
        return (*parts, changed)
    return tuple(changed if part.id == changed.id else part for part in parts)


def _question_fields(question: DraftQuestion) -> list[FieldShape]:
    return [
        *_asked_fields("", question),
        FieldShape("again-explanation", question.again.explanation, 1000),
        *_asked_fields("again-", question.again),
    ]


def _asked_fields(prefix: str, asked: DraftAsked) -> list[FieldShape]:
    right = next((n for n, one in enumerate(asked.answers, 1) if one.is_right), "")
    found = [
        FieldShape(f"{prefix}question", asked.question, 300),
        FieldShape(f"{prefix}right", str(right), 2),
    ]
    for number in range(1, MOST_ANSWERS + 1):
        there = number <= len(asked.answers)
        answer = asked.answers[number - 1] if there else DraftAnswer()
        found.append(FieldShape(f"{prefix}answer-{number}", answer.text, 200))
        found.append(FieldShape(f"{prefix}because-{number}", answer.explanation, 1000))
    return found


def _change_question(part_id: str) -> Callable[[DraftText, Values], DraftText]:
    def change(draft: DraftText, values: Values) -> DraftText:
        question = DraftQuestion(
            id=part_id,
            **_asked("", values),
            again=DraftAgain(
                explanation=values["again-explanation"].strip(), **_asked("again-", values)
            ),
        )
        return draft.model_copy(update={"questions": _with(draft.questions, question)})

    return change


def _asked(prefix: str, values: Values) -> dict[str, Any]:
    answers = [
        DraftAnswer(
            text=values[f"{prefix}answer-{number}"].strip(),
            explanation=values[f"{prefix}because-{number}"].strip(),
            is_right=values[f"{prefix}right"] == str(number),
        )
        for number in range(1, MOST_ANSWERS + 1)
    ]
    # Those between stay, also empty: a translation says them one by one.
    while answers and answers[-1].is_empty and not answers[-1].is_right:
        answers.pop()
    return {"question": values[f"{prefix}question"].strip(), "answers": tuple(answers)}


_SOURCE = (("title", 200), ("publisher", 200), ("url", 500), ("year", 20))
_TERM = (("term", 80), ("meaning", 300))


def _source_fields(draft: DraftText) -> list[FieldShape]:
    return _rows((*draft.sources, DraftSource(id=NEW)), _SOURCE)


def _term_fields(draft: DraftText) -> list[FieldShape]:
    return _rows((*draft.terms, DraftTerm(id=NEW)), _TERM)


def _rows(parts: Sequence[Any], names: Sequence[tuple[str, int]]) -> list[FieldShape]:
    return [
        FieldShape(f"{part.id}-{name}", getattr(part, name), most)
        for part in parts
        for name, most in names
    ]


def _change_sources(draft: DraftText, values: Values) -> DraftText:
    changed = _changed_rows(draft.sources, values, _SOURCE, DraftSource)
    return draft.model_copy(update={"sources": changed})


def _change_terms(draft: DraftText, values: Values) -> DraftText:
    changed = _changed_rows(draft.terms, values, _TERM, DraftTerm)
    return draft.model_copy(update={"terms": changed})


def _changed_rows(
    parts: Sequence[Any], values: Values, names: Sequence[tuple[str, int]], kind: type[Any]
) -> tuple[Any, ...]:
    """Each row as it was typed; an emptied one is gone, a filled new one has come."""
    rows = []
    for part_id in (*(part.id for part in parts), NEW):
        said = {name: values.get(f"{part_id}-{name}", "").strip() for name, _most in names}
        if any(said.values()):
            rows.append(kind(**said) if part_id == NEW else kind(id=part_id, **said))
    return tuple(rows)
