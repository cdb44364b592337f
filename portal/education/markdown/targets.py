"""What links and images may point at."""

import re
import unicodedata
from collections.abc import Mapping

# Letters, digits and dots before the first slash: nobody's name before an @, no port that is
# not one. The parser has already encoded all that is not ASCII.
_ADDRESS = re.compile(r"https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?(?:[/?#][!-~]*)?")
_TERM = "term:"
_IMAGE = "image:"


def https_address(target: str) -> str | None:
    """The address of a page elsewhere, if it is one that we link to."""
    start, colon, rest = target.partition(":")
    address = start.lower() + colon + rest
    return address if _ADDRESS.fullmatch(address) else None


def word_of(target: str) -> str | None:
    """The word of the glossary that a link names."""
    return target.removeprefix(_TERM) if target.startswith(_TERM) else None


def image_of(target: str) -> str | None:
    """The image of the module that is named."""
    return target.removeprefix(_IMAGE) if target.startswith(_IMAGE) else None


class Glossary:
    """Words found however they are typed: capitals, spaces and composed accents do not matter."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self._entries = {_key(word): (word, meanings[word]) for word in meanings}

    def find(self, word: str) -> tuple[str, str] | None:
        """The word as the glossary has it, and what it means."""
        return self._entries.get(_key(word))


def _key(word: str) -> str:
    return " ".join(unicodedata.normalize("NFC", word).casefold().split())
