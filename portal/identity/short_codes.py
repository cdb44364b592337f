"""Codes to type from a printed sheet: ten characters, none of which looks like another."""

import re
import secrets

LENGTH = 10
ALPHABET = "0123456789ACDEFGHJKMNPRTVWXY"
"""28 characters: 48 bits in a code."""
_READ_AS = str.maketrans("OQILZSBU", "0011258V")
"""What a tired eye writes for a character of the alphabet; none of these is in it."""


def new_code() -> str:
    """A random code as it is kept, without its dash."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain(code: str) -> str:
    """The same code however it was typed: case, spaces, dashes and lookalikes are folded."""
    return re.sub(r"[\W_]", "", code).upper().translate(_READ_AS)


def grouped(code: str) -> str:
    """As it is printed: K7WDM-3XH94."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def is_whole(code: str) -> bool:
    """Whether a plain code can be one at all: a shorter one is a slip, not an attempt."""
    return len(code) == LENGTH and set(code) <= set(ALPHABET)
