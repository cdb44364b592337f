"""Which words most people know: a list of some 3,000, and the forms that they take.

The list is our own choice from general knowledge, not the outcome of a study, and knows nothing of
meaning: "foyer" is on it whatever it stands for. It helps an author to see words worth explaining;
no text may be refused because of it. Names are passed over where a capital tells them apart.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "words_fr.txt"

_PERSONS = ("ons", "ez", "ais", "ait", "ions", "iez", "aient")
_FUTURE = ("ai", "as", "a", "ont", *_PERSONS)
_FEMININE = (
    ("e", ""), ("ère", "er"), ("ète", "et"), ("euse", "eur"), ("euse", "eux"), ("rice", "eur"),
    ("ve", "f"), ("nne", "n"), ("lle", "l"), ("tte", "t"), ("sse", "s"), ("che", "c"),
    ("que", "c"), ("gue", "g"), ("èche", "ec"), ("ève", "ef"),
)  # fmt: skip


def _bendings() -> Iterator[tuple[str, str]]:
    """Ending of a form, and the ending of the word in the list that it may come from."""
    yield from (("s", ""), ("x", ""), ("aux", "al"), ("aux", "ail"))
    for feminine, masculine in _FEMININE:
        yield from ((feminine, masculine), (feminine + "s", masculine))
    present = (*_PERSONS, "ant", "ants", "ante", "antes", "ent", "e", "es")
    for infinitive, forms in (
        ("er", (*present, "é", "ée", "és", "ées", "a", "ai", "èrent", *_future("er"))),
        ("ir", ("is", "it", "i", "ie", "ies", *("iss" + e for e in present), *_future("ir"))),
        ("re", ("", "s", *present, "u", "ue", "us", "ues", *_future("r"))),
    ):
        yield from ((form, infinitive) for form in forms)


def _future(stem: str) -> tuple[str, ...]:
    return tuple(stem + ending for ending in _FUTURE)


@cache
def _endings() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for form, base in _bendings():
        table[form] = (*table.get(form, ()), base)
    return table


_JOINTS = re.compile(r"[’'\u2010\u2011-]")
_LONGEST_WORD = 30
_LONGEST_ENDING = 8
_STEMS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"ge$", "g"),
        (r"ç$", "c"),
        (r"(?<=[aou])i$", "y"),
        (r"è(?=[^aeiouéèy]{1,2}$)", "é"),
        (r"è(?=[^aeiouéèy]$)", "e"),
        (r"([lt])\1$", r"\1"),
    )
)
"""What happens to verbs in -er: mangeons, commençons, paie, préfère, achète, appelle."""


def is_plain(word: str) -> bool:
    """Whether a word, or each part of a compound, is on the list in any of its forms."""
    word = unicodedata.normalize("NFC", word).replace("\u00ad", "").lower()
    parts = [part for part in _JOINTS.split(word) if part]
    return "-".join(parts) in _known() or all(_is_plain_part(part) for part in parts)


def _is_plain_part(part: str) -> bool:
    if len(part) == 1 or not part.isalpha():
        return True  # "14", "B12", the vitamin K
    return len(part) <= _LONGEST_WORD and _is_plain_word(part)


@lru_cache(maxsize=8192)
def _is_plain_word(word: str) -> bool:
    again = word.startswith("re") and _is_form(word[2:])  # "refaites"
    return again or _is_form(word) or _is_adverb(word)


def _is_form(word: str) -> bool:
    known = _known()
    return word in known or any(base in known for base in _bases(word))


def _is_adverb(word: str) -> bool:
    """As plain as its adjective: "lentement" as "lente", "prudemment" as "prudent"."""
    if word.endswith(("amment", "emment")):
        return _is_form(word[:-5] + "nt")
    return word.endswith("ment") and _is_form(word[:-4])


def _bases(word: str) -> Iterator[str]:
    endings = _endings()
    for length in range(min(len(word) - 1, _LONGEST_ENDING) + 1):
        cut = len(word) - length
        for base in endings.get(word[cut:], ()):
            yield word[:cut] + base
            if base == "er":
                yield from (pattern.sub(by, word[:cut]) + base for pattern, by in _STEMS)


@cache
def _known() -> frozenset[str]:
    """Words as they stand in the list, and every form of its irregular verbs."""
    return frozenset(_read(_FILE.read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if ":" not in line:
            yield from line.split()
            continue
        verb, _, rest = line.partition(":")
        forms, _, members = rest.partition(">")
        ending = verb.removeprefix("-")
        for member in members.split() or [verb]:
            yield member
            for form in forms.split():
                yield from _family(member.removesuffix(ending) + form)


def _family(form: str) -> Iterator[str]:
    """The forms that follow from one: "venons" gives "venez", "puisse" gives "puissiez"."""
    yield from (form, form + "s", form + "e", form + "es")
    if form.endswith("ons"):
        yield from (form[:-3] + ending for ending in (*_PERSONS, "ant", "ante", "antes", "ants"))
    elif form.endswith("rai"):
        yield from (form[:-2] + ending for ending in _FUTURE)
    elif form.endswith("ent"):
        yield from (form[:-3] + ending for ending in ("e", "es"))
    elif form.endswith("e"):
        yield from (form[:-1] + ending for ending in ("ions", "iez", "ent"))
