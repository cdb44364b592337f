"""A long backlog: taking the next mail holds the write lock, so it must stay cheap."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import delete, insert
from sqlmodel import Session

from portal.clock import now
from portal.config import Config
from portal.db import Database, begin_writing
from portal.models.base import new_id
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox import Letter, claims

EVERY = 100


@contextmanager
def _counting(session: Session) -> Iterator[list[int]]:
    """The steps of SQLite's virtual machine, in hundreds."""
    steps = [0]

    def note() -> int:
        steps[0] += 1
        return 0

    driver: Any = session.connection().connection.driver_connection
    driver.set_progress_handler(note, EVERY)
    try:
        yield steps
    finally:
        driver.set_progress_handler(None, 0)


def _steps_of_a_claim(database: Database, backlog: int, address: Callable[[int], str]) -> int:
    fields = {"letter": Letter.INVITATION, "locale": "fr", "state": OutboxState.PENDING}
    fields |= {"available_at": now(), "created_at": now(), "attempts": 0, "last_error": ""}
    rows = [fields | {"id": new_id(), "recipient": address(number)} for number in range(backlog)]
    with database.session() as session:
        begin_writing(session)
        session.connection().execute(delete(OutboxMessage))
        session.connection().execute(insert(OutboxMessage), rows)
        session.commit()
        session.info.pop("writing", None)
        begin_writing(session)
        with _counting(session) as steps:
            found = claims.claim(session, at=now())
        session.rollback()
    assert found is not None
    assert found[0] == rows[0]["id"], "the oldest first"
    return steps[0] * EVERY


@pytest.mark.parametrize("addresses", [1, 12, 10_000])
def test_ten_times_the_backlog_costs_about_ten_times_not_a_hundred(
    config: Config, database: Database, session: Session, addresses: int
) -> None:
    if not config.is_embedded:
        pytest.skip("the steps of PostgreSQL cannot be counted, and its lock is of one row")

    def address(number: int) -> str:
        return f"reader{number % addresses}@example.org"

    few, many = (_steps_of_a_claim(database, size, address) for size in (300, 3000))
    assert few >= EVERY, "steps are counted"
    assert many < 20 * few
    assert many < 300_000
