"""One step of a module as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from babel import Locale, UnknownLocaleError
from markupsafe import Markup

from portal.education.apparatus import Apparatus
from portal.education.content import Source
from portal.education.markdown import Picture, Term, render
from portal.education.pictures import narrower
from portal.education.reading import Opened
from portal.web.i18n import gettext
from portal.web.installed import static_url
from portal.web.typography import typo


class Language(NamedTuple):
    """One in which a module is read."""

    locale: str
    name: str


@dataclass(frozen=True, slots=True)
class StepCard:
    number: int
    title: str
    minutes: int
    html: Markup
    terms: Sequence[Term]
    sources: Sequence[Source]
    """Of the whole module."""
    is_easy: bool
    places: Sequence[str]
    """Of each step, a class of the line of steps: done, current, or none."""
    languages: Sequence[Language]
    """In which else the module is read."""

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_last(self) -> bool:
        return self.number == len(self.places)


def step_card(opened: Opened, apparatus: Apparatus, *, is_easy: bool) -> StepCard:
    """Of a module that was opened at a step that it has."""
    text = (opened.easy_body if is_easy else opened.body) or ""
    rendered = render(
        text,
        images=pictures_of(apparatus),
        glossary=apparatus.glossary,
        key_point=gettext("To remember"),
        sprite_url=static_url("icons/pictograms.svg"),
        typo=partial(typo, locale=opened.locale),
        is_easy=is_easy,
        is_alone=True,
    )
    number = opened.number or 1
    return StepCard(
        number=number,
        title=opened.step_title or "",
        minutes=opened.step_minutes or 1,
        html=rendered.html,
        terms=rendered.terms,
        sources=apparatus.sources,
        is_easy=is_easy,
        places=places(opened.step_count, number),
        languages=[language(locale) for locale in apparatus.languages if locale != opened.locale],
    )


def language(locale: str) -> Language:
    """`English`, `العربية`: by the name that its speakers give it."""
    try:
        name = Locale.parse(locale, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return Language(locale, name or locale)


def places(step_count: int, current: int) -> list[str]:
    return [
        "is-done" if one < current else "is-current" if one == current else ""
        for one in range(1, step_count + 1)
    ]


def pictures_of(apparatus: Apparatus) -> Mapping[str, Any]:
    return {
        name: shown_picture(one.digest, one.width, one.height, one.alternative_text)
        for name, one in apparatus.pictures.items()
    }


def shown_picture(digest: str, width: int, height: int, alternative_text: str) -> Picture:
    """At the address of its bytes, in each width that is kept."""
    src = f"/library/images/{digest}"
    others = [f"{src}/{one} {one}w" for one in narrower(width)]
    return Picture(
        src=src,
        width=width,
        height=height,
        alternative_text=alternative_text,
        srcset=", ".join([*others, f"{src} {width}w"]) if others else "",
    )
