"""Illustrated texts of versions, each part in its order, by one statement."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Integer,
    String,
    Uuid,
    bindparam,
    false,
    literal,
    null,
    select,
    union_all,
)
from sqlmodel import Session

from portal.education.apparatus import Picture
from portal.education.content import Again, Answer, Question, Source, Step, Text
from portal.models import columns
from portal.models.education import (
    ModuleAnswer,
    ModuleImage,
    ModuleImageContent,
    ModuleQuestion,
    ModuleSource,
    ModuleStep,
    ModuleTerm,
    ModuleVersion,
)

_v, _s, _q = columns(ModuleVersion), columns(ModuleStep), columns(ModuleQuestion)
_a, _source, _term = columns(ModuleAnswer), columns(ModuleSource), columns(ModuleTerm)
_image, _content = columns(ModuleImage), columns(ModuleImageContent)
_versions = bindparam("of_versions", type_=Uuid, expanding=True)
_NO_NUMBER = null().cast(Integer)


def _part(kind: str, version: Any, *texts: Any, numbers: Any = (), is_right: Any = None) -> Any:
    """Kind and version, three numbers that order it, three texts, two more numbers, a truth."""
    order = [*numbers[:3], *[literal(0, Integer)] * (3 - len(numbers[:3]))]
    said = [*texts, *[literal("", String)] * (3 - len(texts))]
    more = [*numbers[3:], *[_NO_NUMBER] * (2 - len(numbers[3:]))]
    truth = false() if is_right is None else is_right
    columns_of = [literal(kind, String), version, *order, *said, *more, truth.cast(Boolean)]
    labels = ("kind", "version", "one", "two", "three", "a", "b", "c", "x", "y", "is_right")
    named = [column.label(name) for column, name in zip(columns_of, labels, strict=True)]
    return select(*named).where(version.in_(_versions))


_zero = literal(0, Integer)
_PARTS = union_all(
    _part("version", _v.id, _v.title, _v.goal, _v.summary),
    _part("step", _s.version_id, _s.title, _s.body, _s.easy_body, numbers=(_s.number,)),
    _part(
        "question", _q.version_id, _q.question, _q.explanation, numbers=(_q.number, _q.round, _zero)
    ),
    _part(
        "answer",
        _a.version_id,
        _a.text,
        _a.explanation,
        numbers=(_a.number, _a.round, _a.position),
        is_right=_a.is_right,
    ),
    _part(
        "source",
        _source.version_id,
        _source.title,
        _source.publisher,
        _source.url,
        numbers=(_source.number, _zero, _zero, _source.year),
    ),
    _part("term", _term.version_id, _term.term, _term.meaning),
    _part(
        "image",
        _image.version_id,
        _image.name,
        _image.alternative_text,
        _image.digest,
        numbers=(_zero, _zero, _zero, _content.width, _content.height),
    ).join(ModuleImageContent, _content.digest == _image.digest),
).order_by("version", "kind", "one", "two", "three", "a")


class Illustrated(NamedTuple):
    """All that a version says and shows."""

    text: Text
    pictures: dict[str, Picture]


def texts_of(session: Session, version_ids: Iterable[UUID]) -> dict[UUID, Illustrated]:
    """What these versions say; of those that hold a text."""
    parts: dict[UUID, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(_PARTS, {"of_versions": list(version_ids)}):
        parts[row.version][row.kind].append(row)
    return {version_id: _illustrated(found) for version_id, found in parts.items() if found["step"]}


def _illustrated(parts: dict[str, list[Any]]) -> Illustrated:
    (version,) = parts["version"]
    text = Text(
        title=version.a,
        goal=version.b,
        summary=version.c,
        steps=tuple(Step(title=row.a, body=row.b, easy_body=row.c) for row in parts["step"]),
        questions=_questions(parts),
        sources=tuple(
            Source(title=row.a, publisher=row.b, url=row.c, year=row.x) for row in parts["source"]
        ),
        glossary={row.a: row.b for row in parts["term"]},
        images={row.a: row.b for row in parts["image"]},
    )
    pictures = {row.a: Picture(row.a, row.b, row.c, row.x, row.y) for row in parts["image"]}
    return Illustrated(text, pictures)


def _questions(parts: dict[str, list[Any]]) -> tuple[Question, ...]:
    """Each with its second round, of which it has one or is not asked."""
    answers: defaultdict[tuple[int, int], list[Answer]] = defaultdict(list)
    for row in parts["answer"]:
        answer = Answer(text=row.a, is_right=row.is_right, explanation=row.b)
        answers[row.one, row.two].append(answer)
    rows = {(row.one, row.two): row for row in parts["question"]}
    return tuple(
        Question(
            question=row.a,
            answers=tuple(answers[number, 0]),
            again=Again(
                explanation=rows[number, 1].b,
                question=rows[number, 1].a,
                answers=tuple(answers[number, 1]),
            ),
        )
        for (number, turn), row in rows.items()
        if turn == 0
    )
