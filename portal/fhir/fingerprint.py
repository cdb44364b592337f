"""Canonical JSON, which tells whether a resource changed since the last import."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.fhir.elements import Exact, Json

# A server moves these at every export although nothing changed.
_VOLATILE = {"lastUpdated", "versionId"}


def fingerprint(body: Json, *, meaning: Mapping[int, str]) -> bytes:
    """SHA-256 of the canonical JSON.

    `meaning` gives, by the identity of the reference object, what a mapped reference resolves to:
    it stands in the place of the reference. So a reference that can be resolved later makes the
    resource "changed", and a new `urn:uuid:` for the same row does not.
    """
    meta = body.get("meta")
    stable = dict(body)
    if isinstance(meta, dict):
        stable["meta"] = {name: meta[name] for name in meta if name not in _VOLATILE}
    canonical = "".join(_pieces(stable, ordered=sorted, meaning=meaning))
    return hashlib.sha256(canonical.encode()).digest()


def as_text(body: Json) -> str:
    """JSON in the order and with the digits in which it was received."""
    return "".join(_pieces(body, ordered=list, meaning={}))


def _pieces(
    value: Any, *, ordered: Callable[[Json], list[str]], meaning: Mapping[int, str]
) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _pieces_of_object(value, ordered=ordered, meaning=meaning)
    elif isinstance(value, list):
        yield "["
        for index, item in enumerate(value):
            yield "," if index else ""
            yield from _pieces(item, ordered=ordered, meaning=meaning)
        yield "]"
    elif isinstance(value, Exact):
        yield value.digits
    else:
        yield json.dumps(value, ensure_ascii=False)


def _pieces_of_object(
    value: Json, *, ordered: Callable[[Json], list[str]], meaning: Mapping[int, str]
) -> Iterator[str]:
    if row := meaning.get(id(value)):
        yield json.dumps(row)
        return
    yield "{"
    for index, name in enumerate(ordered(value)):
        yield f"{',' if index else ''}{json.dumps(name, ensure_ascii=False)}:"
        yield from _pieces(value[name], ordered=ordered, meaning=meaning)
    yield "}"
