"""Reads markup of experts' texts as a strict parser does, and knows what may be in it."""

import re
from xml.etree.ElementTree import Element

import html5lib

_XHTML = "{http://www.w3.org/1999/xhtml}"
_SVG = "{http://www.w3.org/2000/svg}"
SPRITE = "/static/icons/pictograms.svg"

_BARE = (
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "strong", "em", "code", "pre", "blockquote"),
    *("li", "figure", "figcaption", "div", "table", "thead", "tbody", "tr", "td"),
)
# Element → attribute → the whole of what may stand in it; written down apart from the product.
ALLOWED: dict[str, dict[str, str]] = {
    **{name: {} for name in _BARE},
    "a": {"href": r"https://[!-~]+|#term-\d+", "rel": "noopener noreferrer", "class": "term"},
    "aside": {"class": "key-point"},
    "ul": {"class": "picto-list"},
    "ol": {"class": "picto-list", "start": r"\d+"},
    "span": {"class": "picto"},
    "th": {"scope": "col"},
    "img": {
        "src": "/images/scale",
        "width": r"\d+",
        "height": r"\d+",
        "alt": r"[\s\S]*",
        "loading": "lazy",
        "decoding": "async",
    },
    "svg:svg": {"class": "icon", "aria-hidden": "true", "focusable": "false"},
    "svg:use": {"href": rf"{re.escape(SPRITE)}#[a-z-]+"},
}


def parsed(html: str) -> Element:
    """The tree; a mistake in the markup raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=True)
    tree = parser.parseFragment(html)
    assert isinstance(tree, Element)
    return tree


def strangers(html: str) -> list[str]:
    """Elements and attributes that have no place in the text of an expert."""
    found = []
    for element in parsed(html).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        name = str(element.tag).replace(_XHTML, "").replace(_SVG, "svg:")
        values = ALLOWED.get(name)
        if values is None:
            found.append(name)
            continue
        found += [
            f"{name} {key}={value}"
            for key, value in element.attrib.items()
            if not re.fullmatch(values.get(key, "(?!)"), value)
        ]
    return found
