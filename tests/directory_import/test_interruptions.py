"""Twenty thousand lines in little memory; killed, taken over, read by two: always the same."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session

from portal.config import Config
from portal.db import Database
from portal.imports.job import DirectoryImports
from portal.imports.reading import BATCH_LINES
from portal.models.directory_keeping import DirectoryImport, DirectoryImportStatus
from tests.directory_import import lists
from tests.directory_import.lists import Result

ROOT = Path(__file__).parents[2]
LINES = 2000


class _PowerIsGoneError(BaseException):
    """Nothing catches it."""


@pytest.fixture
def uninterrupted(database: Database, session: Session) -> Iterator[Result]:
    """What the list comes to when nothing happens; the directory is empty again after it."""
    kept = lists.keep(session, lists.many(LINES))
    lists.work_through(database)
    found = lists.result(session, kept)
    assert found.counts["status"] is DirectoryImportStatus.DONE
    assert len(found.problems) == LINES // 10
    lists.forget(session)
    return found


def _let_lease_run_out(session: Session) -> None:
    session.rollback()
    session.execute(update(DirectoryImport).values(claimed_until=lists.LONG_AGO))
    session.commit()


def _progress(session: Session, kept: DirectoryImport) -> int:
    session.rollback()
    session.expire_all()
    return session.get_one(DirectoryImport, kept.id).next_line


def test_killed_in_the_middle_it_goes_on_without_a_duplicate(
    config: Config, database: Database, session: Session, uninterrupted: Result, tmp_path: Path
) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes(lists.many(LINES))
    killed = _start(config, str(file))
    try:
        kept = _wait_for_import(session, killed)
        until = time.monotonic() + 60
        while _progress(session, kept) < 4 * BATCH_LINES:
            assert time.monotonic() < until, "the command reads nothing"
            time.sleep(0.01)
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    assert _progress(session, kept) < LINES, "it was killed before the end"
    assert not DirectoryImports().work(database), "its lease is not over yet"
    _let_lease_run_out(session)
    lists.work_through(database)
    assert lists.result(session, kept) == uninterrupted


def test_the_terminal_reads_a_list_to_its_end_and_says_what_became_of_it(
    config: Config, session: Session, uninterrupted: Result, tmp_path: Path
) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes(lists.many(LINES))
    out, _errors = _start(config, str(file)).communicate(timeout=120)
    counts = uninterrupted.counts
    assert f"{counts['added']} added, " in out.decode()
    assert f"{counts['refused']} refused" in out.decode()


def test_the_terminal_refuses_what_is_no_list_in_one_line(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes(b"PK\x03\x04")
    process = _start(config, str(file))
    _out, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"this is a spreadsheet" in errors
    assert b"Traceback" not in errors


def test_a_batch_without_its_commit_leaves_nothing_and_is_done_again(
    database: Database,
    session: Session,
    uninterrupted: Result,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After its lines were written and counted, every third time."""
    kept = lists.keep(session, lists.many(LINES))
    job, commit, calls, failures = DirectoryImports(), Session.commit, count(), 0

    def commit_or_not(self: Session) -> None:
        if next(calls) % 3 == 1:
            raise _PowerIsGoneError
        commit(self)

    monkeypatch.setattr(Session, "commit", commit_or_not)
    while True:
        try:
            if not job.work(database):
                break
        except _PowerIsGoneError:
            failures += 1
    assert failures > 2
    assert lists.result(session, kept) == uninterrupted


def test_two_workers_at_once_write_each_line_once(
    database: Database, session: Session, uninterrupted: Result
) -> None:
    """Without any lease: what stands in the database decides, not the clock."""
    kept = lists.keep(session, lists.many(LINES))
    session.rollback()

    def read() -> None:
        job, idle = DirectoryImports(lease=timedelta(0)), 0
        while idle < 20:
            idle = 0 if job.work(database) else idle + 1
            time.sleep(0.001)

    workers = [threading.Thread(target=read) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert lists.result(session, kept) == uninterrupted


def test_two_lists_at_once_do_not_both_add_the_same_person(
    database: Database, session: Session
) -> None:
    first, second = (lists.keep(session, lists.many(800)) for _ in range(2))
    session.rollback()
    workers = [
        threading.Thread(target=lists.work_through, args=(database, DirectoryImports()))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    lists.work_through(database)
    one, other = lists.result(session, first).counts, lists.result(session, second).counts
    assert one["status"] == other["status"] == DirectoryImportStatus.DONE
    assert one["refused"] == other["refused"]
    assert len(lists.result(session, first).people) == len(set(lists.result(session, first).people))
    assert one["unchanged"] + other["unchanged"] == one["added"] + other["added"]  # type: ignore[operator]


def test_somebody_elses_file_is_left_alone_while_its_lease_holds(
    database: Database, session: Session
) -> None:
    lists.keep(session, lists.many(450))
    first, second = DirectoryImports(), DirectoryImports()
    assert first.work(database)
    assert not second.work(database)
    assert first.work(database)


def test_twenty_thousand_lines_need_no_more_memory_than_two_thousand(
    config: Config, session: Session, tmp_path: Path
) -> None:
    peaks = []
    for length in (2000, 20_000):
        file = tmp_path / f"{length}.csv"
        file.write_bytes(lists.many(length))
        peaks.append(_peak_megabytes(_start(config, str(file))))
        kept = lists.newest(session)
        assert kept is not None
        assert lists.result(session, kept).counts["status"] is DirectoryImportStatus.DONE
        assert len(lists.result(session, kept).problems) >= length // 10
        lists.forget(session)
    small, large = peaks
    # The lines of the larger one take more than 40 MB when they are all in memory.
    assert large - small < 16, peaks


def test_a_line_that_breaks_the_program_stops_the_import_and_no_other(
    database: Database, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = lists.keep(session, lists.table(lists.NADIA))
    with monkeypatch.context() as patch:
        patch.setattr("portal.imports.entries.Entries.take", lambda _entries, _line: 1 / 0)
        assert not DirectoryImports().work(database)
    other = lists.keep(session, lists.table(lists.NADIA))
    lists.work_through(database)
    assert lists.result(session, broken).counts["status"] is DirectoryImportStatus.STOPPED
    assert lists.result(session, other).counts["status"] is DirectoryImportStatus.DONE


def _start(config: Config, *words: str) -> "subprocess.Popen[bytes]":
    settings = {
        "PORTAL_INSTANCE_PATH": str(config.instance_path),
        "PORTAL_DATABASE_URL": config.database_url,
        "PORTAL_BASE_URL": config.base_url,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "portal", "import-directory", *words],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _peak_megabytes(process: "subprocess.Popen[bytes]") -> float:
    """The most that the process ever held, once it has ended well."""
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.communicate()
    assert process.returncode == 0
    return usage.ru_maxrss / 1024


def _wait_for_import(session: Session, process: "subprocess.Popen[bytes]") -> DirectoryImport:
    until = time.monotonic() + 60
    while True:
        assert process.poll() is None, "the command ended by itself"
        assert time.monotonic() < until, "nothing was kept"
        session.rollback()
        if (found := lists.newest(session)) is not None:
            return found
        time.sleep(0.02)
