"""Imports, the newest first, and the lines that were not taken."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, select
from sqlmodel import Session

from portal.errors import NotFoundError
from portal.imports.columns import Dialect
from portal.imports.problems import TAKEN_WITHOUT, LineProblem, codes_of
from portal.models import columns
from portal.models.account import User
from portal.models.directory_keeping import (
    DirectoryImport,
    DirectoryImportProblem,
    DirectoryImportStatus,
)

PER_PAGE = 20
PROBLEMS_PER_PAGE = 50
_FIRST_LINE = 2

_import = columns(DirectoryImport)
_user = columns(User)
_problem = columns(DirectoryImportProblem)
_IMPORT = select(
    _import.id,
    _import.created_at,
    _import.file_name,
    _import.total_bytes,
    _import.status,
    _import.refusal,
    _import.dialect,
    _import.next_byte,
    _import.next_line,
    _import.added,
    _import.changed,
    _import.unchanged,
    _import.refused,
    _import.ended_at,
    _user.given_name,
    _user.family_name,
).outerjoin_from(DirectoryImport, User, _user.id == _import.created_by)
_ONE = _IMPORT.where(_import.id == bindparam("of_import", type_=Uuid))
_NEWEST = _IMPORT.order_by(_import.id.desc()).limit(PER_PAGE + 1)
_OLDER = _NEWEST.where(_import.id < bindparam("before", type_=Uuid))
_PROBLEMS = (
    select(_problem.line, _problem.column, _problem.problem, _problem.value)
    .where(
        _problem.import_id == bindparam("of_import", type_=Uuid),
        _problem.line > bindparam("after_line", type_=Integer),
    )
    .order_by(_problem.line)
    .limit(bindparam("most", type_=Integer))
)
_SAME = select(_import.id).where(
    _import.created_by == bindparam("by_user", type_=Uuid),
    _import.file_name == bindparam("of_name"),
    _import.total_bytes == bindparam("of_bytes", type_=Integer),
    _import.status.in_((DirectoryImportStatus.WAITING, DirectoryImportStatus.RUNNING)),
)


class ImportRow(NamedTuple):
    """One file, and how far it was read."""

    id: UUID
    created_at: datetime
    file_name: str
    total_bytes: int
    status: DirectoryImportStatus
    refusal: str
    dialect: dict[str, object]
    next_byte: int
    next_line: int
    added: int
    changed: int
    unchanged: int
    refused: int
    ended_at: datetime | None
    given_name: str | None
    family_name: str | None

    @property
    def by(self) -> str:
        """Nobody's name when it came from the terminal."""
        return f"{self.given_name or ''} {self.family_name or ''}".strip()

    @property
    def is_open(self) -> bool:
        return self.status in (DirectoryImportStatus.WAITING, DirectoryImportStatus.RUNNING)

    @property
    def lines_read(self) -> int:
        return self.next_line - _FIRST_LINE

    @property
    def lines_expected(self) -> int:
        """As long as those that were read, two digits of it; 0 when none was."""
        first = Dialect.of(self.dialect).first_byte
        read = self.next_byte - first
        if read <= 0:
            return 0
        guess = self.lines_read * (self.total_bytes - first) / read
        return max(self.lines_read, int(float(f"{guess:.2g}")))


class ProblemRow(NamedTuple):
    """One line that was not taken, or not wholly."""

    line: int
    column: str
    problem: str
    value: str

    @property
    def codes(self) -> list[LineProblem]:
        return codes_of(self.problem)

    @property
    def is_taken(self) -> bool:
        return TAKEN_WITHOUT.issuperset(self.codes)


def imports(session: Session, *, before: UUID | None) -> list[ImportRow]:
    """One more than a page shows when there are more."""
    statement = _OLDER if before is not None else _NEWEST
    values = {"before": before} if before is not None else {}
    return [ImportRow._make(row) for row in session.execute(statement, values)]


def one_import(session: Session, *, import_id: UUID) -> ImportRow:
    """Raises `NotFoundError`."""
    row = session.execute(_ONE, {"of_import": import_id}).one_or_none()
    if row is None:
        raise NotFoundError("import")
    return ImportRow._make(row)


def problems(
    session: Session, *, import_id: UUID, after: int = 0, limit: int = PROBLEMS_PER_PAGE + 1
) -> list[ProblemRow]:
    values = {"of_import": import_id, "after_line": after, "most": limit}
    return [ProblemRow._make(row) for row in session.execute(_PROBLEMS, values)]


def same_open(session: Session, *, by: UUID, name: str, total_bytes: int) -> UUID | None:
    """The same file of the same person that is still read: a button that was touched twice."""
    values = {"by_user": by, "of_name": name, "of_bytes": total_bytes}
    found: UUID | None = session.execute(_SAME, values).scalar()
    return found
