"""Markdown as a flat list of tokens: CommonMark without HTML, tables, and our key points.

Nothing after the parser recurses: the tokens are read one after another. The parser itself goes
down at most twenty levels, whatever is written.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

_DEEPEST = 20
_NONCHARACTERS = "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
# Controls, lone surrogates and noncharacters have no place in HTML; embeddings and overrides of
# direction make a text read otherwise than it is written.
_UNSEEN = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufdd0-\ufdef\ud800-\udfff{_NONCHARACTERS}]"
)
_KEY_POINT = re.compile(r"!![ \t]+(?=\S)")
# A word of the glossary may be two words, which CommonMark wants between angle brackets.
_TERM_OF_WORDS = re.compile(r"\]\(term:([^()<>\n]{1,80})\)")


def clean(text: str) -> str:
    """The text without characters that nobody sees; lines stay what they are."""
    return _UNSEEN.sub("", text)


def parse(markdown: str) -> "list[Token]":
    source = _TERM_OF_WORDS.sub(r"](<term:\1>)", clean(markdown))
    return _parser().parse(source)


def text_of(token: "Token") -> str:
    """What one inline token says, as one line."""
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return ""
    return token.content


def is_start_of_item(tokens: "Sequence[Token]", position: int) -> bool:
    """Whether the inline token begins an item of a list."""
    return position >= 2 and tokens[position - 2].type == "list_item_open"


def inline_tokens(tokens: "Sequence[Token]") -> "Iterator[tuple[int, Token]]":
    """The tokens that hold text, each with its position."""
    return ((at, token) for at, token in enumerate(tokens) if token.type == "inline")


@cache
def _parser() -> "MarkdownIt":
    # Loaded by the first text that is read: most processes and most pages need none.
    from markdown_it import MarkdownIt

    class Parser(MarkdownIt):
        """Keeps addresses as they are written: what becomes of them is decided on the tokens."""

        def validateLink(self, url: str) -> bool:  # noqa: N802
            return True

        def normalizeLink(self, url: str) -> str:  # noqa: N802
            return url if url.startswith(("term:", "image:")) else super().normalizeLink(url)

    parser = Parser("commonmark", {"html": False, "maxNesting": _DEEPEST}).enable("table")
    # Left apart, `\<` and `&lt;` are not taken for a tag that somebody typed.
    parser.disable("text_join")
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("paragraph", "key_point", _key_point, {"alt": interrupted})
    return parser


def _is_key_point(state: "StateBlock", line: int) -> bool:
    start = state.bMarks[line] + state.tShift[line]
    return _KEY_POINT.match(state.src, start, state.eMarks[line]) is not None


def _key_point(state: "StateBlock", first: int, end: int, silent: bool) -> bool:
    """`!! …`: one key point; lines that begin with the mark are paragraphs of it."""
    if state.is_code_block(first) or not _is_key_point(state, first):
        return False
    if silent:
        return True
    after = _end_of_key_point(state, first, end)
    starts = [line for line in range(first, after) if _is_key_point(state, line)]
    state.push("key_point_open", "aside", 1).map = [first, after]
    for start, following in zip(starts, [*starts[1:], after], strict=True):
        _push_paragraph(state, start, following)
    state.push("key_point_close", "aside", -1)
    state.line = after
    return True


def _end_of_key_point(state: "StateBlock", first: int, end: int) -> int:
    """Its lines go on like those of a paragraph, except that none is taken from outside."""
    others = [rule for rule in state.md.block.ruler.getRules("paragraph") if rule is not _key_point]
    line = first + 1
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if any(rule(state, line, end, True) for rule in others):
            break
        line += 1
    return line


def _push_paragraph(state: "StateBlock", start: int, end: int) -> None:
    text = state.getLines(start, end, state.blkIndent, False).strip()
    state.push("paragraph_open", "p", 1).map = [start, end]
    inline = state.push("inline", "", 0)
    inline.content = _KEY_POINT.sub("", text, count=1)
    inline.map = [start, end]
    inline.children = []
    state.push("paragraph_close", "p", -1)
