"""What commands stand on: the settings, the tables, one line instead of a trace."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from portal import demo, installation
from portal.config import Config
from portal.errors import ConfigError, ImportRefusedError


def says_what_is_wrong(command: Callable[..., Any]) -> Callable[..., Any]:
    """One line on standard error instead of a trace, for everything that an operator can mend."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (ConfigError, ImportRefusedError, demo.DemoRefusedError) as error:
            raise click.ClickException(str(error)) from None
        except DBAPIError as error:
            # Only its first line: the rest holds the values of the statement.
            reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
            raise click.ClickException(f"the database refused: {reason}") from None

    return run


def installed_config() -> Config:
    """A first command on the embedded database needs no other before it."""
    config = Config.from_env()
    if config.is_embedded and installation.is_new(config):
        installation.install(config)
    return config
