"""How the directory is kept: files that were imported into it, entries that were merged."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class DirectoryImportStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    """By a person; it can go on."""
    DONE = "done"
    REFUSED = "refused"
    """The file as a whole: `refusal` says why; nothing of it was written."""


class DirectoryImport(SQLModel, table=True):
    """One CSV file, and how far it was read.

    `next_byte`, `next_line` and the counts are written in the transaction that writes the lines:
    whoever goes on after a crash begins where the last batch ended.
    """

    __tablename__ = "directory_import"
    __table_args__ = (Index(None, "status"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    """None from the terminal."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    file_name: str = Field(max_length=200)
    total_bytes: int
    status: DirectoryImportStatus = Field(
        default=DirectoryImportStatus.WAITING, sa_type=coded(DirectoryImportStatus)
    )
    refusal: str = Field(default="", max_length=200)
    dialect: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Delimiter, columns and first byte after the header, once it was read."""
    next_byte: int = 0
    next_line: int = 1
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until when the process that reads it may be believed alive."""
    claim: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DirectoryImportChunk(SQLModel, table=True):
    """A piece of the file, until the import is over."""

    __tablename__ = "directory_import_chunk"

    import_id: UUID = Field(foreign_key="directory_import.id", primary_key=True)
    position: int = Field(primary_key=True)
    """From 0; all but the last are of one length."""
    content: bytes


class DirectoryImportProblem(SQLModel, table=True):
    """One line that was not taken, or not wholly."""

    __tablename__ = "directory_import_problem"

    import_id: UUID = Field(foreign_key="directory_import.id", primary_key=True)
    line: int = Field(primary_key=True)
    """In the file, from 1; the header is line 1."""
    column: str = Field(default="", max_length=50)
    problem: str = Field(max_length=40)
    """A code; the page has the words."""
    value: str = Field(default="", max_length=100)
    """What stood there, shortened."""


class DirectoryMerge(SQLModel, table=True):
    """Two entries of the directory became one."""

    __tablename__ = "directory_merge"
    __table_args__ = (Index(None, "kept_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=20)
    """`practitioner` or `organization`."""
    kept_id: UUID
    merged_id: UUID
    merged: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """The entry that is gone, as it was."""
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID = Field(foreign_key="user_account.id")
