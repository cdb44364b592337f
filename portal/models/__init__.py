"""Tables only. Importing this package registers every table on the metadata."""

from portal.models import (
    account,
    agenda,
    care,
    credential,
    directory,
    interop,
    outbox,
    setting,
)
from portal.models.base import columns, metadata

__all__ = [
    "account",
    "agenda",
    "care",
    "columns",
    "credential",
    "directory",
    "interop",
    "metadata",
    "outbox",
    "setting",
]
