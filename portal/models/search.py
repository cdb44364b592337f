"""The words by which people and places are found: without accents, capitals or punctuation."""

import re
import unicodedata
from typing import Any

from sqlalchemy import event

from portal.models.care import Patient
from portal.models.directory import Organization, Practitioner

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_SEARCHED: dict[type[Any], tuple[str, ...]] = {
    Patient: ("family_name", "given_name"),
    Practitioner: ("family_name", "given_name", "profession_text", "rpps"),
    Organization: ("name", "address", "finess"),
}


def search_words(*texts: str | None) -> list[str]:
    """`Le Goff, Anne` is `["le", "goff", "anne"]`."""
    joined = " ".join(text for text in texts if text).lower().translate(_LIGATURES)
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", joined) if not unicodedata.combining(c)
    )
    return [word for word in _NOT_A_WORD.split(plain) if word]


def search_key(*texts: str | None) -> str:
    """Each word after a blank, so that ` an` finds what begins with it."""
    return "".join(f" {word}" for word in search_words(*texts))[:500]


def key_of(row: Any) -> str:
    """What `search_key` of this row is; bulk inserts have to set it themselves."""
    return search_key(*(getattr(row, name) for name in _SEARCHED[type(row)]))


def _keep_key(_mapper: object, _connection: object, row: Any) -> None:
    row.search_key = key_of(row)


for _table in _SEARCHED:
    event.listen(_table, "before_insert", _keep_key)
    event.listen(_table, "before_update", _keep_key)
