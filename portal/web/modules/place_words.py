"""The fields of a module in words: `step-2-body` is "Step 2, whole text"."""

import re

from portal.web.i18n import gettext

_PLACE = re.compile(r"([a-z]+)(?:-(.+?))?(?:-(title|body|easy|again))?")


def place_words(place: str) -> str:
    """The name itself for a field that no text has."""
    found = _PLACE.fullmatch(place)
    kind, name, part = found.groups() if found else ("", "", "")
    words = {
        ("title", None): gettext("Title"),
        ("goal", None): gettext("Goal"),
        ("summary", None): gettext("Summary"),
        ("step", "title"): gettext("Step %(number)s, title", number=name),
        ("step", "body"): gettext("Step %(number)s, whole text", number=name),
        ("step", "easy"): gettext("Step %(number)s, easy reading", number=name),
        ("question", None): gettext("Question %(number)s", number=name),
        ("question", "again"): gettext("Question %(number)s, asked differently", number=name),
        ("source", None): gettext("Source %(number)s", number=name),
        ("term", None): gettext("Word explained: %(word)s", word=name),
        ("image", None): gettext("Picture %(name)s", name=name),
    }
    return words.get((kind, part), place)
