"""What in a text will not come out as its author means it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from portal.education.markdown import pictograms
from portal.education.markdown.content import Fault, FaultCode, Picture
from portal.education.markdown.inline import only_images
from portal.education.markdown.parsing import is_start_of_item, parse
from portal.education.markdown.targets import Glossary, https_address, image_of, word_of

if TYPE_CHECKING:
    from markdown_it.token import Token

# Not each `<`: "moins de <5 kg" is a text.
_TAG = re.compile(
    r"<(?:/?[A-Za-z][A-Za-z0-9:-]*(?=[\s/>])[^<>]{0,200}>?|!--|\?|!\[CDATA|![A-Za-z])"
)


def faults(
    markdown: str, images: Mapping[str, Picture], glossary: Mapping[str, str]
) -> list[Fault]:
    """All faults in the order of the text."""
    tokens = parse(markdown)
    check = _Check(images, Glossary(glossary))
    line = 1
    for position, token in enumerate(tokens):
        if token.map:
            line = token.map[0] + 1
        check.block(tokens, position, line)
    return check.found


class _Check:
    def __init__(self, images: Mapping[str, Picture], glossary: Glossary) -> None:
        self.found: list[Fault] = []
        self._images = images
        self._glossary = glossary

    def block(self, tokens: "Sequence[Token]", position: int, line: int) -> None:
        token = tokens[position]
        if token.type == "heading_open" and token.tag == "h1":
            text = tokens[position + 1].content
            self.found.append(Fault(line, FaultCode.TOP_HEADING, text))
        if token.type == "inline" and token.children:
            if is_start_of_item(tokens, position):
                self._pictogram(token.children[0].content, line)
            in_paragraph = tokens[position - 1].type == "paragraph_open"
            is_alone = in_paragraph and bool(only_images(token.children))
            self._inline(token.children, line, is_alone=is_alone)

    def _pictogram(self, text: str, line: int) -> None:
        found = pictograms.written(text)
        if found and found[0] not in pictograms.PICTOGRAMS:
            self.found.append(Fault(line, FaultCode.UNKNOWN_PICTOGRAM, found[0]))

    def _inline(self, children: "Sequence[Token]", line: int, *, is_alone: bool) -> None:
        for child in children:
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            else:
                found = self._faults_of(child, is_alone=is_alone)
                self.found += [Fault(line, code, subject) for code, subject in found]

    def _faults_of(self, token: "Token", *, is_alone: bool) -> Iterator[tuple[FaultCode, str]]:
        if token.type == "link_open":
            yield from self._link(str(token.attrGet("href")))
        elif token.type == "image":
            yield from self._image(str(token.attrGet("src")), is_alone=is_alone)
        elif token.type == "text":
            yield from ((FaultCode.RAW_HTML, tag) for tag in _TAG.findall(token.content))

    def _link(self, target: str) -> Iterator[tuple[FaultCode, str]]:
        word = word_of(target)
        if word is not None:
            if self._glossary.find(word) is None:
                yield FaultCode.UNKNOWN_TERM, word
        elif https_address(target) is None:
            yield FaultCode.LINK_NOT_HTTPS, target

    def _image(self, target: str, *, is_alone: bool) -> Iterator[tuple[FaultCode, str]]:
        name = image_of(target)
        picture = self._images.get(name) if name else None
        if picture is None:
            yield FaultCode.UNKNOWN_IMAGE, name or target
        elif not picture.alternative_text.strip():
            yield FaultCode.IMAGE_WITHOUT_WORDS, name or target
        if picture is not None and not is_alone:
            yield FaultCode.IMAGE_NOT_ALONE, name or target
