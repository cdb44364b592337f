"""A row of the file as a person at a place, or a place; what is wrong with it is said."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from portal.imports import numbers, vocabulary
from portal.imports.columns import Column, Dialect
from portal.imports.problems import LineProblem, LineRefusedError, Problem, shortened
from portal.imports.records import Record
from portal.models.directory import Gender

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\s]+")
_UNREADABLE = "\ufffd"
_SPREADSHEET_TEXT = re.compile(r'="(.*)"|\'(.*)')


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    finess: str | None
    kind: str
    """A code of `OrganizationKind`, or nothing when the file does not say."""
    kind_text: str
    address: str
    town: str

    @property
    def key(self) -> str:
        return self.finess or vocabulary.folded(f"{self.name} {self.town}")


@dataclass(frozen=True, slots=True)
class Person:
    family_name: str
    given_name: str
    prefix: str
    gender: Gender
    rpps: str | None
    profession: str
    profession_text: str

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def key(self) -> str:
        return self.rpps or f"{vocabulary.folded(self.full_name)} {self.profession}"


@dataclass(frozen=True, slots=True)
class Line:
    """Well written; whether it fits the directory is not known yet."""

    number: int
    person: Person | None
    """None when the line is about the place itself."""
    place: Place | None
    phone: str
    """Of the person at the place, or of the place."""
    email: str
    problems: tuple[Problem, ...]

    @property
    def key(self) -> str:
        """The same for two lines about one person at one place."""
        person, place = self.person.key if self.person else "", self.place.key if self.place else ""
        return f"{person}\n{place}"

    @property
    def name(self) -> str:
        who = self.person.full_name if self.person else self.place.name if self.place else ""
        return shortened(who)


def read_line(record: Record, dialect: Dialect) -> Line:
    """Raises `LineRefusedError` when it does not say for certain who or what it is about."""
    if record.problem is not None:
        raise LineRefusedError(record.problem, value=shortened(record.text))
    cells = _Cells(record, dialect)
    is_structure = cells.is_structure()
    person = None if is_structure else _person(cells)
    place = _place(cells, person)
    return Line(
        number=record.number,
        person=person,
        place=place,
        phone=cells.checked(Column.PHONE, LineProblem.PHONE, numbers.phone),
        email=cells.checked(Column.EMAIL, LineProblem.EMAIL, numbers.email),
        problems=tuple(cells.problems),
    )


class _Cells:
    """The cells of one row by column, and what was left out of them."""

    def __init__(self, record: Record, dialect: Dialect) -> None:
        self.problems: list[Problem] = []
        self._texts = {
            column: _clean(cell)
            for column, cell in zip(dialect.columns, record.cells, strict=True)
            if column
        }
        for column, text in self._texts.items():
            if _UNREADABLE in text:
                raise LineRefusedError(LineProblem.UNREADABLE, column, shortened(text))

    def __getitem__(self, column: Column) -> str:
        return self._texts.get(column, "")

    def is_structure(self) -> bool:
        text = self[Column.TYPE]
        if not text:
            return not self[Column.FAMILY_NAME]
        found = vocabulary.is_structure(text)
        if found is None:
            raise self.refused(LineProblem.TYPE, Column.TYPE)
        return found

    def name(self, column: Column, missing: LineProblem, most: int) -> str:
        """Of whom or what the line is about: it has to be whole."""
        text = self[column]
        if not text:
            raise self.refused(missing, column)
        if len(text) > most:
            raise self.refused(LineProblem.NAME_TOO_LONG, column)
        return text

    def text(self, column: Column, most: int) -> str:
        text = self[column]
        if len(text) > most:
            self.leave_out(LineProblem.TEXT_TOO_LONG, column)
            return ""
        return text

    def checked(self, column: Column, code: LineProblem, read: Callable[[str], str | None]) -> str:
        """As `read` writes it; left out when it cannot be read."""
        text = self[column]
        found = read(text) if text else ""
        if found is None:
            self.leave_out(code, column)
        return found or ""

    def leave_out(self, code: LineProblem, column: Column) -> None:
        self.problems.append(Problem(code, column, shortened(self[column])))

    def refused(self, code: LineProblem, column: Column) -> LineRefusedError:
        return LineRefusedError(code, column, shortened(self[column]))


def _person(cells: _Cells) -> Person:
    family_name = cells.name(Column.FAMILY_NAME, LineProblem.NAME_MISSING, 100)
    if len(cells[Column.GIVEN_NAME]) > 100:
        raise cells.refused(LineProblem.NAME_TOO_LONG, Column.GIVEN_NAME)
    rpps = numbers.rpps(cells[Column.RPPS])
    if cells[Column.RPPS] and rpps is None:
        raise cells.refused(LineProblem.RPPS, Column.RPPS)
    prefix, gender = vocabulary.title(cells.text(Column.TITLE, 50))
    profession, words = _profession(cells)
    return Person(
        family_name=family_name,
        given_name=cells[Column.GIVEN_NAME],
        prefix=prefix,
        gender=gender,
        rpps=rpps,
        profession=profession,
        profession_text=cells.text(Column.SPECIALTY, 200) or words,
    )


def _profession(cells: _Cells) -> tuple[str, str]:
    """A code, or the words that nobody knows: they are kept, and reported."""
    text = cells.text(Column.PROFESSION, 200)
    found = vocabulary.profession(text)
    if found is not None:
        return found.value, vocabulary.specialty(text)
    if text:
        cells.leave_out(LineProblem.PROFESSION, Column.PROFESSION)
    return "", text


def _place(cells: _Cells, person: Person | None) -> Place | None:
    address, town = _address(cells)
    name = cells[Column.PLACE]
    if person is not None and not name:
        if not address:
            return None
        name = f"Cabinet {person.full_name}"[:200]
    else:
        name = cells.name(Column.PLACE, LineProblem.PLACE_MISSING, 200)
    kind, kind_text = _kind(cells)
    return Place(name, _finess(cells, person), kind, kind_text, address, town)


def _finess(cells: _Cells, person: Person | None) -> str | None:
    if person is not None:
        return cells.checked(Column.FINESS, LineProblem.PLACE_FINESS, numbers.finess) or None
    found = numbers.finess(cells[Column.FINESS]) if cells[Column.FINESS] else ""
    if found is None:
        raise cells.refused(LineProblem.FINESS, Column.FINESS)
    return found or None


def _kind(cells: _Cells) -> tuple[str, str]:
    text = cells.text(Column.PLACE_KIND, 200)
    found = vocabulary.place_kind(text)
    if text and found is None:
        cells.leave_out(LineProblem.PLACE_KIND, Column.PLACE_KIND)
        return "other", text
    return found.value if found else "", ""


def _address(cells: _Cells) -> tuple[str, str]:
    """`3 rue des Tilleuls, 29000 Quimper`, and the town by which two places of one name differ."""
    postal, town = numbers.postal_code(cells[Column.POSTAL_CODE]), cells[Column.TOWN]
    whole = ", ".join(part for part in (cells[Column.ADDRESS], f"{postal} {town}".strip()) if part)
    if len(whole) > 500:
        cells.leave_out(LineProblem.TEXT_TOO_LONG, Column.ADDRESS)
        return "", ""
    return whole, town or postal


def _clean(cell: str) -> str:
    """One line, one form of each letter, without what spreadsheets write around a text."""
    text = unicodedata.normalize("NFC", _UNSEEN.sub(" ", cell)).strip()
    if found := _SPREADSHEET_TEXT.fullmatch(text):
        text = (found[1] or found[2] or "").strip()
    return text
