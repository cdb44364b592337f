"""Reading values out of FHIR JSON that was already validated."""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

# Control characters, and the marks that turn the direction of a line of text around.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Exact(float):
    """A JSON number that remembers its digits: FHIR tells 1.0 from 1.00."""

    digits: str

    def __new__(cls, digits: str) -> "Exact":
        number = super().__new__(cls, digits)
        number.digits = digits
        return number


def text(body: Json, name: str) -> str:
    """The string of that name on one line, without control characters; empty when absent."""
    value = body.get(name)
    return one_line(value) if isinstance(value, str) else ""


def lines(body: Json, name: str) -> str:
    """Like `text`, but line breaks stay."""
    value = body.get(name)
    if not isinstance(value, str):
        return ""
    kept = (one_line(line) for line in value.replace("\r\n", "\n").split("\n"))
    return "\n".join(kept).strip()


def one_line(value: str) -> str:
    return " ".join(_INVISIBLE.sub(" ", value).split())


def strings(body: Json, name: str) -> list[str]:
    return [one_line(item) for item in body.get(name) or [] if isinstance(item, str)]


def objects(body: Json, name: str) -> list[Json]:
    return [item for item in body.get(name) or [] if isinstance(item, dict)]


def child(body: Json, name: str) -> Json:
    """The object of that name; an empty one when absent."""
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def values_at(body: Json, dotted: str) -> Iterator[tuple[str, Any]]:
    """Every value under `participant.actor` with its path, such as `participant[1].actor`."""
    name, _, rest = dotted.partition(".")
    value = body.get(name)
    is_array = isinstance(value, list)
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        path = f"{name}[{index}]" if is_array else name
        if item is None:
            continue
        if not rest:
            yield path, item
        elif isinstance(item, dict):
            yield from ((f"{path}.{below}", found) for below, found in values_at(item, rest))


def shown(value: str) -> str:
    """A value as a message quotes it: never a page of it, nor what moves a terminal's cursor."""
    value = one_line(value)
    if not value.strip():
        return "an empty string"
    return f'"{value[:40]}…"' if len(value) > 40 else f'"{value}"'
