"""What stands before the first page: keys, and tables of the right version."""

from portal import migrations
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from portal.errors import ConfigError


def install(config: Config) -> None:
    """Make the keys of a new installation and bring its tables up to date.

    Raises `ConfigError` when data is there but its keys are not: new keys would open nothing.
    """
    if not config.keys_file.exists():
        if _holds_data(config):
            raise ConfigError(
                f"{config.keys_file} is missing but the database is not empty: restore the file "
                "from your backup"
            )
        KeyRing.generate().save(config.keys_file)
    database = Database(config, KeyRing.load(config.keys_file))
    try:
        database.check_durability()
        migrations.upgrade(database.engine)
    finally:
        database.engine.dispose()


def is_new(config: Config) -> bool:
    """Whether neither keys nor an embedded database are here yet."""
    file = config.database_file
    return not config.keys_file.exists() and (file is None or not file.exists())


def _holds_data(config: Config) -> bool:
    if config.database_file is not None:
        return config.database_file.exists()
    probe = Database(config, KeyRing.generate())
    try:
        return not migrations.is_empty(probe.engine)
    finally:
        probe.engine.dispose()
