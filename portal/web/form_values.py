"""What the fields of a form say; nothing that they say is believed unread."""

import re
from datetime import date, time
from uuid import UUID

from portal.identity import birth_dates

# The spaces of "14 h 30" may be those that keep it on one line: it was copied from a page.
_CLOCK = re.compile(r"([0-9]{1,2})\s*[h:.]?\s*([0-9]{2})?")


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def version_of(text: str | None) -> int:
    """0, which no row has, when it is missing or no number."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def day_of(text: str | None) -> date | None:
    """As a browser sends it, or as people type it: `17/03/2027`."""
    read = birth_dates.read(text or "")
    return date.fromisoformat(read) if read else None


def time_of(text: str | None) -> time | None:
    """`14:30`, `14 h 30`, `14h`."""
    found = _CLOCK.fullmatch((text or "").strip().lower())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def number_of(text: str | None) -> int:
    """0 when it is no number; a number of many digits is none that anybody means."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
