"""What an e-mail address is: one notion for every form, the command line and the mail worker."""

import re
from contextlib import suppress
from unicodedata import normalize

MAX_LENGTH = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")


def fold(address: str) -> str:
    """One address, one account: upper and lower case, and all spellings of a host, are the same."""
    name, at, domain = address.strip().lower().rpartition("@")
    if not at:
        return domain
    # Full-width letters and `xn--` become the letters that they stand for; what is no name of a
    # host stays, and `is_address` refuses it.
    with suppress(UnicodeError):
        domain = normalize("NFKC", domain).lower().encode("idna").decode("idna")
    return name + at + domain


def is_address(text: str) -> bool:
    """One plain address that the worker can write to: ASCII before the @, a dot after it."""
    name, _, domain = text.partition("@")
    wire = _wire_form(domain)
    is_plain = bool(_NAME.fullmatch(name) and _DOMAIN.fullmatch(wire))
    return is_plain and len(name) + 1 + len(wire) <= MAX_LENGTH


def _wire_form(domain: str) -> str:
    """As mail servers look it up; empty for what is no name of a host."""
    lower = domain.lower()
    if lower.isascii():
        return lower
    try:
        wire = domain.encode("idna")
        # Some letters become others on the way (ß, full-width ones): another host, perhaps.
        return wire.decode() if wire.decode("idna") == normalize("NFC", lower) else ""
    except UnicodeError:
        return ""
