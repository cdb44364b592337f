"""Why a file was not joined, and what works instead."""

from portal.uploads.limits import MOST_FILES, Refusal
from portal.web.i18n import gettext


def refusal_words(reason: Refusal) -> str:
    """One or two sentences for the reader."""
    return {
        Refusal.EMPTY: gettext("Choose a photo or a PDF"),
        Refusal.TOO_LARGE: gettext("This file is larger than 10 MB. Choose a smaller one"),
        Refusal.UNSUPPORTED: gettext(
            "This kind of file cannot be joined. Choose a photo (JPEG, PNG, WebP) or a PDF"
        ),
        Refusal.HEIC: gettext(
            "This photo is in the HEIC format, which not everybody can open. In the settings of "
            "the camera choose “most compatible” (JPEG), or send a screenshot of the photo"
        ),
        Refusal.TOO_MANY_PIXELS: gettext(
            "This picture is too large: 40 million pixels at most. Make it smaller, or take it "
            "again with the usual settings"
        ),
        Refusal.TOO_MANY_PAGES: gettext(
            "This PDF has more than 300 pages. Join only the pages that matter"
        ),
        Refusal.UNREADABLE: gettext(
            "This file cannot be opened safely: it may be damaged or cut short. Make it again, or "
            "take a photo of it"
        ),
        Refusal.BUSY: gettext("Relais is checking other files just now. Try again in a minute"),
        Refusal.LOCKED: gettext(
            "This PDF is protected by a password. Print it to a new PDF without one, or take a "
            "photo of it"
        ),
        Refusal.ACTIVE: gettext(
            "This PDF contains a program, a form or other files. Print it to a new PDF, then join "
            "that one"
        ),
        Refusal.TOO_MANY: gettext(
            "%(most)s files are joined already. Send the others with another message",
            most=MOST_FILES,
        ),
        Refusal.NO_ROOM: gettext(
            "There is no room left for files about this person. Write to the coordination"
        ),
        Refusal.TOO_OFTEN: gettext("Too many files today. Try again tomorrow"),
        Refusal.SENT: gettext(
            "The message left already. Write another one and join the file to it"
        ),
    }[reason]
