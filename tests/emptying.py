"""An empty database again, whatever guards its rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, select, text

from portal.models import metadata
from portal.models.education import ModuleVersion


def delete_everything(connection: Connection) -> None:
    with _without_guards(connection):
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))


@contextmanager
def _without_guards(connection: Connection) -> Iterator[None]:
    """What was published cannot be deleted, which holds against tests as well."""
    if not connection.execute(select(ModuleVersion.id).limit(1)).first():
        yield
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        return
    guards = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    ).all()
    for name, _definition in guards:
        connection.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _name, definition in guards:
        connection.execute(text(definition))
