"""What changed between two texts of a module: words that went and words that came."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_WORDS = 400
"""Of a passage that is compared word by word; a longer one went and came whole."""


class Piece(NamedTuple):
    """Words in a row that stayed, went or came."""

    kind: str
    """`same`, `gone` or `new`."""
    words: str


class Difference(NamedTuple):
    place: str
    lines: list[list[Piece]]
    """Only those that changed."""


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    """Of each field that says something else, in the order of the newer text; gone ones last."""
    places = [*new, *(place for place in old if place not in new)]
    changed = (place for place in places if old.get(place, "") != new.get(place, ""))
    return [Difference(place, _lines(old.get(place, ""), new.get(place, ""))) for place in changed]


def _lines(old: str, new: str) -> list[list[Piece]]:
    before, after = old.splitlines(), new.splitlines()
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            found.append(_words("\n".join(before[a:b]).split(), "\n".join(after[c:d]).split()))
    return found


def _words(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    return [piece for piece in _pieces(old, new) if piece.words]


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if max(len(old), len(new)) > MOST_WORDS:
        yield Piece("gone", " ".join(old))
        yield Piece("new", " ".join(new))
        return
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", " ".join(old[a:b]))
        else:
            yield Piece("gone", " ".join(old[a:b]))
            yield Piece("new", " ".join(new[c:d]))
