"""Two people's changes of one draft: what only one changed is taken, the rest is a conflict.

A text is seen as fields by name (`steps.s1.body`) and the order of each list. Whoever changed a
part that another removed keeps it: nothing that was typed goes by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.education.drafting.text import DraftText

_LISTS = ("steps", "questions", "sources", "terms")
_LINES = ("title", "goal", "summary")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both changed, each in their way."""

    field: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    text: DraftText
    """With their words where both changed a field."""
    conflicts: tuple[Conflict, ...]


def merge(base: DraftText, *, mine: DraftText, theirs: DraftText) -> Merged:
    """What comes of two texts that were both made of `base`."""
    if mine in (base, theirs):
        return Merged(theirs, ())
    if theirs == base:
        return Merged(mine, ())
    was = fields_of(base)
    ours, others = _with_kept_parts(was, fields_of(mine), fields_of(theirs))
    found: dict[str, Any] = {}
    conflicts = []
    for name in dict.fromkeys([*others, *ours, *was]):
        came, there, before = ours.get(name), others.get(name), was.get(name)
        if came in (before, there):
            found[name] = there
        elif there == before:
            found[name] = came
        elif there is None or came is None:
            found[name] = there if came is None else came
        else:
            found[name] = there
            conflicts.append(Conflict(name, before, came, there))
    orders = {
        name: _order(_ids(base, name), _ids(mine, name), _ids(theirs, name)) for name in _LISTS
    }
    return Merged(_text(found, orders), tuple(conflicts))


def fields_of(text: DraftText) -> dict[str, Any]:
    """Each field by its name; what a question asks and answers is one field of each round."""
    found: dict[str, Any] = {name: getattr(text, name) for name in _LINES}
    for step in text.steps:
        for name in ("title", "body", "easy_body"):
            found[f"steps.{step.id}.{name}"] = getattr(step, name)
    for question in text.questions:
        asked = question.model_dump(include={"question", "answers"})
        found[f"questions.{question.id}.asked"] = asked
        found[f"questions.{question.id}.again"] = question.again.model_dump()
    for source in text.sources:
        found[f"sources.{source.id}.source"] = source.model_dump(exclude={"id"})
    for term in text.terms:
        found[f"terms.{term.id}.term"] = term.model_dump(exclude={"id"})
    for name, said in text.images.items():
        found[f"images.{name}"] = said
    return found


def with_field(text: DraftText, name: str, value: Any) -> DraftText:
    """The text with one field as it is chosen after a conflict; a part that went comes back."""
    fields = fields_of(text) | {name: value}
    orders = {kind: list(_ids(text, kind)) for kind in _LISTS}
    kind, _dot, rest = name.partition(".")
    part_id = rest.partition(".")[0]
    if kind in orders and part_id not in orders[kind]:
        orders[kind].append(part_id)
    return _text(fields, orders)


def _with_kept_parts(
    was: Mapping[str, Any], ours: dict[str, Any], others: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Whoever removed a part that the other changed did not know of the change: it stays."""
    return _kept(was, ours, others), _kept(was, others, ours)


def _kept(
    was: Mapping[str, Any], removing: dict[str, Any], changing: Mapping[str, Any]
) -> dict[str, Any]:
    gone = {name for name in was if name not in removing and name in changing}
    changed = {_part_of(name) for name in gone if changing[name] != was[name]}
    return removing | {name: was[name] for name in gone if _part_of(name) in changed}


def _part_of(field: str) -> str:
    return ".".join(field.split(".")[:2])


def _ids(text: DraftText, kind: str) -> tuple[str, ...]:
    return tuple(part.id for part in getattr(text, kind))


def _order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Their order, with what I added behind what it stood behind; mine when only I moved."""
    first, second = (mine, theirs) if list(theirs) == list(base) else (theirs, mine)
    order = list(first)
    for position, part_id in enumerate(second):
        if part_id not in order:
            before = [one for one in second[:position] if one in order]
            order.insert(order.index(before[-1]) + 1 if before else 0, part_id)
    return order


def _text(fields: Mapping[str, Any], orders: Mapping[str, Sequence[str]]) -> DraftText:
    """A text of the fields that are there; a part without any field left is gone."""
    parts: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in _LISTS}
    images = {}
    for name, value in fields.items():
        kind, _dot, rest = name.partition(".")
        if value is None or not rest:
            continue
        if kind == "images":
            images[rest] = value
            continue
        part_id, _dot, field = rest.partition(".")
        whole = field in ("asked", "source", "term")
        said = value if whole and isinstance(value, dict) else {field: value}
        parts[kind].setdefault(part_id, {"id": part_id}).update(said)
    lines = {name: fields[name] or "" for name in _LINES}
    lists = {
        kind: [parts[kind][part_id] for part_id in order if part_id in parts[kind]]
        for kind, order in orders.items()
    }
    return DraftText.model_validate({**lines, **lists, "images": images})
