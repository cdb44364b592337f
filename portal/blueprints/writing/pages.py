"""The pages of the editor, with all that helps the writer beside the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_viewer
from portal.blueprints.writing.parts import (
    ABOUT,
    QUESTIONS,
    SOURCES,
    STEPS,
    TERMS,
    FieldShape,
    part_of,
)
from portal.db import current_session
from portal.education.drafting import Conflict, Draft, DraftText, draft_of, lacking_of
from portal.education.markdown import Fault, Rendered, faults, plain_text, render
from portal.education.pictures import pictures_kept
from portal.education.readability import Readability, measure
from portal.education.remarks import RemarkRow, remarks_of
from portal.education.standing import ModuleStanding, standing_towards
from portal.errors import NotFoundError
from portal.models.education import ModuleVersion
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.installed import static_url
from portal.web.modules.lack_words import lack_sentences
from portal.web.modules.place_words import place_words
from portal.web.modules.remark_cards import RemarkCard, remark_cards
from portal.web.modules.steps import shown_picture
from portal.web.page import page
from portal.web.time_zones import reader_time_zone
from portal.web.typography import typo

_MOST_WORDS_SHOWN = 12


@dataclass(slots=True)
class Field:
    """A field as a page shows it."""

    name: str
    value: str
    most: int
    errors: list[str] = field(default_factory=list)


class Fields:
    """The fields of a part with what was typed, and what is wrong with it."""

    def __init__(self, shapes: Sequence[FieldShape], values: Mapping[str, str]) -> None:
        self._fields = {
            one.name: Field(one.name, values.get(one.name, one.value), one.most) for one in shapes
        }
        for one in self._fields.values():
            over = len(one.value) - one.most
            if over > 0:
                one.errors.append(
                    gettext("Take away %(number)s characters: it is too long", number=over)
                )

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(one.name, said) for one in self._fields.values() for said in one.errors]


@dataclass(frozen=True, slots=True)
class Help:
    """What the portal can say about a text; none of it keeps anybody from saving."""

    rendered: Rendered
    faults: list[Fault]
    readability: Readability
    hard_words: list[str]
    is_measured: bool


def find_writing(version_id: UUID) -> ModuleStanding:
    """Raises `NotFoundError` for who does not write it."""
    standing = standing_towards(current_session(), version_id, user_id=current_viewer().id)
    if not standing.writes:
        raise NotFoundError("module version")
    return standing


def overview_page(
    standing: ModuleStanding,
    *,
    fields: Fields | None = None,
    base: int | None = None,
    status: int = 200,
    **context: Any,
) -> Response:
    """The parts of a module, and the form of its heading."""
    session = current_session()
    draft = draft_of(session, standing.version)
    remarks = _open(remarks_of(session, standing.version.id))
    return page(
        "writing/overview.html",
        fragment="kept",
        status=status,
        standing=standing,
        version=standing.version,
        draft=draft.text,
        fields=fields or Fields(part_of(ABOUT).fields(draft.text), {}),
        base=draft.number if base is None else base,
        saved=saved_words(draft),
        lacking=lack_sentences(lacking_of(draft.text)),
        remarks=_by_part(remark_cards(remarks, standing)),
        moved=request.args.get("moved", ""),
        undo=_number(request.args.get("undo")),
        **context,
    )


def part_page(
    standing: ModuleStanding,
    kind: str,
    part_id: str = "",
    *,
    draft: Draft | None = None,
    values: Mapping[str, str] | None = None,
    base: int | None = None,
    status: int = 200,
    **context: Any,
) -> Response:
    """One part; `values` are what was typed and is not saved as it stands."""
    session = current_session()
    draft = draft or draft_of(session, standing.version)
    fields = Fields(part_of(kind, part_id).fields(draft.text), values or {})
    remarks = remark_cards(_open(remarks_of(session, standing.version.id)), standing)
    number = number_of(draft.text, kind, part_id)
    return page(
        f"writing/{kind}.html",
        fragment="kept",
        status=status,
        standing=standing,
        version=standing.version,
        draft=draft.text,
        part_id=part_id,
        number=number,
        fields=fields,
        base=draft.number if base is None else base,
        saved=saved_words(draft),
        help=_help(draft.text, fields, standing.version) if kind == STEPS else None,
        remarks=[one for one in remarks if _is_about(one.place, kind, number)],
        **context,
    )


def conflict_page(
    standing: ModuleStanding, conflicts: Sequence[Conflict], *, back: str, set_aside: int | None
) -> Response:
    """Both texts of each field that two people changed; nothing is chosen for anybody."""
    draft = draft_of(current_session(), standing.version)
    return page(
        "writing/conflict.html",
        status=409,
        standing=standing,
        version=standing.version,
        conflicts=[
            (
                place_words(place_of_field(one.field, draft.text)),
                one,
                _said(one.mine),
                _said(one.theirs),
            )
            for one in conflicts
        ],
        base=draft.number,
        set_aside=set_aside,
        back=back,
    )


def place_of_field(name: str, draft: DraftText) -> str:
    """`steps.s1.easy_body` as `step-2-easy`, where that step stands now."""
    kind, _dot, rest = name.partition(".")
    part_id, _dot, part = rest.partition(".")
    if kind in (STEPS, QUESTIONS):
        ends = {"asked": "", "easy_body": "-easy"}
        return f"{kind[:-1]}-{number_of(draft, kind, part_id)}{ends.get(part, f'-{part}')}"
    if kind == SOURCES:
        return f"source-{number_of(draft, kind, part_id)}"
    if kind == TERMS:
        words = [one.term for one in draft.terms if one.id == part_id]
        return f"term-{''.join(words)}"
    return f"image-{rest}" if rest else kind


def _said(value: Any) -> str:
    """A field in words, also one that holds several: a question with its answers."""
    if isinstance(value, dict):
        return "\n".join(filter(None, map(_said, value.values())))
    if isinstance(value, (list, tuple)):
        return "\n".join(map(_said, value))
    if isinstance(value, bool):
        return "✓" if value else ""
    return str(value)


def number_of(draft: DraftText, kind: str, part_id: str) -> int:
    """Where a step or a question stands, from 1; 0 for the other parts."""
    parts = getattr(draft, kind, ()) if part_id else ()
    return next((n for n, part in enumerate(parts, 1) if part.id == part_id), 0)


def saved_words(draft: Draft) -> str:
    """`11 h 38` of today, else the day as well; empty before anything was saved."""
    if not draft.number:
        return ""
    moment = dates.local(draft.written_at, reader_time_zone())
    return f"{dates.full_day(moment.date())}, {dates.clock(moment)}"


def _open(remarks: Sequence[RemarkRow]) -> list[RemarkRow]:
    return [one for one in remarks if one.is_open]


def _by_part(cards: Sequence[RemarkCard]) -> dict[str, list[RemarkCard]]:
    """By the beginning of their place: `step-2`, `question-1`, `source`, `title`."""
    found: dict[str, list[RemarkCard]] = {}
    for card in cards:
        kind, _dash, rest = card.place.partition("-")
        name = f"{kind}-{rest.split('-')[0]}" if kind in ("step", "question") else kind
        found.setdefault(name, []).append(card)
    return found


def _is_about(place: str, kind: str, number: int) -> bool:
    one = {"steps": f"step-{number}", "questions": f"question-{number}"}.get(kind, kind[:-1])
    return place == one or place.startswith(f"{one}-")


def _help(draft: DraftText, fields: Fields, version: ModuleVersion) -> Help:
    body = fields["body"].value
    pictures = {
        one.name: shown_picture(one.digest, one.width, one.height, draft.images[one.name])
        for one in (pictures_kept(current_session(), version.id) if draft.images else ())
        if one.name in draft.images
    }
    text = plain_text(body)
    readability = measure(text)
    words = dict.fromkeys(span.text.lower() for span in readability.unfamiliar)
    return Help(
        rendered=render(
            body,
            images=pictures,
            glossary=draft.glossary,
            key_point=gettext("To remember"),
            sprite_url=static_url("icons/pictograms.svg"),
            typo=partial(typo, locale=version.locale),
            is_easy=False,
        ),
        faults=faults(body, pictures, draft.glossary),
        readability=readability,
        hard_words=[word for word in words if word not in draft.glossary][:_MOST_WORDS_SHOWN],
        is_measured=version.locale == "fr" and readability.words > 0,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None
