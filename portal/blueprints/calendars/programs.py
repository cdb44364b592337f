"""A calendar program in words, from what it says of itself."""

import re

from portal.web.devices import device_words
from portal.web.i18n import gettext

# The first that is found counts: servers of a maker are named before what they resemble.
_PROGRAMS = (
    ("Google Agenda", re.compile(r"\bGoogle-Calendar-Importer\b")),
    ("Outlook", re.compile(r"\bOutlook\b|\bMicrosoft\.?Exchange\b|\bExchange/|\bExchangeServices")),
    ("Thunderbird", re.compile(r"\bThunderbird/")),
    ("ICSx⁵", re.compile(r"\bICSx5/", re.IGNORECASE)),
    ("DAVx⁵", re.compile(r"\bDAVx5/", re.IGNORECASE)),
    ("Nextcloud", re.compile(r"\bNextcloud\b|\bmirall/")),
    ("Proton", re.compile(r"\bProton", re.IGNORECASE)),
)
_APPLE = re.compile(r"\b(?:dataaccessd|CalendarAgent|iCal|calaccessd)\b")


def program_words(agent: str) -> str:
    """`Google Agenda`, `le calendrier d’Apple`, else what the device pages say of a browser.

    Only names of our own list are shown: what a stranger's program says of itself is not.
    """
    known = next((name for name, sign in _PROGRAMS if sign.search(agent)), "")
    if known:
        return known
    if _APPLE.search(agent):
        return gettext("Apple’s calendar")
    return device_words(agent)
