"""Where the sentences and the words of a French plain text begin and end.

The end of a line ends a sentence: headings and points of a list stand alone. A colon or semicolon
does not. What stands between spaces is one word ("l’eau", "rendez-vous", "1,5"), as Flesch counted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, and where it stands: `whole[start:end] == text`."""

    text: str
    start: int
    end: int


_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_MARKER = re.compile(r"\s*(?:[-–—•*·◦▪]\s+|\d{1,2}[.)]\s+)?")
"""What a list sets before its points, and is not read."""

_STOP = re.compile(r"(?<![.!?…])([.!?…]++)(?:\s?»|[”\"’')\]])*+(?=\s|$)")
_NEXT = re.compile(r"[\s«“\"'\u2018(\[–—-]{0,8}(\w)")
_LAST_WORD = re.compile(r"(?:([^\W\d_])[\w’'-]*\s)?((?:[^\W\d_]+[.-]+)*[^\W\d_]+)$")
_LOOK_BACK = 30

_NEVER_LAST = {
    "m", "mm", "mr", "mme", "mmes", "mlle", "mlles", "dr", "drs", "pr", "prof", "p", "pp", "cf",
    "n", "tél", "av", "env", "vol", "chap", "fig", "art", "bd", "c.-à-d",
}  # fmt: skip
"""Abbreviations that something always follows."""
_SELDOM_LAST = {"etc", "ex", "p.ex", "max", "min", "h", "hab", "apr", "j.-c"}
"""Abbreviations that end a sentence only before a capital."""

_WORD = re.compile(
    r"[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})++(?:,[0-9]+)?(?![^\W_])"
    r"|[nN]°"
    r"|[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad]|[’'\u2010\u2011-](?=[^\W_])"
    r"|(?<=[0-9])[.,](?=[0-9]))*+"
    r"|[%€&]|°C?"
)
"""Thousands may stand apart ("10 000"); a sign that is read aloud is a word ("5 %")."""


def sentences(text: str) -> Iterator[Span]:
    """In order, without the space around them; each holds at least one word."""
    for line in _LINE.finditer(text):
        marker = _MARKER.match(text, line.start(), line.end())
        start = marker.end() if marker else line.start()
        for stop in _stops(text, start, line.end()):
            yield from _sentence(text, start, stop)
            start = stop


def words(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The words between two places of a text."""
    for found in _WORD.finditer(text, start, len(text) if end is None else end):
        yield Span(found[0], found.start(), found.end())


def _sentence(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if _WORD.search(piece):
        yield Span(piece, start, start + len(piece))


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    for found in _STOP.finditer(text, start, end):
        if _ends(text, found, start, end):
            yield found.end()
    yield end


def _ends(text: str, stop: re.Match[str], start: int, end: int) -> bool:
    """Whether a stop ends its sentence: "Dr. Martin" and « Quoi ? » demande-t-il go on."""
    follower = _NEXT.match(text, stop.end(), end)
    goes_on = follower is not None and not follower[1].isupper()
    if stop[1] != ".":
        return not (goes_on and follower is not None and follower[1].islower())
    before = _LAST_WORD.search(text[max(start, stop.start() - _LOOK_BACK) : stop.start()])
    if before is None:
        return True
    word = before[2].lower()
    if word in _NEVER_LAST:
        return False
    if word in _SELDOM_LAST:
        return not goes_on
    return not _is_initial(before)


def _is_initial(before: re.Match[str]) -> bool:
    """As in "J. Martin" and "Paul J. Martin", not as in "la vitamine C."."""
    first, word = before.groups()
    return len(word) == 1 and word.isupper() and (first is None or first.isupper())
