"""The operator's commands stand beside the pages that they are about."""

from tests.cli.conftest import run

__all__ = ["run"]
