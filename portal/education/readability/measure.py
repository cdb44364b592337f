"""How easy a French text is to read, by the formula of Kandel and Moles (1958).

    207 - 1.015 × words per sentence - 73.6 × syllables per word

It is Flesch's, fitted to French. It sees length, not meaning, and was made for passages of a
hundred words or more: on a few words it swings. It is shown to authors as a help and decides
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.education.readability.plain import is_plain
from portal.education.readability.sentences import Span, sentences, words
from portal.education.readability.syllables import syllables

LONG_SENTENCE = 20
"""A sentence with more words than this is long."""
MANY_HARD_WORDS = 2
"""From so many words outside the plain list on, a sentence is hard for its words."""
_HARDEST = 5


class Level(StrEnum):
    """Flesch's seven bands, "fairly easy" taken with easy and "fairly difficult" with difficult."""

    VERY_EASY = "very_easy"
    """90 and more."""
    EASY = "easy"
    """70 to 90."""
    STANDARD = "standard"
    """60 to 70."""
    DIFFICULT = "difficult"
    """30 to 60."""
    VERY_DIFFICULT = "very_difficult"
    """Under 30."""


_FLOORS = (
    (90, Level.VERY_EASY),
    (70, Level.EASY),
    (60, Level.STANDARD),
    (30, Level.DIFFICULT),
)


class Difficulty(StrEnum):
    """What makes a sentence hard to read."""

    LONG = "long"
    HARD_WORDS = "hard_words"


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    start: int
    end: int
    words: int
    syllables: int
    unfamiliar: tuple[Span, ...]
    """Its words outside the plain list, where they stand in the whole text."""

    @property
    def score(self) -> float:
        return kandel_moles(self.words, 1, self.syllables)

    @property
    def difficulties(self) -> tuple[Difficulty, ...]:
        """None for a sentence that reads well."""
        found = (
            (Difficulty.LONG, self.words > LONG_SENTENCE),
            (Difficulty.HARD_WORDS, len(self.unfamiliar) >= MANY_HARD_WORDS),
        )
        return tuple(difficulty for difficulty, holds in found if holds)


@dataclass(frozen=True, slots=True)
class Readability:
    words: int
    sentences: int
    syllables: int
    hardest: tuple[Sentence, ...]
    """At most five that are long or hold hard words, the lowest score first."""
    longest: Sentence | None
    """The first of those with most words; none in a text without words."""
    unfamiliar: tuple[Span, ...]
    """Each word outside the plain list wherever it stands, as often as it does."""

    @property
    def words_per_sentence(self) -> float:
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def syllables_per_word(self) -> float:
        return self.syllables / self.words if self.words else 0.0

    @property
    def score(self) -> float | None:
        """Higher is easier, mostly between 0 and 100 but not cut there; none without words."""
        return kandel_moles(self.words, self.sentences, self.syllables) if self.words else None

    @property
    def level(self) -> Level | None:
        return None if self.score is None else level_of(self.score)


def measure(text: str) -> Readability:
    """The readability of a plain text, one block (paragraph, heading, point of a list) a line."""
    measured = [_measured(text, span) for span in sentences(text)]
    hard = [sentence for sentence in measured if sentence.difficulties]
    return Readability(
        words=sum(sentence.words for sentence in measured),
        sentences=len(measured),
        syllables=sum(sentence.syllables for sentence in measured),
        hardest=tuple(sorted(hard, key=lambda sentence: sentence.score)[:_HARDEST]),
        longest=max(measured, key=lambda sentence: sentence.words, default=None),
        unfamiliar=tuple(word for sentence in measured for word in sentence.unfamiliar),
    )


def kandel_moles(words: int, sentences: int, syllables: int) -> float:
    return 207 - 1.015 * words / sentences - 73.6 * syllables / words


def level_of(score: float) -> Level:
    return next((level for floor, level in _FLOORS if score >= floor), Level.VERY_DIFFICULT)


def _measured(text: str, span: Span) -> Sentence:
    found = tuple(words(text, span.start, span.end))
    return Sentence(
        text=span.text,
        start=span.start,
        end=span.end,
        words=len(found),
        syllables=sum(syllables(word.text) for word in found),
        unfamiliar=tuple(_unfamiliar(found)),
    )


def _unfamiliar(found: Sequence[Span]) -> list[Span]:
    return [
        _without_elision(word)
        for place, word in enumerate(found)
        if not is_plain(word.text) and not (place and _is_name(word.text))
    ]


def _is_name(word: str) -> bool:
    """A capital inside a sentence: "Jeanne", "l’Ardèche"; "INR" is an acronym."""
    last = word.replace("'", "’").split("’")[-1]
    return last[:1].isupper() and not last.isupper()


def _without_elision(word: Span) -> Span:
    """As "insuffisance" of "l’insuffisance"."""
    cut = max(word.text.rfind(mark) for mark in "’'") + 1
    return Span(word.text[cut:], word.start + cut, word.end)
