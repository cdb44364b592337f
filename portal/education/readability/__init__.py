"""How easy a French text is to read: score, hardest sentences, words worth explaining."""

from portal.education.readability.measure import (
    LONG_SENTENCE,
    Difficulty,
    Level,
    Readability,
    Sentence,
    measure,
)
from portal.education.readability.sentences import Span
from portal.education.readability.syllables import syllables

__all__ = [
    "LONG_SENTENCE",
    "Difficulty",
    "Level",
    "Readability",
    "Sentence",
    "Span",
    "measure",
    "syllables",
]
