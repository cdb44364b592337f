"""What people typed, ready to be shown as text and as nothing else."""

import re
import unicodedata

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
# Marks that turn the direction of everything after them: an isolated element still keeps its own.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")


def paragraphs_of(body: str) -> list[list[str]]:
    """Paragraphs by blank lines, each as its lines."""
    return [part.split("\n") for part in _BLANK_LINES.split(body) if part.strip()]


def without_turns(text: str) -> str:
    """A title or a name without marks of direction: it stands among other words."""
    return _TURNS.sub("", text)


def plain_text(text: str | None) -> str:
    """A text of several lines without characters that nobody types; for the filter of a field."""
    lines = _LINE_ENDS.sub("\n", text or "")
    kept = (c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def plain_line(text: str | None) -> str:
    """The same on one line, without marks of direction."""
    return " ".join(without_turns(plain_text(text)).split())
