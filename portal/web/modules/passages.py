"""A whole module, passage by passage, each with the remarks that were made about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from markupsafe import Markup

from portal.education.content import Question, Text
from portal.education.markdown import Picture as ShownPicture
from portal.education.markdown import Rendered, blocks, plain_text, render
from portal.education.places import term_place, words_of_places
from portal.education.texts import Illustrated
from portal.web.i18n import gettext
from portal.web.installed import static_url
from portal.web.modules.place_words import place_words
from portal.web.modules.remark_cards import RemarkCard
from portal.web.modules.review_sheets import sheet_of
from portal.web.modules.steps import shown_picture
from portal.web.typography import typo


@dataclass(slots=True)
class Passage:
    """What one remark can be about: a paragraph, a title, a question, a source."""

    place: str
    number: int
    """Of the passage within its place, from 1."""
    words: str
    """What a remark quotes when nothing of it was selected."""
    html: Markup | None = None
    question: Question | None = None
    label: str = ""
    """Which field it is, where its heading does not say so."""
    anchor: str = ""
    """Where links of the text lead that explain a word."""
    remarks: list[RemarkCard] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """Passages under one heading."""

    heading: str
    passages: list[Passage]

    @property
    def sheet(self) -> str:
        return sheet_of(self.passages[0].place)


def parts_of(written: Illustrated, *, locale: str) -> list[Part]:
    """The whole module in the order in which it is read."""
    text = written.text
    anchors: dict[str, str] = {}
    steps = _steps(written, locale, anchors)
    about = [
        _said(name, getattr(text, name), label=place_words(name))
        for name in ("title", "goal", "summary")
    ]
    parts = [Part(gettext("What it is about"), about), *steps]
    for number, question in enumerate(text.questions, start=1):
        again = f"question-{number}-again"
        asked = [_asked(f"question-{number}", text, question), _asked(again, text, question)]
        parts.append(Part(gettext("Question %(number)s", number=number), asked))
    words = words_of_places(text)
    sources = [_said(place, said) for place, said in words.items() if place.startswith("source-")]
    terms = [
        Passage(term_place(term), 1, f"{term}\n{said}", anchor=anchors.get(term, ""))
        for term, said in text.glossary.items()
    ]
    images = [_said(place, said) for place, said in words.items() if place.startswith("image-")]
    more = (
        (gettext("Sources"), sources),
        (gettext("Words explained"), terms),
        (gettext("Pictures in words"), images),
    )
    return [*parts, *(Part(heading, passages) for heading, passages in more if passages)]


def put_remarks(parts: Iterable[Part], cards: Iterable[RemarkCard]) -> list[RemarkCard]:
    """Each beside its passage; those whose place is gone come back."""
    passages = [passage for part in parts for passage in part.passages]
    left = []
    for card in cards:
        there = [passage for passage in passages if passage.place == card.place]
        if not there:
            left.append(card)
            continue
        quoted = _bare(card.quote)
        fitting = (one for one in there if quoted and quoted in _bare(one.words))
        next(fitting, there[0]).remarks.append(card)
    return left


def passage_of(written: Illustrated, place: str, number: int) -> str | None:
    """The words of one passage; none when there is none."""
    for part in parts_of(written, locale="fr"):
        for passage in part.passages:
            if (passage.place, passage.number) == (place, number):
                return passage.words
    return None


def painter(written: Illustrated, *, locale: str) -> Callable[..., Rendered]:
    """Renders texts of that module as its readers see them."""
    return partial(_painted, _pictures(written), written.text.glossary, locale)


def _painted(
    pictures: Mapping[str, ShownPicture],
    glossary: Mapping[str, str],
    locale: str,
    markdown: str,
    *,
    is_easy: bool = False,
    heading_level: int = 3,
) -> Rendered:
    return render(
        markdown,
        images=pictures,
        glossary=glossary,
        key_point=gettext("To remember"),
        sprite_url=static_url("icons/pictograms.svg"),
        typo=partial(typo, locale=locale),
        is_easy=is_easy,
        heading_level=heading_level,
    )


def _pictures(written: Illustrated) -> dict[str, ShownPicture]:
    return {
        name: shown_picture(one.digest, one.width, one.height, one.alternative_text)
        for name, one in written.pictures.items()
    }


def _steps(written: Illustrated, locale: str, anchors: dict[str, str]) -> list[Part]:
    """Of each step, and of its easy text; `anchors` takes the explained words that they link."""
    paint = painter(written, locale=locale)

    def passages(place: str, markdown: str, *, is_easy: bool = False) -> list[Passage]:
        found = []
        for number, block in enumerate(blocks(markdown), start=1):
            rendered = paint(block, is_easy=is_easy)
            anchors.update((term.word, term.anchor) for term in rendered.terms)
            found.append(Passage(place, number, plain_text(block), rendered.html))
        return found

    parts = []
    for number, step in enumerate(written.text.steps, start=1):
        heading = gettext("Step %(number)s", number=number)
        title = _said(f"step-{number}-title", step.title, label=gettext("Title"))
        parts.append(Part(heading, [title, *passages(f"step-{number}-body", step.body)]))
        if step.easy_body:
            place = f"step-{number}-easy"
            easy = passages(place, step.easy_body, is_easy=True)
            parts.append(Part(place_words(place), easy))
    return parts


def _said(place: str, words: str, *, label: str = "") -> Passage:
    return Passage(place, 1, words, label=label)


def _asked(place: str, text: Text, question: Question) -> Passage:
    return Passage(place, 1, words_of_places(text)[place], question=question)


def _bare(text: str) -> str:
    return "".join(text.replace("'", "’").split()).casefold()
