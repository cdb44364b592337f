"""Numbers and addresses as people type them, and as a spreadsheet spoils them."""

import re

from portal.models.numbers import passes_luhn

_RPPS = re.compile(r"8?(\d{11})")
_FINESS = re.compile(r"\d[0-9AB]\d{7}")
_FRENCH = re.compile(r"(?:\+33|0033|33|0)?\(?0?\)?([1-9]\d{8})")
_FOREIGN = re.compile(r"(?:\+|00)([1-9]\d{7,14})")
_SHORT = re.compile(r"[13]\d{1,5}")
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_GAPS = re.compile(r"[\s.\-/\u2010-\u2015]+")
_BETWEEN = re.compile(r"\s+")


def rpps(text: str) -> str | None:
    """The eleven digits, also behind the 8 of the national identifier; nothing when wrong."""
    found = _RPPS.fullmatch(_BETWEEN.sub("", text))
    return found[1] if found and passes_luhn(found[1]) else None


def finess(text: str) -> str | None:
    # A spreadsheet takes it for a number and drops the zero of the first nine departments.
    plain = _BETWEEN.sub("", text).upper()
    found = _FINESS.fullmatch(f"0{plain}" if len(plain) == 8 else plain)
    return found[0] if found else None


def phone(text: str) -> str | None:
    """`06 39 98 12 07`; the zero that a spreadsheet dropped is back."""
    plain = _GAPS.sub("", text)
    if found := _FRENCH.fullmatch(plain):
        digits = f"0{found[1]}"
        return " ".join(digits[i : i + 2] for i in range(0, 10, 2))
    if found := _FOREIGN.fullmatch(plain):
        return f"+{found[1]}"
    return plain if _SHORT.fullmatch(plain) else None


def email(text: str) -> str | None:
    found = _EMAIL.fullmatch(text) if len(text) <= 254 else None
    return found[0].lower() if found else None


def postal_code(text: str) -> str:
    return f"0{text}" if text.isdigit() and len(text) == 4 else text
