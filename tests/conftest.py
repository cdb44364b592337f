"""Real databases for every test: the encrypted file, and PostgreSQL where it is there."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session

from portal import create_app, migrations
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from tests.emptying import delete_everything
from tests.pages import PageClient

IS_CI = os.environ.get("CI") == "true"
POSTGRESQL = os.environ.get(
    "PORTAL_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres"
)


def _postgresql_is_there() -> bool:
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def config(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Config]:
    """The settings of a migrated, empty installation; one for each backend."""
    instance = tmp_path_factory.mktemp(f"instance-{request.param}")
    environ = {"PORTAL_INSTANCE_PATH": str(instance), "PORTAL_BASE_URL": "http://localhost"}
    if request.param == "sqlite":
        yield _installed(Config.from_env(environ))
        return
    if not _postgresql_is_there():
        if IS_CI:
            pytest.fail("PostgreSQL is required when CI=true")
        pytest.skip("PostgreSQL is not running: only the embedded database was tested")
    name = f"relais_test_{os.getpid()}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    url = f"{POSTGRESQL.rsplit('/', 1)[0]}/{name}"
    try:
        yield _installed(Config.from_env(environ | {"PORTAL_DATABASE_URL": url}))
    finally:
        with psycopg.connect(POSTGRESQL, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _hurry(database: Database) -> None:
    """What a test writes need not outlive a power cut: SQLite waits for no disk."""
    if database.is_embedded:
        event.listen(
            database.engine,
            "connect",
            lambda connection, _record: connection.execute("PRAGMA synchronous=OFF").close(),
        )


def _installed(config: Config) -> Config:
    KeyRing.generate().save(config.keys_file)
    database = Database(config, KeyRing.load(config.keys_file))
    migrations.upgrade(database.engine)
    database.engine.dispose()
    return config


@pytest.fixture(scope="session")
def database(config: Config) -> Iterator[Database]:
    database = Database(config, KeyRing.load(config.keys_file))
    _hurry(database)
    yield database
    database.engine.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session on an empty database; what the test wrote is gone after it."""
    with database.session() as session:
        yield session
        session.rollback()
    with database.engine.connect().execution_options(writing=True) as connection:
        delete_everything(connection)
        connection.commit()


@pytest.fixture(scope="session")
def app(config: Config) -> Flask:
    app = create_app(config)
    app.testing = False
    _hurry(app.extensions["database"])
    return app


@pytest.fixture
def keys(app: Flask) -> KeyRing:
    ring: KeyRing = app.extensions["keys"]
    return ring


@pytest.fixture
def reader(app: Flask, session: Session) -> PageClient:
    """A client that behaves like a browser on our own pages, and checks each page it gets."""
    return PageClient(app)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Files from outside the project; absent on a newcomer's machine."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.exists():
        pytest.skip(f"{folder} is absent: the care-circle files from outside were not tried")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a test has to say at the end of the run, from whatever process it ran in."""
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "said":
                terminalreporter.write_line(str(text))
