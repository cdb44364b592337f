"""The words of a text without its markup: for the readability and for the search."""

from typing import TYPE_CHECKING

from portal.education.markdown import pictograms
from portal.education.markdown.parsing import clean, is_start_of_item, parse, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token


def plain_text(markdown: str) -> str:
    """One block on each line: paragraph, heading, item, cell, key point, caption."""
    tokens = parse(markdown)
    lines = (_words(tokens, position) for position in range(len(tokens)))
    return "\n".join(line for line in lines if line)


def _words(tokens: "Sequence[Token]", position: int) -> str:
    token = tokens[position]
    if token.type != "inline":
        # Code is a leaf with content; of the others only a tag remains.
        return _one_line(token.content)
    children = token.children or []
    text = "".join(text_of(child) for child in children)
    if is_start_of_item(tokens, position):
        text = _without_pictogram(text)
    captions = (str(child.attrGet("title") or "") for child in children if child.type == "image")
    return "\n".join(filter(None, map(_one_line, (text, *captions))))


def _without_pictogram(text: str) -> str:
    found = pictograms.written(text)
    return found[1] if found and found[0] in pictograms.PICTOGRAMS else text


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
