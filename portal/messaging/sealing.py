"""What is sealed of a conversation: subjects, messages, beginnings of messages, drafts."""

from uuid import UUID

from portal.crypto import Cell, KeyRing
from portal.models.messaging import Message, Thread

SNIPPET_CHARACTERS = 120


def subject_cell(thread_id: UUID) -> Cell:
    return Cell(str(Thread.__tablename__), "subject_sealed", thread_id)


def snippet_cell(thread_id: UUID) -> Cell:
    return Cell(str(Thread.__tablename__), "snippet_sealed", thread_id)


def body_cell(message_id: UUID) -> Cell:
    return Cell(str(Message.__tablename__), "body_sealed", message_id)


def draft_cell(draft_id: UUID, column: str) -> Cell:
    """`subject_sealed` or `body_sealed`."""
    return Cell("message_draft", column, draft_id)


def seal_text(keys: KeyRing, text: str, cell: Cell) -> bytes:
    return keys.seal(text.encode(), cell)


def open_text(keys: KeyRing, sealed: bytes, cell: Cell) -> str:
    """Raises `ValueError` when it was changed or moved."""
    return keys.open(sealed, cell).decode()


def snippet_of(body: str) -> str:
    """The first words, on one line."""
    line = " ".join(body.split())
    if len(line) <= SNIPPET_CHARACTERS:
        return line
    return line[: SNIPPET_CHARACTERS - 1].rstrip() + "…"
