"""What stands in a line: text, emphasis, links, words of the glossary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from portal.education.markdown.content import SIZES, Picture, Term
from portal.education.markdown.parsing import clean
from portal.education.markdown.targets import Glossary, https_address, image_of, word_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_DEEPEST_EMPHASIS = 8
_EMPHASIS = {"em_open": 1, "strong_open": 1, "em_close": -1, "strong_close": -1}


@dataclass
class Setting:
    """What one text is rendered with, and the words that it has explained so far."""

    images: Mapping[str, Picture]
    glossary: Glossary
    typo: Callable[[str], str]
    terms: dict[str, Term] = field(default_factory=dict)

    def text(self, words: str) -> str:
        """Words as they go on the page; entities may still have brought what nobody sees."""
        return escape(self.typo(clean(words)))

    def term(self, word: str) -> Term | None:
        entry = self.glossary.find(word)
        if entry is None:
            return None
        new = Term(*entry, anchor=f"term-{len(self.terms) + 1}")
        return self.terms.setdefault(entry[0], new)


def inline_html(children: "Sequence[Token]", setting: Setting) -> str:
    line = _Line(setting)
    for child in children:
        line.add(child)
    return "".join(line.parts)


def figures(images: "Sequence[Token]", setting: Setting) -> str:
    return "".join(_figure(image, setting) for image in images)


def only_images(children: "Sequence[Token]") -> "list[Token]":
    """The images of a paragraph that holds nothing else; none when it holds words or links."""
    images = [child for child in children if child.type == "image"]
    others = (child for child in children if child.type != "image")
    return [] if any(child.nesting or child.content.strip() for child in others) else images


def _figure(token: "Token", setting: Setting) -> str:
    picture = setting.images.get(image_of(str(token.attrGet("src"))) or "")
    if picture is None:
        return ""
    caption = setting.text(str(token.attrGet("title") or "")).strip()
    srcset = f' srcset="{escape(picture.srcset)}" sizes="{SIZES}"' if picture.srcset else ""
    return (
        f'<figure><img src="{escape(picture.src)}"{srcset} width="{picture.width}"'
        f' height="{picture.height}" loading="lazy" decoding="async"'
        f' alt="{setting.text(picture.alternative_text)}">'
        + (f"<figcaption>{caption}</figcaption>" if caption else "")
        + "</figure>"
    )


class _Link(NamedTuple):
    """A link that is open: where its tag stands, and how many words stood before it."""

    position: int
    opening: str
    words_before: int


class _Line:
    """Puts the parts of a line together; a link without words is none."""

    def __init__(self, setting: Setting) -> None:
        self.parts: list[str] = []
        self._setting = setting
        self._depth = 0
        self._links: list[_Link] = []
        self._words = 0

    def add(self, token: "Token") -> None:
        if token.type in _EMPHASIS:
            self._emphasis(token)
        elif token.type == "link_open":
            self._open_link(str(token.attrGet("href")))
        elif token.type == "link_close":
            self._close_link()
        else:
            self.parts.append(self._leaf(token))
            self._words += bool(clean(token.content).strip())

    def _leaf(self, token: "Token") -> str:
        if token.type == "hardbreak":
            return "<br>"
        if token.type == "softbreak":
            return "\n"
        if token.type == "code_inline":
            return f"<code>{escape(clean(token.content))}</code>"
        # Of an image in a line nothing is shown but the words that stand for it.
        return self._setting.text(token.content)

    def _emphasis(self, token: "Token") -> None:
        step = _EMPHASIS[token.type]
        self._depth += max(step, 0)
        if self._depth <= _DEEPEST_EMPHASIS:
            self.parts.append(f"<{'/' if step < 0 else ''}{token.tag}>")
        self._depth += min(step, 0)

    def _open_link(self, target: str) -> None:
        opening = "" if any(link.opening for link in self._links) else self._tag(target)
        self._links.append(_Link(len(self.parts), opening, self._words))
        self.parts.append(opening)

    def _close_link(self) -> None:
        link = self._links.pop()
        if self._words == link.words_before:
            self.parts[link.position] = ""
        elif link.opening:
            self.parts.append("</a>")

    def _tag(self, target: str) -> str:
        address = https_address(target)
        if address is not None:
            return f'<a href="{escape(address)}" rel="noopener noreferrer">'
        term = self._setting.term(word_of(target) or "")
        return f'<a class="term" href="#{term.anchor}">' if term else ""
