"""Modules looked for: by words, subject, level and length; only what the reader may read.

Each module is found once, in the language in which this reader reads it. The answer to words is
the modules that say the most of them, the weightiest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Integer,
    String,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlmodel import Session

from portal.education.reading import (
    MODULE_COLUMNS,
    ModuleRow,
    may_be_read,
    of_nobody,
    of_reader,
    preference,
)
from portal.education.searching import STEMMED, Word, words_asked
from portal.models import columns
from portal.models.account import User
from portal.models.education import Module, ModuleProgress, ModuleVersion, Theme, VersionState
from portal.models.education_writing import ModuleSearchWord

PER_PAGE = 30
SHORT, MIDDLING = 5, 10
"""Minutes of reading: up to five, up to ten, more."""
_PLAIN_FROM = 70
"""Of Kandel and Moles: from there on a text is easy for whoever reads a daily paper."""
_MOST_COMPARED = 3000
_LIKENESS = 0.72
_MOST_ADDRESSES = 50_000


class Level(StrEnum):
    EASY = "easy"
    """Has an easy reading beside the text."""
    PLAIN = "plain"
    """The text itself is in plain words."""


class Length(StrEnum):
    SHORT = "5"
    MIDDLING = "10"
    LONG = "more"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; with nothing in it, everything."""

    query: str = ""
    theme: Theme | None = None
    level: Level | None = None
    length: Length | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.query or self.theme or self.level or self.length)


class Place(NamedTuple):
    """Where a page of the list begins: after the module of that address."""

    key: str
    """The subject; of an answer to words, the weight."""
    slug: str


@dataclass(frozen=True, slots=True)
class FoundModules:
    rows: list[ModuleRow]
    matched: int
    """How many of the words that were asked the modules say."""
    asked: int
    after: Place | None
    """Where the next page begins; none on the last one."""


_m, _v, _p = columns(Module), columns(ModuleVersion), columns(ModuleProgress)
_author, _word = columns(User), columns(ModuleSearchWord)
_theme = bindparam("wished_theme", type_=String)
_level = bindparam("wished_level", type_=String)
_length = bindparam("wished_length", type_=String)
_limit = bindparam("most", type_=Integer)
_after_slug = bindparam("after_slug", type_=String)
_WISHED = and_(
    or_(_theme == "", _m.theme == _theme),
    or_(
        _level == "",
        and_(_level == Level.EASY, _v.has_easy_reading),
        and_(_level == Level.PLAIN, _v.readability >= _PLAIN_FROM),
    ),
    or_(
        _length == "",
        and_(_length == Length.SHORT, _v.minutes <= SHORT),
        and_(_length == Length.MIDDLING, _v.minutes > SHORT, _v.minutes <= MIDDLING),
        and_(_length == Length.LONG, _v.minutes > MIDDLING),
    ),
)
# The words of a query differ by the language of the text, as their stems do.
_SAYS = or_(
    *(
        and_(_v.locale == locale, _word.stem.in_(bindparam(f"stems_{locale}", expanding=True)))
        for locale in STEMMED
    ),
    and_(_v.locale.not_in(STEMMED), _word.stem.in_(bindparam("stems_other", expanding=True))),
)


def _readable(progress: Any, *conditions: Any) -> Any:
    """Each module that may be read, in all its languages; `place` 1 is the one that is read."""
    place = func.row_number().over(partition_by=_m.id, order_by=(preference, _v.id))
    return (
        select(*MODULE_COLUMNS, _v.id.label("version_id"), place.label("place"))
        .add_columns(_WISHED.label("is_wished"))
        .join_from(Module, ModuleVersion, _v.module_id == _m.id)
        .join(User, _author.id == _v.author_id)
        .outerjoin(ModuleProgress, progress)
        .where(may_be_read, *conditions)
        .subquery("readable")
    )


def _listing(progress: Any, *conditions: Any) -> Any:
    one = _readable(progress, *conditions).c
    beyond = tuple_(one.theme, one.slug) > tuple_(bindparam("after_key", type_=String), _after_slug)
    return (
        select(*(one[name] for name in ModuleRow._fields))
        .where(one.place == 1, one.is_wished, or_(_after_slug == "", beyond))
        .order_by(one.theme, one.slug)
        .limit(_limit)
    )


def _searching(progress: Any, *conditions: Any) -> Any:
    readable = _readable(progress, *conditions)
    said = (
        select(
            _word.version_id,
            func.count().label("matched"),
            func.sum(_word.weight).label("weight"),
        )
        .join_from(ModuleSearchWord, ModuleVersion, _v.id == _word.version_id)
        .where(_SAYS)
        .group_by(_word.version_id)
        .subquery("said")
    )
    hits = (
        select(*(readable.c[name] for name in ModuleRow._fields), said.c.matched, said.c.weight)
        .join_from(readable, said, said.c.version_id == readable.c.version_id)
        .where(readable.c.place == 1, readable.c.is_wished)
        .cte("hits")
    )
    weight = bindparam("after_weight", type_=Integer)
    beyond = or_(hits.c.weight < weight, and_(hits.c.weight == weight, hits.c.slug > _after_slug))
    return (
        select(hits)
        .where(
            hits.c.matched == select(func.max(hits.c.matched)).scalar_subquery(),
            or_(_after_slug == "", beyond),
        )
        .order_by(hits.c.weight.desc(), hits.c.slug)
        .limit(_limit)
    )


def _known(progress: Any, *conditions: Any) -> Any:
    """The words of what may be read that begin like those that were asked."""
    return (
        select(_word.stem, func.min(_word.word).label("word"))
        .join_from(ModuleSearchWord, ModuleVersion, _v.id == _word.version_id)
        .join(Module, _m.id == _v.module_id)
        .outerjoin(ModuleProgress, progress)
        .where(
            may_be_read,
            func.substr(_word.stem, 1, 1).in_(bindparam("initials", expanding=True)),
            *conditions,
        )
        .group_by(_word.stem)
        .order_by(_word.stem)
        .limit(literal(_MOST_COMPARED))
    )


_LIST, _PUBLIC_LIST = _listing(of_reader), _listing(of_nobody, _m.is_public)
_SEARCH, _PUBLIC_SEARCH = _searching(of_reader), _searching(of_nobody, _m.is_public)
_KNOWN, _PUBLIC_KNOWN = _known(of_reader), _known(of_nobody, _m.is_public)


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who looks: in which language, and in whose file; nobody's without an account."""

    locale: str
    patient_id: UUID | None = None
    user_id: UUID | None = None

    @property
    def values(self) -> dict[str, Any]:
        if self.patient_id is None:
            return {"of_locale": self.locale}
        return {
            "of_locale": self.locale,
            "of_patient": self.patient_id,
            "of_user": self.user_id,
        }


def find_modules(
    session: Session, wish: Wish, *, by: Seeker, after: Place | None = None
) -> FoundModules:
    """One page of the modules that suit; all of them when nothing is wished."""
    words = {locale: words_asked(wish.query, locale) for locale in (*STEMMED, "other")}
    values = by.values | {
        "wished_theme": wish.theme or "",
        "wished_level": wish.level or "",
        "wished_length": wish.length or "",
        "after_slug": after.slug if after else "",
        "most": PER_PAGE + 1,
    }
    if not wish.query:
        statement = _LIST if by.patient_id else _PUBLIC_LIST
        return _listed(session.execute(statement, values | _after(after)).all())
    if not any(words.values()):
        return FoundModules([], 0, 0, None)
    stems = {f"stems_{locale}": [one.stem for one in said] for locale, said in words.items()}
    statement = _SEARCH if by.patient_id else _PUBLIC_SEARCH
    rows = session.execute(statement, values | stems | _after_weight(after)).all()
    return _weighed(rows, asked=len(words.get(by.locale, words["other"])))


def nearest_words(session: Session, query: str, *, by: Seeker) -> str | None:
    """The query with words that exist in place of those that do not; none without such a word."""
    words = words_asked(query, by.locale)
    initials = sorted({one.stem[0] for one in words})
    if not words:
        return None
    statement = _KNOWN if by.patient_id else _PUBLIC_KNOWN
    found = session.execute(statement, by.values | {"initials": initials})
    known: dict[str, str] = {row.stem: row.word for row in found}
    nearest = [_nearest(one, known) for one in words]
    said = [word for word in nearest if word]
    return " ".join(said) if said and said != [one.word for one in words] else None


def _nearest(asked: Word, known: dict[str, str]) -> str:
    if asked.stem in known:
        return asked.word
    near = get_close_matches(asked.stem, known, n=1, cutoff=_LIKENESS)
    return known[near[0]] if near else ""


def _after(after: Place | None) -> dict[str, Any]:
    return {"after_key": after.key if after else ""}


def _after_weight(after: Place | None) -> dict[str, Any]:
    is_number = after is not None and after.key.isascii() and after.key.isdigit()
    return {"after_weight": int(after.key[:9]) if after is not None and is_number else 0}


def _listed(rows: Sequence[Any]) -> FoundModules:
    found = [ModuleRow(*row) for row in rows[:PER_PAGE]]
    last = Place(found[-1].theme, found[-1].slug) if len(rows) > PER_PAGE else None
    return FoundModules(found, 0, 0, last)


def _weighed(rows: Sequence[Any], *, asked: int) -> FoundModules:
    shown = rows[:PER_PAGE]
    found = [ModuleRow(*row[:-2]) for row in shown]
    goes_on = len(rows) > PER_PAGE
    last = Place(str(shown[-1].weight), found[-1].slug) if goes_on else None
    return FoundModules(found, shown[0].matched if shown else 0, asked, last)


class PublicAddress(NamedTuple):
    slug: str
    published_at: datetime


_ADDRESSES = (
    select(_m.slug, func.max(_v.published_at).label("published_at"))
    .join_from(Module, ModuleVersion, _v.module_id == _m.id)
    .where(_m.is_public, _m.retracted_at.is_(None), _v.state == VersionState.PUBLISHED)
    .group_by(_m.slug)
    .order_by(_m.slug)
    .limit(literal(_MOST_ADDRESSES))
)


def public_addresses(session: Session) -> list[PublicAddress]:
    """All that may be read without an account, for who collects the addresses of pages."""
    return [PublicAddress(*row) for row in session.execute(_ADDRESSES)]
