"""The numbers as a table for a spreadsheet; no cell is ever a formula."""

import csv
import io
from collections.abc import Iterator, Sequence

from portal.blueprints.indicators.board import Board, Row
from portal.web.i18n import gettext

_BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something older."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(boards: Sequence[Board]) -> bytes:
    text = io.StringIO(newline="")
    text.write(_BYTE_ORDER_MARK)
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_headings())
    for board in boards:
        writer.writerow(_cells(board, Row(gettext("Patients"), board.patients)))
        writer.writerows(_cells(board, row) for row in board.rows)
    return text.getvalue().encode()


def _headings() -> list[str]:
    return [
        gettext("Organization"),
        gettext("Day"),
        gettext("What is counted"),
        gettext("How many"),
        gettext("Out of"),
        gettext("Percent"),
        gettext("Target in percent"),
    ]


def _cells(board: Board, row: Row) -> list[str]:
    numbers = (row.part, row.whole, row.percent, row.target)
    written = ["" if one is None else str(one) for one in numbers]
    return list(_plain([board.name, board.today.isoformat(), row.label, *written]))


def _plain(values: Sequence[str]) -> Iterator[str]:
    """A name such as `=HYPERLINK(…)` stays a name."""
    return (f"'{value}" if value.startswith(_FORMULA) else value for value in values)
