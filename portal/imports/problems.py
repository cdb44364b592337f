"""What can be wrong with a file, and with one of its lines: codes; the pages have the words."""

from dataclasses import dataclass
from enum import StrEnum

from portal.errors import PortalError

SHOWN_VALUE = 100
_SHOWN_COLUMN = 50


class Refusal(StrEnum):
    """Why a file is not taken at all."""

    EMPTY = "empty"
    WORKBOOK = "workbook"
    """Of a spreadsheet program, whatever its name says."""
    BINARY = "binary"
    HEADER = "header"
    """No column of the first line has a known name, or none that names anybody."""
    NO_LINES = "no_lines"
    TOO_LARGE = "too_large"
    NOTHING_TAKEN = "nothing_taken"
    """Not one line of the first batch: another file than was meant."""


class FileRefusedError(PortalError):
    """Nothing of it was written."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


class LineProblem(StrEnum):
    COLUMNS = "columns"
    QUOTES = "quotes"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    TYPE = "type"
    NAME_MISSING = "name_missing"
    PLACE_MISSING = "place_missing"
    NAME_TOO_LONG = "name_too_long"
    RPPS = "rpps"
    FINESS = "finess"
    REPEATED = "repeated"
    OTHER_NAME = "other_name"
    SEVERAL_PEOPLE = "several_people"
    SEVERAL_PLACES = "several_places"

    # Short: all of them together are one value of 40 characters.
    PHONE = "phone"
    EMAIL = "email"
    PLACE_FINESS = "number"
    PROFESSION = "job"
    PLACE_KIND = "kind"
    TEXT_TOO_LONG = "long"
    EMAIL_KEPT = "kept"
    """They have a place in a circle: an invitation to the address opens it."""


TAKEN_WITHOUT = frozenset(
    {
        LineProblem.PHONE,
        LineProblem.EMAIL,
        LineProblem.PLACE_FINESS,
        LineProblem.PROFESSION,
        LineProblem.PLACE_KIND,
        LineProblem.TEXT_TOO_LONG,
        LineProblem.EMAIL_KEPT,
    }
)
"""The line is taken, without that cell; with any other problem it is not."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Of one cell, or of the whole line when `column` is empty."""

    code: LineProblem
    column: str = ""
    value: str = ""


class LineRefusedError(PortalError):
    """The line is not taken."""

    def __init__(self, code: LineProblem, column: str = "", value: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(code, column, value)


def codes_of(joined: str) -> list[LineProblem]:
    return [LineProblem(code) for code in joined.split("+")]


def joined(problems: list[Problem]) -> dict[str, str]:
    """One row for one line, however many of its cells were left out."""
    return {
        "problem": "+".join(dict.fromkeys(one.code for one in problems)),
        "column": "|".join(dict.fromkeys(one.column for one in problems))[:_SHOWN_COLUMN],
        "value": shortened(" | ".join(one.value for one in problems if one.value)),
    }


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_VALUE else f"{text[: SHOWN_VALUE - 1]}…"
