"""A translation beside its original: the fields of each part, and which of them are translated."""

from dataclasses import dataclass

from portal.blueprints.writing import pages
from portal.blueprints.writing.parts import ABOUT, NEW, QUESTIONS, STEPS, TERMS, FieldShape, part_of
from portal.education.differences import Piece, differences
from portal.education.drafting import DraftQuestion, DraftStep, DraftText
from portal.errors import NotFoundError

_NEW_PARTS = {STEPS: DraftStep, QUESTIONS: DraftQuestion}


@dataclass(frozen=True, slots=True)
class Line:
    """One field: the text that is followed, what changed in it, and its translation."""

    name: str
    source: str
    changes: list[list[Piece]]
    """Since the version that the translation follows; empty when nothing did."""
    field: pages.Field

    @property
    def is_long(self) -> bool:
        return self.field.most > 200


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the translation, in the list of them."""

    kind: str
    number: int
    is_translated: bool
    has_changed: bool


def lines(
    kind: str,
    number: int,
    *,
    newest: DraftText,
    followed: DraftText,
    shapes: list[FieldShape],
    fields: pages.Fields,
) -> list[Line]:
    """Fields of the source that say something, each beside its translation, by their order."""
    sources, before = _said(newest, kind, number), _said(followed, kind, number)
    lines = []
    for place, shape in enumerate(shapes):
        source = sources[place].value if place < len(sources) else ""
        was = before[place].value if place < len(before) else ""
        is_mark = shape.name.endswith("right")
        if is_mark or not (source or shape.value):
            continue
        changed = differences({"": was}, {"": source}) if was != source else []
        changes = [line for one in changed for line in one.lines]
        lines.append(Line(shape.name, source, changes, fields[shape.name]))
    return lines


def sections(texts: tuple[DraftText, DraftText], target: DraftText) -> list[Section]:
    newest, followed = texts
    found = [(ABOUT, 0)]
    for kind in (STEPS, QUESTIONS):
        found += [(kind, number) for number in range(1, len(getattr(newest, kind)) + 1)]
    found += [(TERMS, 0)] if newest.terms else []
    sections = []
    for kind, number in found:
        whole = with_parts(target, kind, number)
        source, was = _said(newest, kind, number), _said(followed, kind, number)
        mine = part_of(kind, part_id(whole, kind, number)).fields(whole)
        wanted = [place for place, one in enumerate(source) if one.value]
        is_translated = all(place < len(mine) and mine[place].value for place in wanted)
        has_changed = [one.value for one in source] != [one.value for one in was]
        sections.append(Section(kind, number, is_translated, has_changed))
    return sections


def _said(text: DraftText, kind: str, number: int) -> list[FieldShape]:
    """The fields of a part of a source; none where it has no such part."""
    try:
        shapes = part_of(kind, part_id(text, kind, number)).fields(text)
    except NotFoundError:
        return []
    return [one for one in shapes if not one.name.startswith(f"{NEW}-")]


def part_id(text: DraftText, kind: str, number: int) -> str:
    parts = getattr(text, kind, ()) if kind in (STEPS, QUESTIONS) else ()
    return parts[number - 1].id if 0 < number <= len(parts) else ""


def with_parts(text: DraftText, kind: str, number: int) -> DraftText:
    """With as many parts as the page needs: the source may have got more since."""
    if kind not in (STEPS, QUESTIONS):
        return text
    parts = getattr(text, kind)
    missing = tuple(
        _NEW_PARTS[kind](id=f"n{place}") for place in range(len(parts) + 1, min(number, 24) + 1)
    )
    return text.model_copy(update={kind: (*parts, *missing)}) if missing else text
