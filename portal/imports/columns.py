"""The first line of a file: which column is which, and what stands between two cells."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from portal.imports.problems import FileRefusedError, Refusal
from portal.models.search import search_words

_DELIMITERS = ";,\t|"
_ZIP, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Column(StrEnum):
    """The value is the heading in the example file."""

    TYPE = "type"
    RPPS = "rpps"
    TITLE = "titre"
    FAMILY_NAME = "nom"
    GIVEN_NAME = "prénom"
    PROFESSION = "profession"
    SPECIALTY = "spécialité"
    PHONE = "téléphone"
    EMAIL = "courriel"
    PLACE = "structure"
    FINESS = "finess"
    PLACE_KIND = "type de structure"
    ADDRESS = "adresse"
    POSTAL_CODE = "code postal"
    TOWN = "ville"


# Also as the national directory (annuaire.sante.fr) heads its extracts.
_ALSO: dict[Column, tuple[str, ...]] = {
    Column.TYPE: ("kind", "type de ligne", "nature"),
    Column.RPPS: ("numero rpps", "n rpps", "no rpps", "identifiant pp", "rpps number"),
    Column.TITLE: ("civilite", "title", "libelle civilite d exercice", "libelle civilite"),
    Column.FAMILY_NAME: ("nom de famille", "nom d exercice", "family name", "last name", "surname"),
    Column.GIVEN_NAME: ("prenom d exercice", "given name", "first name"),
    Column.PROFESSION: ("libelle profession", "metier", "job"),
    Column.SPECIALTY: ("libelle savoir faire", "specialty", "speciality"),
    Column.PHONE: ("tel", "telephone coord structure", "numero de telephone", "phone"),
    Column.EMAIL: ("email", "e mail", "mail", "adresse e mail", "adresse e mail coord structure"),
    Column.PLACE: ("etablissement", "raison sociale site", "lieu", "place", "organization"),
    Column.FINESS: ("numero finess", "n finess", "no finess", "numero finess site"),
    Column.PLACE_KIND: ("type structure", "type d etablissement", "place type"),
    Column.ADDRESS: ("rue", "address", "street"),
    Column.POSTAL_CODE: ("cp", "code postal coord structure", "postal code", "zip"),
    Column.TOWN: ("commune", "libelle commune coord structure", "town", "city"),
}
_KNOWN = {
    " ".join(search_words(name)): column
    for column in Column
    for name in (column.value, *_ALSO[column])
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of one file are written."""

    delimiter: str
    columns: tuple[str, ...]
    """A `Column` each, or nothing for one that is not read."""
    first_byte: int
    """After the first line."""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Dialect":
        return cls(stored["delimiter"], tuple(stored["columns"]), stored["first_byte"])

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def refuse_other_files(beginning: bytes) -> None:
    """Raises `FileRefusedError` for what is no text."""
    if not beginning.strip():
        raise FileRefusedError(Refusal.EMPTY)
    if beginning.startswith((_ZIP, _OLD_WORKBOOK)):
        raise FileRefusedError(Refusal.WORKBOOK)
    if b"\0" in beginning:
        raise FileRefusedError(Refusal.BINARY)


def read_header(line: bytes) -> Dialect:
    """Raises `FileRefusedError` when the line, with its end, does not name the columns."""
    text = decoded(line.removeprefix(BYTE_ORDER_MARK)).rstrip("\r\n")
    read = {delimiter: _columns(text, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(read, key=lambda one: sum(map(bool, read[one])))
    if not {Column.FAMILY_NAME, Column.PLACE} & set(read[delimiter]):
        raise FileRefusedError(Refusal.HEADER)
    return Dialect(delimiter, read[delimiter], len(line))


def decoded(content: bytes) -> str:
    """UTF-8, or what French Windows writes: line by line, for files that were pasted together."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _columns(text: str, delimiter: str) -> tuple[str, ...]:
    cells = next(csv.reader([text], delimiter=delimiter), [])
    return _once(_KNOWN.get(" ".join(search_words(cell)), "") for cell in cells)


def _once(columns: Iterable[str]) -> tuple[str, ...]:
    """The first of two columns of one name counts."""
    found: list[str] = []
    for column in columns:
        found.append("" if column in found else column)
    return tuple(found)
