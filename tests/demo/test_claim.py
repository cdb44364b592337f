"""The demo enters an empty database only, once, and alone."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.demo import DemoRefusedError, seed
from portal.models import metadata
from portal.models.account import User
from portal.models.care import Patient
from portal.models.directory import Organization, Practitioner
from portal.models.setting import Setting

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
HASH = "a-hash"

SOMEBODY: tuple[Callable[[], SQLModel], ...] = (
    lambda: User(email="a@example.org", given_name="A", family_name="B", password_hash=HASH),
    lambda: Patient(given_name="A"),
    lambda: Practitioner(family_name="B"),
    lambda: Organization(name="C"),
)


def _seed(session: Session, keys: KeyRing) -> None:
    seed(session, keys=keys, now=NOW, password_hash=HASH)


def _contents(database: Database) -> dict[str, list[str]]:
    with database.engine.connect() as connection:
        return {
            table.name: sorted(repr(row) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


def _write(database: Database, row: SQLModel) -> None:
    with database.session() as session:
        begin_writing(session)
        session.add(row)
        session.commit()


def test_the_mark_says_around_which_day_the_dates_lie(demo: Session) -> None:
    mark = demo.get(Setting, "demo")

    assert mark is not None
    assert mark.value == "2026-11-24"


def test_the_day_of_the_mark_is_the_one_in_france(session: Session, keys: KeyRing) -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)

    seed(session, keys=keys, now=late, password_hash=HASH)

    mark = session.get(Setting, "demo")
    assert mark is not None
    assert mark.value == "2026-11-25"


def test_the_demo_is_refused_a_second_time(
    demo: Session, keys: KeyRing, database: Database
) -> None:
    before = _contents(database)

    with pytest.raises(DemoRefusedError, match="already holds the demo"):
        _seed(demo, keys)
    demo.commit()

    assert _contents(database) == before


@pytest.mark.parametrize("somebody", SOMEBODY)
def test_a_database_that_holds_somebody_is_left_as_it_was(
    session: Session, keys: KeyRing, database: Database, somebody: Callable[[], SQLModel]
) -> None:
    _write(database, somebody())
    before = _contents(database)

    with pytest.raises(DemoRefusedError, match="empty database"):
        _seed(session, keys)
    session.commit()

    assert _contents(database) == before
    assert not before["setting"]


def test_another_setting_does_not_keep_the_demo_out(
    session: Session, keys: KeyRing, database: Database
) -> None:
    _write(database, Setting(name="something-else", value="1"))

    _seed(session, keys)

    assert session.get(Setting, "demo") is not None


def test_nothing_is_kept_before_the_caller_commits(
    session: Session, keys: KeyRing, database: Database
) -> None:
    _seed(session, keys)
    assert session.scalar(select(func.count()).select_from(Patient)) == 10

    session.rollback()

    assert not any(_contents(database).values())


def test_a_transaction_opened_for_reading_is_not_written_to(
    session: Session, keys: KeyRing
) -> None:
    session.get(Setting, "demo")

    with pytest.raises(RuntimeError, match="begin writing before reading"):
        _seed(session, keys)


@pytest.mark.usefixtures("session")
def test_of_two_demos_at_once_one_is_refused(database: Database, keys: KeyRing) -> None:
    with database.session() as first, database.session() as second:
        _seed(first, keys)
        outcome, thread = _in_background(lambda: _seed(second, keys))
        assert thread.is_alive(), "the second must wait for the first"

        first.commit()
        thread.join(timeout=10)
        second.rollback()

    assert [type(error) for error in outcome] == [DemoRefusedError]
    assert len(_contents(database)["patient"]) == 10


@pytest.mark.usefixtures("session")
def test_a_patient_who_is_being_written_meanwhile_keeps_the_demo_out(
    database: Database, keys: KeyRing
) -> None:
    with database.session() as writer, database.session() as seeder:
        begin_writing(writer)
        writer.add(Patient(given_name="Somebody real"))
        writer.flush()
        outcome, thread = _in_background(lambda: _seed(seeder, keys))
        assert thread.is_alive(), "the demo must wait until the writer is done"

        writer.commit()
        thread.join(timeout=10)
        seeder.rollback()

    assert [type(error) for error in outcome] == [DemoRefusedError]
    assert not _contents(database)["setting"]


def _in_background(act: Callable[[], None]) -> tuple[list[BaseException], threading.Thread]:
    """Start it, and give it half a second to finish, fail or wait."""
    outcome: list[BaseException] = []

    def _run() -> None:
        try:
            act()
        except DemoRefusedError as error:
            outcome.append(error)

    thread = threading.Thread(target=_run)
    thread.start()
    thread.join(timeout=0.5)
    return outcome, thread
