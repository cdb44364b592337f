"""The words of a calendar file as plain text: one line or several, and nothing that acts."""

import html
import re
from typing import Any

_MARKUP = re.compile(
    r"</?(html|body|head|p|br|div|span|a|b|i|u|ul|ol|li|table|font)\b[^<>]*>", re.I
)
_TAG = re.compile(r"(<[^<>]*>)")
_BREAK = re.compile(r"</?(p|br|div|li|ul|ol|tr|table|h\d)\b", re.I)
_UNSEEN = re.compile(r"<(script|style|head|title)\b", re.I)
_SEEN_AGAIN = re.compile(r"</(script|style|head|title)\b", re.I)
# Signs that turn the reading direction round could make a text say what it does not.
_TURNING = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def first(value: Any) -> Any:
    """Of a property that stands several times."""
    return next(iter(value), None) if isinstance(value, list) else value


def one_line(value: Any, longest: int) -> str:
    return _shortened(" ".join(_plain(value).split()), longest)


def paragraphs(value: Any, longest: int) -> str:
    """Without empty lines and without markup."""
    lines = (" ".join(line.split()) for line in _plain(value).splitlines())
    return _shortened("\n".join(filter(None, lines)), longest)


def https_only(value: Any, longest: int) -> str:
    """A link that can be opened without harm; cut, it would lead elsewhere."""
    link = _plain(value).strip()
    is_safe = link.startswith("https://") and link.isprintable() and " " not in link
    return link if is_safe and len(link) <= longest else ""


def maker_of(product: str) -> str:
    """`-//Doctolib//Agenda 2.1//FR` → `Doctolib`."""
    parts = [part.strip() for part in product.split("//")]
    named = [part for part in parts[1:] if part] if parts[0] in ("-", "+") else parts
    return named[0] if named else ""


def _plain(value: Any) -> str:
    text = str(first(value) or "")
    if _MARKUP.search(text):
        text = html.unescape(_without_tags(text))
    return _TURNING.sub("", _CONTROL.sub("", text))


def _without_tags(text: str) -> str:
    kept, is_unseen = [], False
    for piece in _TAG.split(text):
        if not piece.startswith("<") or not piece.endswith(">"):
            kept.append("" if is_unseen else piece)
        elif is_unseen:
            is_unseen = not _SEEN_AGAIN.match(piece)
        else:
            is_unseen = bool(_UNSEEN.match(piece))
            kept.append("\n" if _BREAK.match(piece) else "")
    return "".join(kept)


def _shortened(text: str, longest: int) -> str:
    # The database of larger places takes no half characters.
    text = text.encode("utf-8", errors="replace").decode()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
