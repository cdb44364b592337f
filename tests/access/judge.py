"""Judges one answer: its status, its words, its lines in the log, and what it changed."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest

from flask import Flask
from sqlalchemy import Engine, insert, select
from werkzeug.test import TestResponse

from portal.models import metadata
from portal.models.audit import AccessEvent
from portal.web.logs import JsonFormatter
from tests.access.file import CANARIES, NAME_OF_ANOTHER, NURSES, OF_ANOTHER

ALL_WORDS = {*CANARIES, *NURSES, OF_ANOTHER, NAME_OF_ANOTHER}
# Kept alive by every request of a reader.
_RESTLESS = {"user_session": ("last_seen_at", "idle_ends_at")}
# Judged apart: the lines, and the wrong links of an address.
# What was shown is read: the page of a conversation says so, to nobody but its readers.
_APART = ("access_event", "rate_limit", "thread_reader")
_LINES = ("patient_id", "actor_id", "capacity", "category", "action", "decision")
Rows = dict[str, list[dict[str, object]]]


class Tables:
    """What stands in the database, to be compared and to be put back."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rows = self._read()
        self.marks = self._marks(self.rows)

    def changed(self) -> list[str]:
        """The tables that are not as they were, the access log apart."""
        now = self._marks(self._read())
        return sorted(name for name, mark in now.items() if mark != self.marks[name])

    def put_back(self) -> None:
        with self.engine.connect().execution_options(writing=True) as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
            for table in metadata.sorted_tables:
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])
            connection.commit()

    def _read(self) -> Rows:
        with self.engine.connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in metadata.sorted_tables
            }

    @staticmethod
    def _marks(rows: Rows) -> dict[str, Counter[str]]:
        return {
            name: Counter(
                repr([value for key, value in row.items() if key not in _RESTLESS.get(name, ())])
                for row in found
            )
            for name, found in rows.items()
            if name not in _APART
        }


class Ears(logging.Handler):
    """Every log line, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def wrong(self) -> list[str]:
        """Lines of a log that hold anything of a file, whoever read it."""
        heard, self.lines = self.lines, []
        return [f"log line {one}" for one in heard if has_canary(one)]


@dataclass
class Lines:
    """The lines that the access log got, against those that it had to get."""

    app: Flask
    expected: list[tuple[object, ...]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    known: int = 0

    def expect(self, question: str, line: tuple[object, ...]) -> None:
        self.asked.append(question)
        self.expected.append(line)

    def begin(self) -> None:
        self.known = len(self._all())

    def wrong(self) -> list[str]:
        """The first that differs: after it nothing can be compared."""
        found = self._all()[self.known :]
        expected, asked = self.expected, [*self.asked, "nobody asked"]
        self.known, self.expected, self.asked = self.known + len(found), [], []
        for number, (got, wanted) in enumerate(zip_longest(found, expected)):
            if got != wanted:
                return [f"{asked[number]}: the access log says {got}, not {wanted}"]
        return []

    def _all(self) -> list[tuple[object, ...]]:
        columns = AccessEvent.__table__.c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
        chosen = [columns[name] for name in _LINES]
        statement = select(*chosen).where(columns.request_id != "R-0")
        engine = self.app.extensions["database"].engine
        with engine.connect() as connection:
            rows = connection.execute(statement.order_by(columns.at, columns.sequence)).all()
        return [tuple(str(value) for value in row) for row in rows]


def has_canary(text: str) -> bool:
    return any(word in text for word in ALL_WORDS)


def leaks(answer: TestResponse, may_be_seen: Iterable[str], question: object) -> list[str]:
    """The canaries in body or headers that this reader may not see."""
    text = f"{answer.headers} {answer.text}"
    leaked = sorted(word for word in ALL_WORDS - set(may_be_seen) if word in text)
    return [f"{question}: {answer.status_code} shows {word}" for word in leaked]
