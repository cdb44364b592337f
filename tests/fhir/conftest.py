"""Importing into a real database, as the command does it: one transaction, all or nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from portal.db import begin_writing
from portal.errors import ImportRefusedError
from portal.fhir import Entry, ImportReport, Outcome, import_paths
from portal.models import metadata

Tables = dict[str, list[str]]


class Import:
    """Takes dicts, texts and paths; commits, or rolls back when a file is refused."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session, self.folder, self.runs = session, folder, 0

    def __call__(self, *files: Any, zone: str = "Europe/Paris") -> ImportReport:
        self.runs += 1
        return self.paths(*(self._path(file, n) for n, file in enumerate(files)), zone=zone)

    def paths(self, *paths: Path, zone: str = "Europe/Paris") -> ImportReport:
        self._forget()
        begin_writing(self.session)
        try:
            report = import_paths(self.session, paths=paths, default_time_zone=zone)
            self.session.commit()
        finally:
            self._forget()
        return report

    def trial(self, *files: Any) -> ImportReport:
        """Writes everything as usual, and rolls it back."""
        self.runs += 1
        self._forget()
        begin_writing(self.session)
        try:
            paths = [self._path(file, n) for n, file in enumerate(files)]
            return import_paths(self.session, paths=paths, default_time_zone="Europe/Paris")
        finally:
            self._forget()

    def refusal(self, *files: Any) -> ImportRefusedError:
        """The refusal of these files, which must leave the database as it was."""
        before = self.tables()
        with pytest.raises(ImportRefusedError) as refused:
            self(*files)
        assert self.tables() == before
        return refused.value

    def tables(self) -> Tables:
        """The contents of every table."""
        rows = {
            table.name: sorted(str(row) for row in self.session.execute(select(table)))
            for table in metadata.sorted_tables
        }
        self._forget()
        return rows

    def _path(self, file: Any, number: int) -> Path:
        if isinstance(file, Path):
            return file
        path = self.folder / f"{self.runs}-{number}.json"
        path.write_text(file if isinstance(file, str) else json.dumps(file, ensure_ascii=False))
        return path

    def _forget(self) -> None:
        self.session.rollback()
        self.session.info.pop("writing", None)
        self.session.expire_all()


@pytest.fixture
def take(session: Session, tmp_path: Path) -> Import:
    return Import(session, tmp_path)


@pytest.fixture
def said() -> Callable[[ImportReport], list[str]]:
    """What was left out, one line each, and why."""

    def lines(report: ImportReport) -> list[str]:
        left_out = [entry for entry in report.entries if entry.outcome == Outcome.LEFT_OUT]
        return [f"{_place(entry)}: {entry.reason}" for entry in left_out]

    return lines


def _place(entry: Entry) -> str:
    return f"{entry.label} {entry.piece}".strip()
