"""Why a picture was not taken, and what works instead."""

from portal.education.drafting.illustrating import MOST_IMAGES
from portal.uploads.limits import Refusal
from portal.web.i18n import gettext


def picture_refusal(reason: Refusal) -> str:
    words = {
        Refusal.EMPTY: gettext("Choose a picture"),
        Refusal.TOO_LARGE: gettext("This file is larger than 10 MB. Choose a smaller one"),
        Refusal.UNSUPPORTED: gettext("Choose a picture in JPEG, PNG or WebP"),
        Refusal.HEIC: gettext(
            "This photo is in the HEIC format, which not everybody can open. In the settings of "
            "the camera choose “most compatible” (JPEG), or send a screenshot of the photo"
        ),
        Refusal.TOO_MANY_PIXELS: gettext(
            "This picture is too large: 40 million pixels at most. Make it smaller, or take it "
            "again with the usual settings"
        ),
        Refusal.BUSY: gettext("Relais is checking other files just now. Try again in a minute"),
        Refusal.TOO_OFTEN: gettext("Too many files today. Try again tomorrow"),
        Refusal.TOO_MANY: gettext("A module shows %(most)s pictures at most", most=MOST_IMAGES),
    }
    unreadable = gettext("This picture cannot be opened safely: it may be damaged or cut short")
    return words.get(reason, unreadable)
