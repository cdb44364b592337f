"""Typography as a filter: no-break spaces, curly apostrophes, French elision."""

import re
import unicodedata

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"

_FRENCH = (
    (re.compile(r" (?=[:;?!»])"), NBSP),
    (re.compile(r"(?<=«) "), NBSP),
    # 14 h 30, 2 kg, 15 min
    (re.compile(r"(?<=\d) (?=(?:h|min|kg|g|cm|mm|ml|km|s|ans?|Ko|Mo)\b|[%€])"), NBSP),
    (re.compile(r"(?<=\d[ \u00a0]h) (?=\d)"), NBSP),
    (re.compile(r"\b(Dr|Pr|Mme|M\.|Mlle) (?=[A-ZÀ-Ý])"), rf"\1{NBSP}"),
)
_PHONE_SPACES = re.compile(r"(?<=\d\d) (?=\d\d\b)")
_VOWELS = frozenset("aeiouy")
# First names whose h is silent; an unknown h is treated as silent too, save these.
_ASPIRATED = ("hans", "harry", "hassan", "hamid", "hakim", "halima", "hamza", "hannah", "harold")


def typo(text: str, locale: str) -> str:
    """The same words with the spaces and apostrophes of the language."""
    text = text.replace("'", "’")
    if not locale.startswith("fr"):
        return text
    for pattern, replacement in _FRENCH:
        text = pattern.sub(replacement, text)
    return text


def phone_text(number: str) -> str:
    """`06 39 98 12 07` that never breaks across lines."""
    return _PHONE_SPACES.sub(NBSP, number)


def first_up(text: str) -> str:
    """The first letter as a capital, the rest untouched."""
    return text[:1].upper() + text[1:]


def of_name(name: str, locale: str) -> str:
    """`de Jeanne`, `d’Anne` in French; `of Jeanne` elsewhere."""
    if not locale.startswith("fr"):
        return f"of {name}"
    return f"d’{name}" if _elides(name) else f"de {name}"


def _elides(name: str) -> bool:
    plain = unicodedata.normalize("NFKD", name).lower()
    if plain.startswith("h"):
        return not plain.startswith(_ASPIRATED)
    if plain.startswith("y"):
        # d’Yves, but de Yann: before a vowel the y is a consonant.
        return plain[1:2] not in _VOWELS
    return plain[:1] in _VOWELS
