"""What is shown with a text, and what comes of it."""

from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

SIZES = "(max-width: 40em) 92vw, 42em"
"""How wide a picture stands in a text, for `sizes`."""


@dataclass(frozen=True)
class Picture:
    """An image of the module, as a page loads it: always from this server."""

    src: str
    width: int
    height: int
    alternative_text: str
    srcset: str = ""
    """The same in other widths: `/a/480 480w, /a 960w`."""


@dataclass(frozen=True)
class Term:
    """A word that the text explains; the link in the text leads to the anchor."""

    word: str
    meaning: str
    anchor: str


@dataclass(frozen=True)
class Rendered:
    """A text ready for a page: the markup, and the words it explains in the order of the text."""

    html: Markup
    terms: tuple[Term, ...]


class FaultCode(StrEnum):
    UNKNOWN_IMAGE = "unknown_image"
    """No image of the module has this name; images from elsewhere neither."""
    IMAGE_NOT_ALONE = "image_not_alone"
    """Text stands in the paragraph of the image, which is not shown."""
    IMAGE_WITHOUT_WORDS = "image_without_words"
    """Its alternative text is empty."""
    UNKNOWN_TERM = "unknown_term"
    UNKNOWN_PICTOGRAM = "unknown_pictogram"
    LINK_NOT_HTTPS = "link_not_https"
    """The words are shown, the link is not."""
    RAW_HTML = "raw_html"
    """Shown as it is typed."""
    TOP_HEADING = "top_heading"
    """`#` belongs to the title of the page."""


@dataclass(frozen=True)
class Fault:
    """Something in a text that does not come out as its author means it."""

    line: int
    """Counts from 1."""
    code: FaultCode
    subject: str
    """The name, the address or the tag that is wrong; may be long, and is never markup."""
