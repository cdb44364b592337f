"""An uploaded file in pieces, in the database: the process that took it need not read it."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, insert, select
from sqlmodel import Session

from portal.imports.columns import Dialect, read_header, refuse_other_files
from portal.imports.problems import FileRefusedError, Refusal
from portal.models import columns
from portal.models.base import new_id
from portal.models.directory_keeping import DirectoryImport, DirectoryImportChunk

CHUNK_BYTES = 256 * 1024
_LONGEST_HEADER = 16 * 1024

_chunk = columns(DirectoryImportChunk)
_CHUNK = select(_chunk.content).where(
    _chunk.import_id == bindparam("of_import", type_=Uuid),
    _chunk.position == bindparam("at_position", type_=Integer),
)
_ADD_CHUNK = insert(DirectoryImportChunk)


class Beginning(NamedTuple):
    """The first piece of a file that can be imported."""

    content: bytes
    dialect: Dialect


def begin(file: BinaryIO) -> Beginning:
    """Raises `FileRefusedError` when it is no list, or an empty one."""
    content = file.read(CHUNK_BYTES)
    refuse_other_files(content)
    header, feed, rest = content.partition(b"\n")
    if len(header) > _LONGEST_HEADER:
        raise FileRefusedError(Refusal.HEADER)
    dialect = read_header(header + feed)
    if not rest.strip() and len(content) < CHUNK_BYTES:
        raise FileRefusedError(Refusal.NO_LINES)
    return Beginning(content, dialect)


def keep(
    session: Session,
    file: BinaryIO,
    beginning: Beginning,
    *,
    name: str,
    total_bytes: int,
    by: UUID | None,
    at: datetime,
    claim: UUID | None = None,
    claimed_until: datetime | None = None,
) -> DirectoryImport:
    """It waits for the worker, unless somebody else claims it at once."""
    kept = DirectoryImport(
        id=new_id(),
        created_by=by,
        created_at=at,
        file_name=name[-200:],
        total_bytes=total_bytes,
        dialect=beginning.dialect.stored(),
        next_byte=beginning.dialect.first_byte,
        next_line=2,
        claim=claim,
        claimed_until=claimed_until,
    )
    session.add(kept)
    session.flush()
    content, position = beginning.content, 0
    while content:
        row = {"import_id": kept.id, "position": position, "content": content}
        session.connection().execute(_ADD_CHUNK, row)
        content, position = file.read(CHUNK_BYTES), position + 1
    return kept


def blocks(session: Session, *, import_id: UUID, at: int) -> Iterator[bytes]:
    """From that byte to the end; one piece in memory."""
    position, start = divmod(at, CHUNK_BYTES)
    while True:
        values = {"of_import": import_id, "at_position": position}
        content: bytes | None = session.execute(_CHUNK, values).scalar()
        if content is None:
            return
        yield content[start:]
        position, start = position + 1, 0
