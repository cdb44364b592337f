"""Tables only. Importing this package registers every table on the metadata."""

from portal.models import (
    account,
    agenda,
    audit,
    care,
    consent,
    credential,
    directory,
    directory_keeping,
    interop,
    need,
    outbox,
    rights,
    search,
    setting,
)
from portal.models.base import columns, metadata

__all__ = [
    "account",
    "agenda",
    "audit",
    "care",
    "columns",
    "consent",
    "credential",
    "directory",
    "directory_keeping",
    "interop",
    "metadata",
    "need",
    "outbox",
    "rights",
    "search",
    "setting",
]
