"""Reading a file batch by batch: whoever comes next goes on where the last commit ended."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from portal.clock import now
from portal.db import Database, begin_writing
from portal.imports import queue
from portal.imports.entries import Entries
from portal.imports.known import Known
from portal.imports.problems import LineRefusedError, Problem
from portal.imports.reading import Batch, Reading
from portal.models.directory_keeping import DirectoryImport

LEASE = timedelta(minutes=1)
_REFUSED = "refused"
log = logging.getLogger("portal.imports")

# Two files never write at once: both would add the person whom neither found.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7236001)")


@dataclass
class DirectoryImports:
    """What the worker does between two mails, and the terminal while somebody watches."""

    claim: UUID = field(default_factory=uuid4)
    lease: timedelta = LEASE
    _reading: Reading = field(default_factory=Reading)

    def work(self, database: Database) -> bool:
        """One batch of the oldest file that is free; False when there is none."""
        with database.session() as session:
            found = queue.next_free(session, claim=self.claim, at=now())
        return found is not None and self.work_on(database, found)

    def work_on(self, database: Database, found: DirectoryImport) -> bool:
        """One batch of that file; False when somebody else has it, or the next try may do it."""
        is_written = False
        try:
            is_written = self._do_batch(database, found)
        except SQLAlchemyError as error:
            # The database is away, or somebody wrote the same entry meanwhile.
            log.warning("import %s: a batch is tried again: %s", found.id, type(error).__name__)
        except Exception:
            # The same line would fail again, for ever.
            log.exception("import %s cannot go on", found.id)
            with _writing(database) as session:
                queue.stop(session, import_id=found.id)
        if not is_written:
            self._reading.forget()
        return is_written

    def _do_batch(self, database: Database, found: DirectoryImport) -> bool:
        with database.session() as session:
            batch = self._reading.next_batch(session, found)
        at = now()
        with _writing(database) as session:
            _alone(session)
            is_ours = queue.hold(
                session,
                import_id=found.id,
                claim=self.claim,
                from_byte=found.next_byte,
                at=at,
                until=at + self.lease,
            )
            if is_ours:
                is_trusted = found.created_by is None
                _write(session, batch, import_id=found.id, is_trusted=is_trusted, at=at)
            return is_ours


def _write(
    session: Session, batch: Batch, *, import_id: UUID, is_trusted: bool, at: datetime
) -> None:
    problems, counts = _take(session, batch, at, is_trusted=is_trusted)
    queue.note_problems(session, import_id=import_id, problems=problems)
    queue.advance(
        session,
        import_id=import_id,
        next_byte=batch.end,
        next_line=batch.next_line,
        counts=counts,
    )
    is_other_file = batch.is_first and not batch.is_last and counts.keys() == {_REFUSED}
    if is_other_file or batch.is_last:
        queue.finish(session, import_id=import_id, at=at, is_refused=is_other_file)


def _take(
    session: Session, batch: Batch, at: datetime, *, is_trusted: bool
) -> tuple[dict[int, list[Problem]], Counter[str]]:
    """What is wrong by line number, and how many lines came to what."""
    problems = {number: [problem] for number, problem in batch.refused.items()}
    counts = Counter({_REFUSED: len(problems)} if problems else {})
    entries = Entries(Known(session, batch.lines, at=at), is_trusted=is_trusted)
    for line in batch.lines:
        try:
            counts[entries.take(line)] += 1
        except LineRefusedError as error:
            counts[_REFUSED] += 1
            problems[line.number] = [error.problem]
        else:
            left_out = [*line.problems, *entries.left_out_of(line)]
            if left_out:
                problems[line.number] = left_out
    entries.save(session)
    return problems, counts


def _alone(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ONE_AT_A_TIME)


@contextmanager
def _writing(database: Database) -> Iterator[Session]:
    with database.session() as session:
        begin_writing(session)
        yield session
        session.commit()
