"""How much is taken, and why a file is not."""

from datetime import timedelta
from enum import StrEnum

from portal.errors import PortalError

MOST_BYTES = 10_000_000
"""Of one file, as it comes."""
MOST_KEPT_BYTES = 2 * MOST_BYTES
"""Of what a file becomes: a small drawing can grow when it is made anew."""
MOST_FILES = 5
"""Of one message."""
MOST_OF_PATIENT = 200_000_000
"""Bytes of all files about one patient."""
MOST_A_DAY = 100
"""Files that one account may try."""
LONGEST_NAME = 100
LONGEST_ALTERNATIVE_TEXT = 200
KEPT_UNSENT = timedelta(hours=24)
"""A file of a message that is not written any more."""
DRAFT_KEPT = timedelta(days=30)


class Refusal(StrEnum):
    """Why a file was not taken; `web` has the words, and says what works."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    HEIC = "heic"
    """The usual format of some phones; the same phone can also make a JPEG."""
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    UNREADABLE = "unreadable"
    """Cut short, damaged, or too heavy to be looked at."""
    BUSY = "busy"
    """Another file is being looked at, and takes long."""
    LOCKED = "locked"
    """A PDF with a password."""
    ACTIVE = "active"
    """A PDF that does something when it is opened, or that carries other files."""
    TOO_MANY = "too_many"
    NO_ROOM = "no_room"
    """All files about this patient together."""
    TOO_OFTEN = "too_often"
    SENT = "sent"
    """The message that it was for left already."""


class FileRefusedError(PortalError):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason
