"""Engine per backend, one session per request, `transaction()`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Engine, QueuePool, create_engine, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from portal.config import Config
from portal.crypto import KeyRing
from portal.errors import ConfigError

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-65536",
)
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""For a PostgreSQL that does not even refuse: seconds, and milliseconds for the last. A request
that waited for ever would hold its thread, and a few of them the portal. In the URL of the database
other values can be given."""


class Database:
    """The engine of one process."""

    def __init__(self, config: Config, keys: KeyRing) -> None:
        self.is_embedded = config.is_embedded
        self.engine = _embedded(config, keys) if config.is_embedded else _postgresql(config)

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def check_durability(self) -> None:
        """Raises `ConfigError` when PostgreSQL may lose acknowledged data; silent if it is away."""
        if self.is_embedded:
            return
        names = ("fsync", "full_page_writes", "synchronous_commit")
        query = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
        try:
            with self.engine.connect() as connection:
                settings = connection.execute(query, {"names": list(names)}).all()
        except OperationalError:
            return  # answered by 503 until it is back
        if off := [name for name, value in settings if value == "off"]:
            raise ConfigError(
                f"PostgreSQL has {', '.join(off)} = off: acknowledged data could be lost"
            )


def init_app(app: Flask, database: Database) -> None:
    app.extensions["database"] = database
    app.teardown_appcontext(_close_session)


def current_session() -> Session:
    """The one session of this request or command."""
    if "session" not in g:
        g.session = current_app.extensions["database"].session()
    session: Session = g.session
    return session


def begin_writing(session: Session) -> None:
    """Open the transaction for writing before the first read.

    SQLite refuses to turn a read transaction into a writing one once another process has
    written, and a read-then-write without the lock loses updates.
    """
    if session.in_transaction():
        if not session.info.get("writing"):
            raise RuntimeError("a read transaction is open: begin writing before reading")
        return
    session.info["writing"] = True
    options: dict[str, object] = {"writing": True}
    if session.get_bind().dialect.name == "postgresql":
        options["isolation_level"] = "READ COMMITTED"
    session.connection(execution_options=options)


@contextmanager
def transaction() -> Iterator[Session]:
    """All or nothing: commits at the end, rolls back on any error."""
    session = current_session()
    begin_writing(session)
    try:
        yield session
        session.commit()
        session.info.pop("unwritten", None)
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)


def end_reading() -> None:
    """Let go of the read transaction, for example before a slow password hash."""
    session = current_session()
    # Detached first: a rollback would expire what was read, and reading it again would
    # open a new transaction behind our back.
    session.expunge_all()
    session.rollback()
    session.info.pop("writing", None)


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()


def _embedded(config: Config, keys: KeyRing) -> Engine:
    # A raw key in x'…' form: SQLCipher then skips its password derivation at each connection.
    url = make_url(config.database_url).set(password=f"x'{keys.database.hex()}'")
    engine = create_engine(url, poolclass=QueuePool, pool_size=4, max_overflow=8)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(config: Config) -> Engine:
    # A page reads the rights and the record in one snapshot; writers see each other's commits.
    url = make_url(config.database_url)
    engine = create_engine(
        url,
        pool_size=4,
        max_overflow=8,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        connect_args={name: set_ for name, set_ in _PATIENCE.items() if name not in url.query},
    )
    event.listen(engine, "connect", _configure_postgresql)
    return engine


def _configure_postgresql(connection: Any, _record: object) -> None:
    # Outside a transaction: a rollback would take it back.
    connection.autocommit = True
    connection.execute("SET lock_timeout = '10s'")
    connection.autocommit = False


def _configure_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins too late; `_begin_sqlite` does it.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
