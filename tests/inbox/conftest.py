"""The circle that writes, as the family's pages have it."""

from tests.messages.conftest import as_, circle

__all__ = ["as_", "circle"]
