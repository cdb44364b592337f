"""The next lines of a file, without the write lock: what of them can be taken, what not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from sqlmodel import Session

from portal.imports.columns import Dialect
from portal.imports.files import blocks
from portal.imports.lines import Line, read_line
from portal.imports.problems import LineProblem, LineRefusedError, Problem
from portal.imports.records import Record, records
from portal.imports.seen import SeenKeys
from portal.models.directory_keeping import DirectoryImport

BATCH_LINES = 200
"""Short enough that a page never waits long for the write lock of SQLite."""
_AFTER_HEADER = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Read, and not yet written."""

    lines: list[Line]
    refused: dict[int, Problem]
    """By line number."""
    end: int
    next_line: int
    is_first: bool
    is_last: bool


@dataclass
class Reading:
    """One file as far as it was read: a line that says the same twice is refused."""

    _seen: SeenKeys = field(default_factory=SeenKeys)
    _until: tuple[UUID, int] | None = None

    def next_batch(self, session: Session, found: DirectoryImport) -> Batch:
        self._catch_up(session, found)
        coming = _records(session, found, at=found.next_byte, number=found.next_line)
        read = list(islice(coming, BATCH_LINES))
        lines, refused = self._sorted(read, Dialect.of(found.dialect))
        end = read[-1].end if read else found.next_byte
        self._until = (found.id, end)
        return Batch(
            lines=lines,
            refused=refused,
            end=end,
            next_line=found.next_line + len(read),
            is_first=found.next_line == _AFTER_HEADER,
            is_last=len(read) < BATCH_LINES,
        )

    def forget(self) -> None:
        """What was read last did not come to be written, or by somebody else."""
        self._until = None

    def _catch_up(self, session: Session, found: DirectoryImport) -> None:
        """What another process, or this one at another time, read of this file."""
        if self._until == (found.id, found.next_byte):
            return
        self._seen = SeenKeys()
        dialect = Dialect.of(found.dialect)
        for record in _records(session, found, at=dialect.first_byte, number=_AFTER_HEADER):
            if record.end > found.next_byte:
                break
            self._sorted([record], dialect)

    def _sorted(
        self, read: list[Record], dialect: Dialect
    ) -> tuple[list[Line], dict[int, Problem]]:
        lines: list[Line] = []
        refused: dict[int, Problem] = {}
        for record in read:
            if record.is_blank:
                continue
            try:
                line = read_line(record, dialect)
            except LineRefusedError as error:
                refused[record.number] = error.problem
                continue
            if self._seen.add(line.key):
                lines.append(line)
            else:
                refused[line.number] = Problem(LineProblem.REPEATED, value=line.name)
        return lines, refused


def _records(session: Session, found: DirectoryImport, *, at: int, number: int) -> Iterator[Record]:
    content = blocks(session, import_id=found.id, at=at)
    return records(content, dialect=Dialect.of(found.dialect), at=at, number=number)
