"""From tokens to markup, in one pass and without recursion."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from portal.education.markdown import pictograms
from portal.education.markdown.content import Picture, Rendered
from portal.education.markdown.inline import Setting, figures, inline_html, only_images
from portal.education.markdown.parsing import clean, inline_tokens, is_start_of_item, parse
from portal.education.markdown.sanitizing import sanitized
from portal.education.markdown.targets import Glossary

if TYPE_CHECKING:
    from markdown_it.token import Token

_LOWEST_HEADING = 6
_HIGHEST_WRITTEN = 2
"""Texts begin with `##`; who writes `#` means the same."""


def render(
    markdown: str,
    *,
    images: Mapping[str, Picture],
    glossary: Mapping[str, str],
    key_point: str,
    sprite_url: str,
    typo: Callable[[str], str],
    is_easy: bool = False,
    heading_level: int = 2,
    is_alone: bool = False,
) -> Rendered:
    """A text as markup that is safe on a page.

    `key_point` is the translated label of key points, `sprite_url` the address of
    `pictograms.FILE`, `typo` the typography of the language of the text. A text that `is_alone` on
    its page has names where words stand that are explained below.
    """
    tokens = parse(markdown)
    setting = Setting(images, Glossary(glossary), typo)
    blocks = _Blocks(setting, escape(key_point), heading_level)
    if is_easy:
        blocks.items = _pictogram_items(tokens)
    for position in range(len(tokens)):
        blocks.add(tokens, position)
    anchors = [term.anchor for term in setting.terms.values()] if is_alone else []
    html = sanitized("".join(blocks.parts), sprite_url=sprite_url, anchors=anchors)
    return Rendered(html, tuple(setting.terms.values()))


@dataclass(frozen=True)
class _Item:
    """How an item of a list with pictograms is wrapped."""

    pictogram: str | None
    element: str


@dataclass
class _Items:
    lists: set[int] = field(default_factory=set)
    items: dict[int, _Item] = field(default_factory=dict)


def _pictogram_items(tokens: "Sequence[Token]") -> _Items:
    """The lists in which an item shows a pictogram, and all of their items."""
    found = _Items()
    named = {at - 2: _take_pictogram(tokens, at) for at, _ in inline_tokens(tokens)}
    for start, positions in _items_of_lists(tokens).items():
        if any(named.get(at) for at in positions):
            found.lists.add(start)
            for at in positions:
                found.items[at] = _Item(named.get(at), _wrapper(tokens, at))
    return found


def _take_pictogram(tokens: "Sequence[Token]", position: int) -> str | None:
    """The pictogram of the item that begins here; its name leaves the text."""
    children = tokens[position].children
    if not children or not is_start_of_item(tokens, position):
        return None
    found = pictograms.written(children[0].content)
    if found is None or found[0] not in pictograms.PICTOGRAMS:
        return None
    children[0].content = found[1]
    return found[0]


def _items_of_lists(tokens: "Sequence[Token]") -> dict[int, list[int]]:
    """Position of each list → positions of its items."""
    found: dict[int, list[int]] = {}
    inside: list[int] = []
    for at, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            inside.append(at)
            found[at] = []
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            inside.pop()
        elif token.type == "list_item_open":
            found[inside[-1]].append(at)
    return found


def _wrapper(tokens: "Sequence[Token]", item: int) -> str:
    """A sentence stands in a `span`, whether or not blank lines part the items; else a `div`."""
    types = [token.type for token in tokens[item + 1 : item + 5]]
    if types != ["paragraph_open", "inline", "paragraph_close", "list_item_close"]:
        return "div"
    if only_images(tokens[item + 2].children or []):
        return "div"
    tokens[item + 1].hidden = True
    return "span"


class _Blocks:
    """Writes block after block; only names from here and escaped text reach the markup."""

    def __init__(self, setting: Setting, key_point: str, heading_level: int) -> None:
        self.parts: list[str] = []
        self.items = _Items()
        self._setting = setting
        self._heading_level = heading_level
        self._ends: list[str] = []
        self._fixed = {
            "key_point_open": f'<aside class="key-point"><strong>{key_point}</strong>',
            "key_point_close": "</aside>",
            "hr": "<hr>",
            "th_open": '<th scope="col">',
        } | {
            f"{name}_{end}": f"<{slash}{tag}>"
            for name, tag in _ELEMENTS.items()
            for end, slash in (("open", ""), ("close", "/"))
            if (name, end) != ("th", "open")
        }

    def add(self, tokens: "Sequence[Token]", position: int) -> None:
        token = tokens[position]
        if token.type == "inline":
            self.parts.append(self._paragraph(token, tokens[position - 1]))
        elif token.type in ("fence", "code_block"):
            self.parts.append(f"<pre><code>{escape(clean(token.content))}</code></pre>")
        elif token.type.endswith("_list_open"):
            self.parts.append(self._list(token, position))
        elif token.type == "list_item_open":
            self.parts.append(self._item(position))
        elif token.type == "list_item_close":
            self.parts.append(self._ends.pop())
        else:
            self.parts.append(self._fixed.get(token.type, ""))

    def _paragraph(self, token: "Token", opening: "Token") -> str:
        children = token.children or []
        images = only_images(children)
        if images and opening.type == "paragraph_open":
            return figures(images, self._setting)
        html = inline_html(children, self._setting)
        tag = self._tag(opening)
        return f"<{tag}>{html}</{tag}>" if tag and html.strip() else html

    def _tag(self, opening: "Token") -> str:
        if opening.type == "heading_open":
            below = max(int(opening.tag[1]) - _HIGHEST_WRITTEN, 0)
            return f"h{min(self._heading_level + below, _LOWEST_HEADING)}"
        return "p" if opening.type == "paragraph_open" and not opening.hidden else ""

    def _list(self, token: "Token", position: int) -> str:
        start = token.attrGet("start")
        first = "" if start is None else f' start="{start}"'
        look = ' class="picto-list"' if position in self.items.lists else ""
        return f"<{token.tag}{first}{look}>"

    def _item(self, position: int) -> str:
        item = self.items.items.get(position)
        if item is None:
            self._ends.append("</li>")
            return "<li>"
        self._ends.append(f"</{item.element}></li>")
        pictogram = pictograms.place(item.pictogram) if item.pictogram else ""
        return f"<li>{pictogram}<{item.element}>"


_ELEMENTS = {
    "bullet_list": "ul",
    "ordered_list": "ol",
    "blockquote": "blockquote",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
}
