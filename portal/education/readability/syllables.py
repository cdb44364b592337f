"""How many syllables a French word has when it is read aloud, by rule.

What is counted is careful standard speech: an e at the end is mute ("table" is one), an e between
consonants is heard ("sa-me-di"), i, u and ou before a vowel glide into it ("bien", "nuage", "jouer"
are one each) unless a consonant with l or r stands before ("ou-bli-er", "cru-el").

A verb's third person plural and a noun may end alike: "-ent" is mute ("ils mangent") save in
"-ment" ("médicament"; verbs such as "aiment" are listed) and in listed words ("argent"). A form
that is both is taken as the noun or adjective: "président", "excellent", "couvent".
"""

import re
import unicodedata

from portal.education.readability.exceptions import (
    HEARD_ENT,
    IRREGULAR,
    MUTE_MENT,
    SPELT,
    SPOKEN,
)
from portal.education.readability.numerals import numeral_syllables

_VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ"
_V = f"[{_VOWELS}]"
_CLUSTER = "[bcdfgkptv][lr]"

_SILENT_END = re.compile(r"(?:ent|es?)$")
_REWRITES = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (rf"qu(?={_V}|$)", "q"),
        (r"gu(?=[eéèêëiîïy])", "g"),
        (r"ge(?=[aâoô])", "j"),
        (r"pays", "péis"),
        (r"moell", "mall"),
        (r"souhai", "souai"),
        (r"âi(?=ll)", "ai"),
        (r"^co(?=o[pr])", "coh"),
        (r"^zoo(?=[lt])", "zoho"),
        # "nous voyons": a consonant.
        (rf"(?<={_V})y(?={_V})", "j"),
        # "paiement", "tuerie", "il oubliera": mute between a vowel and r or m.
        (r"(?<=[iuéy])e(?=r(?:[aoi]|ez)|ment)", ""),
    )
)
_NUCLEUS = re.compile(
    rf"(?:(?<!{_CLUSTER})(?:ou|[iyuï])(?={_V}))?"
    rf"(?:eau|eoi|eui|oeu|oei|œ[ui]|^oe(?=[dsn])|(?<=^f)oe(?=t)|(?<={_CLUSTER})oui(?=l)|"
    rf"a[iîyu]|e[iîyuûaoe]|o[iîyuûùêo]|u[iîy]|{_V})"
)
_JOINTS = re.compile(r"[’'\u2010\u2011-]")
_ELIDED = re.compile(r"(?<!\w)[cdjlmnst](?=[’'])", re.IGNORECASE)
_RUNS = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^0-9]+")
_ORDINALS = frozenset(("e", "er", "re", "ère", "ème", "nd", "nde"))
_LETTER_NAMES = {"w": 3, "y": 2}


def syllables(word: str) -> int:
    """At least one, of a word as it is written: "l’été", "rendez-vous", "14", "Dr", "IRM"."""
    word = re.sub(r"[\s\u00ad]", "", unicodedata.normalize("NFC", word))
    if word in SPOKEN:
        return SPOKEN[word]
    word = _ELIDED.sub("", word.replace("quatre-vingt", "quatrevingt"))
    return max(1, sum(_part(part) for part in _JOINTS.split(word)))


def _part(part: str) -> int:
    """Between hyphens and apostrophes; "qu" and the t of "a-t-il" have no syllable of their own."""
    runs = _RUNS.findall(part)
    if len(runs) == 1:
        return _run(part)
    return sum(SPOKEN.get(run) or int(run in _ORDINALS) or _run(run) for run in runs)


def _run(run: str) -> int:
    if run[0] in "0123456789":
        return numeral_syllables(run)
    lower = run.lower()
    if _is_spelt(run):
        return sum(_LETTER_NAMES.get(letter, 1) for letter in lower)
    if lower in IRREGULAR:
        return IRREGULAR[lower]
    return len(_NUCLEUS.findall(_heard(lower)))


def _is_spelt(run: str) -> bool:
    return run in SPELT or (run.isupper() and not set(run.lower()) & set(_VOWELS))


def _heard(word: str) -> str:
    """The word without its mute ending, and with its mute letters inside replaced."""
    ends_mute = not word.endswith("ment") or word in MUTE_MENT
    mute = ends_mute and word not in HEARD_ENT
    for pattern, by in _REWRITES:
        word = pattern.sub(by, word)
    return _SILENT_END.sub("", word) if mute else word
