"""What somebody asks of a list of modules, in the address of the page and in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from sqlmodel import Session

from portal.education.finding import (
    FoundModules,
    Length,
    Level,
    Place,
    Seeker,
    Wish,
    find_modules,
    nearest_words,
)
from portal.education.searching import LONGEST_QUERY
from portal.models.education import Theme
from portal.web.i18n import gettext, ngettext
from portal.web.labels import N_
from portal.web.modules.cards import ModuleCard, module_card, theme_word

_PLACE = re.compile(r"([a-z0-9_]{1,20})\.([a-z0-9-]{1,80})")
_LEVELS = {
    Level.EASY: N_("With an easy reading beside it"),
    Level.PLAIN: N_("In plain words, short sentences"),
}
_LENGTHS = {
    Length.SHORT: N_("Up to 5 minutes"),
    Length.MIDDLING: N_("6 to 10 minutes"),
    Length.LONG: N_("More than 10 minutes"),
}
_NO_WISH = Wish()
_Choice = TypeVar("_Choice", bound=StrEnum)
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ModuleSearch:
    """What may be asked and the answer, as a page shows them."""

    themes: Choices
    levels: Choices
    lengths: Choices
    wish: Wish = _NO_WISH
    cards: Sequence[ModuleCard] = ()
    title: str = ""
    """`3 modules found`."""
    is_partial: bool = False
    """The modules say some of the words, and none says all."""
    nearest: str = ""
    """The query with words that exist; empty without any."""
    after: str = ""
    """Of the next page; empty on the last one."""
    is_continued: bool = False

    @property
    def address(self) -> dict[str, str | None]:
        """What the address of the next page repeats."""
        wish = self.wish
        return {
            "q": wish.query or None,
            "theme": wish.theme,
            "level": wish.level,
            "minutes": wish.length,
        }


def wish_of(args: Mapping[str, str]) -> Wish:
    """Unknown choices are none; of the words, so many as are looked for."""
    return Wish(
        query=" ".join("".join(filter(_is_written, args.get("q", "")[:LONGEST_QUERY])).split()),
        theme=_choice(Theme, args.get("theme", "")),
        level=_choice(Level, args.get("level", "")),
        length=_choice(Length, args.get("minutes", "")),
    )


def _is_written(character: str) -> bool:
    """Blanks and what is printed; the rest would go back into the field unseen."""
    return character.isprintable() or character.isspace()


def search_modules(session: Session, args: Mapping[str, str], *, by: Seeker) -> ModuleSearch:
    """One page; the nearest words are looked for when words were asked that nobody says."""
    wish, place = wish_of(args), _place(args.get("after", ""))
    found = find_modules(session, wish, by=by, after=place)
    is_partial = 0 < found.matched < found.asked
    is_missed = wish.query and place is None and (is_partial or not found.rows)
    nearest = nearest_words(session, wish.query, by=by) if is_missed else None
    return replace(
        empty_search(),
        wish=wish,
        cards=[module_card(row) for row in found.rows],
        title=_title(found, wish, is_continued=place is not None),
        is_partial=is_partial,
        nearest=nearest or "",
        after=f"{found.after.key}.{found.after.slug}" if found.after else "",
        is_continued=place is not None,
    )


def empty_search() -> ModuleSearch:
    """Before anything is asked: the form alone."""
    return ModuleSearch(
        themes=sorted(((one.value, theme_word(one)) for one in Theme), key=lambda one: one[1]),
        levels=[(one.value, gettext(words)) for one, words in _LEVELS.items()],
        lengths=[(one.value, gettext(words)) for one, words in _LENGTHS.items()],
    )


def _title(found: FoundModules, wish: Wish, *, is_continued: bool) -> str:
    if not found.rows:
        return gettext("No module found")
    if is_continued or found.after:
        return gettext("More modules") if is_continued else gettext("Modules found")
    if not wish.is_narrow:
        return gettext("All modules")
    return ngettext("%(num)d module found", "%(num)d modules found", len(found.rows))


def _choice(choices: type[_Choice], value: str) -> _Choice | None:
    return choices(value) if value in set(choices) else None


def _place(text: str) -> Place | None:
    found = _PLACE.fullmatch(text)
    return Place(*found.groups()) if found else None
