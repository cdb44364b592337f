"""Passwords: argon2id behind a semaphore, and what makes one too easy to guess."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import WeakPasswordError

MIN_LENGTH = 12
MAX_LENGTH = 128
_CONTEXT = ("relais", "portail", "sante", "hopital", "demo", "patient", "soins", "aidant")
_GUESSES_LOG10 = 10
"""Fewer guesses than 10^10 is "too easy to guess" (zxcvbn's own border of "very unguessable")."""
_AZERTY_ROWS = ("&é\"'(-è_çà)=", "azertyuiop", "qsdfghjklm", "wxcvbn")
_SMALL_WORDS = """
le la les l un une de du des d et a au aux en je j tu te t il on mon ma mes m ton ta tes son sa ses
c ce est the my
"""
_LOOKS_LIKE = str.maketrans("@4301!|5$7+8", "aaeoiilssttb")
_OTHER_SIGNS = 8
"""With more digits and signs than these beside its words, a password is left to zxcvbn alone."""

# 46 MiB, one pass, one lane: OWASP's first choice for argon2id.
_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
# One hash at a time: a worker has two threads, and the other one goes on answering pages.
_hashing = BoundedSemaphore(1)


def hash_password(password: str) -> str:
    with _hashing:
        return _hasher.hash(_normal(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Takes as long for an account that does not exist (`None`) as for one that does."""
    with _hashing:
        stored = password_hash or _dummy_hash()
        # Hashes from before normalisation were made of the text as it was typed.
        tries = dict.fromkeys((_normal(password), password))
        return any(_verifies(stored, text) for text in tries) and bool(password_hash)


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


def check_strength(password: str, *, personal: list[str]) -> None:
    """Length and guessability only, no rules of composition (NIST SP 800-63B-4, 3.1.1.2).

    `personal` holds names and e-mail of the account. Raises `WeakPasswordError`.
    """
    password = _normal(password)
    if len(password) < MIN_LENGTH:
        raise WeakPasswordError("too_short")
    if len(password) > MAX_LENGTH:
        raise WeakPasswordError("too_long")
    if is_easy_to_guess(password, known=personal) or _is_made_of_known_words(password, personal):
        raise WeakPasswordError("common")


def is_easy_to_guess(password: str, *, known: list[str]) -> bool:
    from zxcvbn import zxcvbn  # its word lists are loaded only when a password is chosen

    words = [*known, *_french_words(), *_keyboard_walks()]
    result = zxcvbn(password, user_inputs=words, max_length=MAX_LENGTH)
    return float(result["guesses_log10"]) < _GUESSES_LOG10


def _verifies(stored: str, text: str) -> bool:
    try:
        return _hasher.verify(stored, text)
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """One password, one text: a Mac sends é as two characters, a phone as one (NIST: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _is_made_of_known_words(password: str, personal: list[str]) -> bool:
    """Whether one or two words of the account or of habit are all there is.

    Beside them it may have small words, a few letters, digits and signs; the same word again
    counts once, and 0 for o or @ for a hides nothing.
    """
    if sum(not (c.isalpha() or c.isspace()) for c in password) > _OTHER_SIGNS:
        return False
    words = _known_words(personal)
    decoded = _trimmed(password).translate(_LOOKS_LIKE)
    return any(_covers(_letters(text), words) for text in (password, decoded))


def _known_words(personal: list[str]) -> frozenset[str]:
    own = [_letters(part) for text in personal for part in (text, *re.split(r"[\s@.-]+", text))]
    walks = (_letters(walk) for walk in _keyboard_walks())
    return frozenset(word for word in (*own, *_CONTEXT, *_french_words(), *walks) if len(word) > 2)


def _covers(text: str, words: frozenset[str]) -> bool:
    """Whether at most two different words, and small ones, leave fewer than four letters."""
    longest, small = max(map(len, words)), frozenset(_SMALL_WORDS.split())
    # best[end]: letters left over so far, and the words that cover the rest.
    best: list[tuple[int, frozenset[str]]] = [(0, frozenset())]
    for end in range(1, len(text) + 1):
        left, used = best[end - 1]
        found = [(left + 1, used)]
        for start in range(max(0, end - longest), end):
            left, used = best[start]
            word = text[start:end]
            if word in words:
                found.append((left, used | {word}))
            elif word in small:
                found.append((left, used))
        best.append(min(found, key=lambda one: (one[0], len(one[1]))))
    left, used = best[-1]
    return bool(used) and len(used) <= 2 and left < 4


def _trimmed(password: str) -> str:
    """Without the digits and signs at its ends: they stand for themselves, not for letters."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)


def _letters(text: str) -> str:
    """Only its letters, without case and accents."""
    plain = unicodedata.normalize("NFKD", text).lower()
    return "".join(c for c in plain if c.isalpha())


@cache
def _dummy_hash() -> str:
    return _hasher.hash("no account has this password")


@cache
def _french_words() -> tuple[str, ...]:
    text = Path(__file__).with_name("french_passwords.txt").read_text()
    return tuple(
        word for line in text.splitlines() if not line.startswith("#") for word in line.split()
    )


@cache
def _keyboard_walks() -> tuple[str, ...]:
    """Four keys or more beside each other on a French keyboard, in both directions."""
    both = [row[::way] for row in _AZERTY_ROWS for way in (1, -1)]
    return tuple(
        row[start:end]
        for row in both
        for start in range(len(row))
        for end in range(start + 4, len(row) + 1)
    )
