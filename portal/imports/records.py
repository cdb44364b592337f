"""Lines of a CSV file with the byte where each ends: reading can stop there, and go on."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from portal.imports.columns import Dialect, decoded
from portal.imports.problems import LineProblem

LONGEST_LINE = 16 * 1024
"""In bytes, with what is quoted over several lines."""
_ENDS = "\r\n"


@dataclass(frozen=True, slots=True)
class Record:
    """What a spreadsheet shows as one row."""

    number: int
    """As the spreadsheet counts, from 1."""
    end: int
    """The byte after it."""
    cells: tuple[str, ...] = ()
    problem: LineProblem | None = None
    text: str = ""
    """As it stands in the file, when it cannot be read."""

    @property
    def is_blank(self) -> bool:
        return not self.cells and self.problem is None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Up to a line feed; of what is too long, the beginning only."""

    content: bytes
    length: int


def records(blocks: Iterator[bytes], *, dialect: Dialect, at: int, number: int) -> Iterator[Record]:
    """From the byte `at` on, where row `number` begins, which is also where the blocks begin."""
    pieces = _pieces(blocks)
    waiting: deque[_Piece] = deque()
    while (group := _take(waiting, pieces)) is not None:
        cells, used = _read(group, waiting, pieces, dialect)
        at += sum(piece.length for piece in used)
        yield _record(number, at, cells, group, dialect)
        number += 1


def _record(
    number: int, end: int, cells: tuple[str, ...] | None, first: _Piece, dialect: Dialect
) -> Record:
    text = decoded(first.content).replace("\0", " ").strip()
    if len(first.content) > LONGEST_LINE:
        return Record(number, end, problem=LineProblem.TOO_LONG, text=text)
    if cells is None:
        return Record(number, end, problem=LineProblem.QUOTES, text=text)
    if not any(cells):
        return Record(number, end)
    wanted = len(dialect.columns)
    if len(cells) < wanted or any(cells[wanted:]):
        return Record(number, end, problem=LineProblem.COLUMNS, text=text)
    return Record(number, end, cells[:wanted])


def _read(
    first: _Piece, waiting: deque[_Piece], pieces: Iterator[_Piece], dialect: Dialect
) -> tuple[tuple[str, ...] | None, list[_Piece]]:
    """The cells, and the pieces that they stand on; one stray quote costs one line, never two."""
    cells = _cells(first.content, dialect)
    if cells is not None or first.content.count(b'"') % 2 == 0:
        return cells, [first]
    group, size, is_open = [first], len(first.content), True
    while is_open and (following := _take(waiting, pieces)) is not None:
        group.append(following)
        size += following.length
        if size > LONGEST_LINE:
            break
        is_open = following.content.count(b'"') % 2 == 0
    cells = None if is_open else _cells(b"".join(piece.content for piece in group), dialect)
    if cells is not None and len(cells) == len(dialect.columns):
        return cells, group
    waiting.extendleft(reversed(group[1:]))
    return None, [first]


def _cells(content: bytes, dialect: Dialect) -> tuple[str, ...] | None:
    if len(content) > LONGEST_LINE:
        return None
    line = decoded(content).rstrip(_ENDS)
    try:
        return tuple(next(csv.reader([line], delimiter=dialect.delimiter, strict=True), ()))
    except csv.Error:
        return None


def _take(waiting: deque[_Piece], pieces: Iterator[_Piece]) -> _Piece | None:
    return waiting.popleft() if waiting else next(pieces, None)


def _pieces(blocks: Iterator[bytes]) -> Iterator[_Piece]:
    kept, length = bytearray(), 0
    for block in blocks:
        start = 0
        while (feed := block.find(b"\n", start)) >= 0:
            _keep(kept, block[start : feed + 1])
            yield _Piece(bytes(kept), length + feed + 1 - start)
            kept.clear()
            start, length = feed + 1, 0
        _keep(kept, block[start:])
        length += len(block) - start
    if length:
        yield _Piece(bytes(kept), length)


def _keep(kept: bytearray, more: bytes) -> None:
    """One byte more than the longest line tells that it is too long."""
    kept += more[: LONGEST_LINE + 1 - len(kept)]
