"""Pictograms of easy reading: `:name:` before the sentence of a list item."""

import re
from html import escape

FILE = "icons/pictograms.svg"
"""Among the static files; apart from the icons of the interface, which every page loads."""

# Named as Lucide names them. By line: the body, how one feels, what one measures and notes, when,
# food and drink, medicines, what one does, whom one calls, signs.
PICTOGRAMS = frozenset(
    """
    heart-pulse droplet droplets wind brain bone eye ear hand activity
    flame snowflake battery-low smile frown bandage
    weight scale thermometer notebook-pen clipboard-list calendar-days
    alarm-clock clock sunrise sun moon bell
    utensils utensils-crossed glass-water apple carrot salad soup cooking-pot
    fish egg milk wheat candy candy-off coffee shopping-basket wine-off
    pill pill-bottle syringe test-tube
    footprints bike dumbbell person-standing armchair bed shower-head
    cigarette-off glasses book-open house car
    phone message-circle stethoscope hospital ambulance siren
    user-round users-round heart-handshake graduation-cap
    triangle-alert circle-check circle-x ban circle-question-mark
    """.split()  # noqa: SIM905
)

_WRITTEN = re.compile(r":([a-z0-9-]{1,40}):[ \t]+(?=\S)")
_PLACE = re.compile(r'<span class="picto ([a-z0-9-]+)"></span>')


def written(text: str) -> tuple[str, str] | None:
    """The name and the sentence of `:name: sentence`, whether or not there is such a pictogram."""
    found = _WRITTEN.match(text)
    return (found[1], text[found.end() :]) if found else None


def place(name: str) -> str:
    """Where a pictogram will stand: an element that may pass the sanitizer."""
    return f'<span class="picto {name}"></span>'


PLACES = frozenset(f"picto {name}" for name in PICTOGRAMS)
"""The values of its `class`."""


def drawn(html: str, sprite_url: str) -> str:
    """The same with the drawings in their places."""
    address = escape(sprite_url)

    def drawing(found: re.Match[str]) -> str:
        return (
            '<span class="picto"><svg class="icon" aria-hidden="true" focusable="false">'
            f'<use href="{address}#{found[1]}"/></svg></span>'
        )

    return _PLACE.sub(drawing, html)
