"""The words by which modules are found: stems of what a version says, written at publication.

Accents, capitals and œ are folded before the stem is taken, so that a wrong accent finds the same.
Stems are taken again until nothing changes: a feminine or a plural of either ends alike.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from portal.education.content import Text
from portal.education.markdown import plain_text
from portal.education.storing import text_of
from portal.models import columns
from portal.models.education import ModuleVersion, VersionState
from portal.models.education_writing import ModuleSearchWord
from portal.models.search import search_words

LONGEST_QUERY = 100
MOST_WORDS = 8
_LONGEST_STEM = 40
_SHORTEST_STEM = 2
_LANGUAGES = {"fr": "french", "en": "english"}
STEMMED = tuple(_LANGUAGES)
"""Languages whose words have stems; of the others each word stands for itself."""
_LITTLE_WORDS = frozenset(
    (Path(__file__).parent / "little_words.txt").read_text(encoding="utf-8").split()
)
"""Words that every text says."""
_TITLE, _TERM, _SUMMARY, _GOAL, _STEP = 20, 8, 6, 6, 5
_MOST_OF_BODIES = 4
"""A word that comes again and again in the steps weighs no more than that."""
_WORD = re.compile(r"[^\W_]+")
_v, _word = columns(ModuleVersion), columns(ModuleSearchWord)


class Word(NamedTuple):
    """A word as it was written, in small letters, and its stem in one language."""

    word: str
    stem: str


def stems_of(text: str, locale: str) -> list[Word]:
    """`Les chevilles gonflées` is `chevilles` and `gonflées` with their stems, as often as said."""
    return [
        Word(written.lower()[:_LONGEST_STEM], stem)
        for written in _WORD.findall(text)
        for folded in search_words(written)
        if folded not in _LITTLE_WORDS
        and len(stem := _stem(folded[:_LONGEST_STEM], locale)) >= _SHORTEST_STEM
    ]


def words_asked(query: str, locale: str) -> list[Word]:
    """The first words of a query that say something, each stem once."""
    once = {one.stem: one for one in reversed(stems_of(query[:LONGEST_QUERY], locale))}
    return list(reversed(once.values()))[:MOST_WORDS]


@lru_cache(maxsize=20_000)
def _stem(word: str, locale: str) -> str:
    language = _LANGUAGES.get(locale)
    if language is None:
        return word
    # Here, because it brings the stems of thirty languages along, and no other page needs it.
    from snowballstemmer import stemmer

    found = stemmer(language)  # one for each call: they are not made for several threads
    stem: str = found.stemWord(word)
    while stem != word and len(stem) > _SHORTEST_STEM:
        word, stem = stem, found.stemWord(stem)
    return f"{stem[:-1]}v" if locale == "fr" and stem.endswith("if") else stem


def index_version(session: Session, version: ModuleVersion) -> None:
    """Write the words of a version in place of those it had; flushes."""
    said = weighed(text_of(session, version), version.locale)
    session.execute(delete(ModuleSearchWord).where(_word.version_id == version.id))
    rows: list[dict[str, Any]] = [
        {"version_id": version.id, "stem": stem, "word": word, "weight": weight}
        for stem, (word, weight) in sorted(said.items())
    ]
    if rows:
        session.execute(insert(ModuleSearchWord), rows)


def index_all(session: Session) -> list[UUID]:
    """The same for all that is read now: after a change of these rules; the ids of the versions."""
    is_read = _v.state == VersionState.PUBLISHED
    versions = session.execute(select(ModuleVersion).where(is_read).order_by(_v.id)).scalars().all()
    for version in versions:
        index_version(session, version)
    return [version.id for version in versions]


def weighed(text: Text, locale: str) -> dict[str, tuple[str, int]]:
    """Each stem of a text, a word that it stands for, and how much it says about the text."""
    weights: Counter[str] = Counter()
    words: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for weight, part in _parts(text):
        said = stems_of(part, locale)
        weights.update({one.stem: weight for one in said})
        for one in said:
            words[one.stem][one.word] += 1
    often = Counter(one.stem for body in _bodies(text) for one in stems_of(body, locale))
    return {
        stem: (said.most_common(1)[0][0], weights[stem] + min(often[stem], _MOST_OF_BODIES))
        for stem, said in words.items()
    }


def _parts(text: Text) -> Iterator[tuple[int, str]]:
    yield _TITLE, text.title
    yield _GOAL, text.goal
    yield _SUMMARY, text.summary
    yield from ((_STEP, step.title) for step in text.steps)
    yield from ((_TERM, f"{term}\n{meaning}") for term, meaning in text.glossary.items())
    yield from ((0, body) for body in _bodies(text))


def _bodies(text: Text) -> list[str]:
    written = (body for step in text.steps for body in (step.body, step.easy_body) if body)
    return [plain_text(body) for body in written]
