"""A text in its blocks, so that something can be said of each."""

from portal.education.markdown.parsing import clean, parse
from portal.education.markdown.plain import plain_text


def blocks(markdown: str) -> list[str]:
    """The source of each paragraph, heading, list, table, key point of the text.

    The whole text alone when a part of it means something else without the others: a link may
    name its address at the end.
    """
    lines = clean(markdown).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spans = [
        token.map
        for token in parse(markdown)
        if token.level == 0 and token.nesting >= 0 and token.map
    ]
    found = ["\n".join(lines[start:end]).rstrip() for start, end in spans]
    alone = "\n".join(filter(None, map(plain_text, found)))
    return found if alone == plain_text(markdown) else [markdown]
