"""How a file is called: without a path, and with the ending of what is kept."""

import re

from portal.uploads.limits import LONGEST_NAME
from portal.web.exchange.texts import plain_line
from portal.web.i18n import gettext

# What some devices cannot keep in a name.
_UNUSUAL = re.compile(r'[<>:"|?*]')
_ENDINGS = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}


def clean_name(sent: str | None, media_type: str) -> str:
    """Of what the browser says; never longer than `LONGEST_NAME`."""
    last = plain_line((sent or "")[-500:].replace("\\", "/")).rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    kept = _UNUSUAL.sub("", stem).strip(". ")[: LONGEST_NAME - 5].strip()
    if not kept:
        kept = gettext("photo") if media_type == "image/jpeg" else gettext("document")
    return kept + _ENDINGS[media_type]
