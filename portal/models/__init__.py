"""Tables only. Importing this package registers every table on the metadata."""

from portal.models import (
    account,
    agenda,
    agreement,
    audit,
    calendar,
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
    series,
    setting,
)
from portal.models.base import columns, metadata

__all__ = [
    "account",
    "agenda",
    "agreement",
    "audit",
    "calendar",
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
    "series",
    "setting",
]
