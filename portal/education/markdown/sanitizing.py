"""The last hand on what a text became: an allow-list of elements, attributes and values.

The renderer writes only elements of ours and escapes the rest, so there should be nothing to
take away. This holds if it errs, or the parser does. Drawings (`svg`) are put in afterwards, by
us, in place of an empty element: a sanitizer that lets another language than HTML through has to
follow the parser of browsers through both, and that is where markup has always slipped past.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from portal.education.markdown import pictograms
from portal.education.markdown.content import SIZES

if TYPE_CHECKING:
    from nh3 import Cleaner

TAGS = frozenset(
    """
    h2 h3 h4 h5 h6 p br hr strong em code pre blockquote ul ol li a
    aside figure figcaption img span div table thead tbody tr th td
    """.split()  # noqa: SIM905
)
# Attributes with a closed list of values.
VALUES = {
    "a": {"class": {"term"}, "rel": {"noopener noreferrer"}},
    "aside": {"class": {"key-point"}},
    "ul": {"class": {"picto-list"}},
    "ol": {"class": {"picto-list"}},
    "span": {"class": set(pictograms.PLACES)},
    "img": {"loading": {"lazy"}, "decoding": {"async"}, "sizes": {SIZES}},
    "th": {"scope": {"col"}},
}
# Attributes whose values follow a pattern; a path of ours begins with one slash.
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_NUMBER = re.compile(r"\d{1,9}")
_PATTERNS = {
    ("a", "href"): re.compile(r"https://[!-~]+|#term-\d{1,6}"),
    ("img", "src"): _OWN_PATH,
    ("img", "srcset"): re.compile(
        rf"{_OWN_PATH.pattern} \d{{1,5}}w(?:, {_OWN_PATH.pattern} \d{{1,5}}w)*"
    ),
    ("img", "width"): _NUMBER,
    ("img", "height"): _NUMBER,
    ("img", "alt"): re.compile(r".*", re.DOTALL),
    ("ol", "start"): _NUMBER,
}


def sanitized(html: str, *, sprite_url: str, anchors: Iterable[str] = ()) -> Markup:
    """The markup of a text, safe on a page of ours.

    `anchors` are words that are explained below: the first link to each gets a name, so that its
    meaning can lead back there. Names stand once on a page, so that only one text may have them.
    """
    clean = pictograms.drawn(_cleaner().clean(html), sprite_url)
    for anchor in anchors:
        link = f'<a class="term" href="#{anchor}">'  # no text holds a bare "<": it is one of ours
        clean = clean.replace(link, link.replace("<a ", f'<a id="{anchor}-text" '), 1)
    # Already clean: what is added is a name from a fixed set and an escaped address of ours.
    return Markup(clean)  # noqa: S704


@cache
def _cleaner() -> "Cleaner":
    # Loaded with the first text that is shown, like the parser.
    from nh3 import Cleaner

    # Under the star stands what any element may have; left out, it is `title` and `lang`.
    attributes: dict[str, set[str]] = {"*": set()}
    for tag, name in _PATTERNS:
        attributes.setdefault(tag, set()).add(name)
    return Cleaner(
        tags=TAGS,
        attributes=attributes,
        tag_attribute_values=VALUES,
        attribute_filter=_kept,
        url_schemes={"https"},
        link_rel=None,
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    pattern = _PATTERNS.get((tag, attribute))
    return value if pattern is None or pattern.fullmatch(value) else None
