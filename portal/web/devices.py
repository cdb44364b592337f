"""A browser in words: `Chrome sur Android`, for the history, the sessions and the notices."""

import re
from functools import lru_cache

from portal.web.i18n import gettext

# The first that is found counts: most browsers also name those that they resemble.
_BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/")),
    ("Opera", re.compile(r"\b(?:OPR|OPT|OPX|Opera)/")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(?:Chrome|Chromium|CriOS|HeadlessChrome)/")),
    ("Safari", re.compile(r"\bVersion/[\d.]+.* Safari/")),
)
_SYSTEMS = (
    ("iPhone", re.compile(r"\biPhone\b|\biPod\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Mac", re.compile(r"\bMacintosh\b|\bMac OS X\b")),
    ("Linux", re.compile(r"\bLinux\b|\bX11\b")),
)


def device_words(user_agent: str) -> str:
    """`Chrome sur Android`, `un navigateur sur Windows`, else `un appareil inconnu`.

    Only names of our own list are shown: what a stranger's browser says of itself is not.
    """
    browser, system = _names(user_agent)
    if browser and system:
        return gettext("%(browser)s on %(system)s", browser=browser, system=system)
    if system:
        return gettext("a browser on %(system)s", system=system)
    return browser or gettext("an unknown device")


@lru_cache(maxsize=1024)
def _names(user_agent: str) -> tuple[str, str]:
    """Browser and system, empty when they are not known."""
    browser = next((name for name, sign in _BROWSERS if sign.search(user_agent)), "")
    system = next((name for name, sign in _SYSTEMS if sign.search(user_agent)), "")
    return browser, system
