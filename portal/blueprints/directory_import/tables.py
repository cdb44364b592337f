"""Files for a spreadsheet: the example to fill, and the lines to mend."""

import csv
import io
from collections.abc import Iterable, Sequence

from portal.blueprints.directory_import.queries import ProblemRow
from portal.blueprints.directory_import.words import columns_words, problem_words
from portal.imports.columns import Column
from portal.web.i18n import gettext

_BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something older."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Invented people, numbers and places.
_PERSON = {
    Column.TYPE: "professionnel",
    Column.RPPS: "10100000016",
    Column.TITLE: "Mme",
    Column.FAMILY_NAME: "Exemple",
    Column.GIVEN_NAME: "Camille",
    Column.PROFESSION: "infirmière",
    Column.SPECIALTY: "Infirmière à domicile",
    Column.PHONE: "06 39 98 00 01",
    Column.EMAIL: "camille@example.org",
    Column.PLACE: "Maison de santé de l’exemple",
    Column.ADDRESS: "1 place de l’Église",
    Column.POSTAL_CODE: "29000",
    Column.TOWN: "Quimper",
}
_PLACE = {
    Column.TYPE: "structure",
    Column.PHONE: "02 61 91 00 01",
    Column.EMAIL: "accueil@example.org",
    Column.PLACE: "Maison de santé de l’exemple",
    Column.PLACE_KIND: "maison de santé",
    Column.ADDRESS: "1 place de l’Église",
    Column.POSTAL_CODE: "29000",
    Column.TOWN: "Quimper",
}


def example() -> bytes:
    """As a French spreadsheet writes it, and as it is read here."""
    lines = [[line.get(column, "") for column in Column] for line in (_PLACE, _PERSON)]
    return _table([list(Column), *lines])


def mendable(rows: Iterable[ProblemRow]) -> bytes:
    headings = [
        gettext("Line"),
        gettext("Column"),
        gettext("What stands there"),
        gettext("What became of it"),
        gettext("What to do"),
    ]
    return _table([headings, *(_line(row) for row in rows)])


def _line(row: ProblemRow) -> list[str]:
    came = gettext("Taken without this cell") if row.is_taken else gettext("Line not taken")
    return [str(row.line), columns_words(row.column), row.value, came, problem_words(row.codes)]


def _table(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    text.write(_BYTE_ORDER_MARK)
    csv.writer(text, delimiter=";").writerows([_harmless(cell) for cell in line] for line in lines)
    return text.getvalue().encode()


def _harmless(cell: str) -> str:
    """A name such as `=HYPERLINK(…)` stays a name."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
