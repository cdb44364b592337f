"""The history of the tables, applied by Alembic."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig


def upgrade(engine: Engine, *, revision: str = "head") -> None:
    """Bring the tables of this database to the newest version; does nothing when they are."""
    from alembic import command  # heavy: not needed to serve a page

    with engine.connect() as connection, _unreferenced(connection):
        command.upgrade(_config(connection=connection), revision)
        connection.commit()


@contextmanager
def _unreferenced(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew; with references watched, that deletes rows.

    The driver's own cursor: once a transaction is open, this setting is ignored.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    yield
    broken = cursor.execute("PRAGMA foreign_key_check").fetchone()
    cursor.execute("PRAGMA foreign_keys=ON")
    if broken is not None:
        raise RuntimeError(f"a migration broke a reference of the table {broken[0]}")


def is_empty(engine: Engine) -> bool:
    """Whether no table was made here yet."""
    return not inspect(engine).has_table("alembic_version")


def _config(**attributes: object) -> "AlembicConfig":
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes.update(attributes)
    return config
