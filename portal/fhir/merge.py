"""Bringing a changed resource into its row without undoing what was entered by hand."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlmodel import SQLModel

from portal.fhir.elements import one_line
from portal.models import columns
from portal.models.directory import Gender, OrganizationKind

Fields = dict[str, Any]

_EMPTY: tuple[Any, ...] = ("", None, [], False, Gender.UNKNOWN, OrganizationKind.OTHER)
# Half a number or half an address would lead to somebody else.
_ALL_OR_NOTHING = ("phone", "email", "video_url")


def merge(row: SQLModel, new: Fields, old: Mapping[str, Any] | None) -> None:
    """Three-way: `old` is what the resource said before, none when it says it for the first time.

    Only what changed in the resource is written, and a value that it does not carry is emptied
    only when it came from there.
    """
    for name, value in new.items():
        current = getattr(row, name)
        is_same = current == value or (old is not None and old.get(name) == value)
        is_foreign = old is None or current != old.get(name)
        if not is_same and not (value in _EMPTY and is_foreign):
            setattr(row, name, value)


def news(row: SQLModel, new: Fields) -> Fields:
    """What the fields tell and the row does not say; what they omit is no news."""
    told = {name: value for name, value in new.items() if value not in _EMPTY}
    return {name: value for name, value in told.items() if _plain(getattr(row, name)) != value}


def _plain(value: Any) -> Any:
    return one_line(value) if isinstance(value, str) else value


def fit(model: type[SQLModel], fields: Fields) -> tuple[Fields, dict[str, str]]:
    """The fields cut to the length of their columns, and what was done, by column."""
    fitted, notes = dict(fields), dict[str, str]()
    for name, length in _lengths(model).items():
        value = fields.get(name)
        if not isinstance(value, str) or len(value) <= length:
            continue
        if name in _ALL_OR_NOTHING:
            fitted[name] = ""
            notes[name] = f"it has {len(value)} characters and at most {length} fit"
        else:
            fitted[name] = f"{value[: length - 1]}…"
            notes[name] = f"shortened from {len(value)} to {length} characters"
    return fitted, notes


@cache
def _lengths(model: type[SQLModel]) -> dict[str, int]:
    lengths = (
        (name, getattr(column.type, "length", None)) for name, column in columns(model).items()
    )
    return {name: length for name, length in lengths if length}
