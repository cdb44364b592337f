"""A photo or a PDF beside a message, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.crypto import Cell, KeyRing
from portal.messaging.conversations import AttachmentRow
from portal.web.exchange.texts import without_turns
from portal.web.i18n import gettext, ngettext
from portal.web.typography import NBSP

_KILOBYTE = 1000


@dataclass(frozen=True, slots=True)
class AttachmentCard:
    id: UUID
    key: UUID
    name: str
    alternative_text: str
    is_photo: bool
    width: int | None
    height: int | None
    facts: str
    """`PDF, 3 pages, 84 Ko`."""


def attachment_card(row: AttachmentRow, *, keys: KeyRing) -> AttachmentCard:
    return AttachmentCard(
        row.id,
        row.key,
        without_turns(_opened(row, "name_sealed", row.name_sealed, keys)),
        _opened(row, "alternative_text_sealed", row.alternative_text_sealed, keys),
        row.media_type.startswith("image/"),
        row.width,
        row.height,
        _facts(row),
    )


def by_message(rows: Iterable[AttachmentRow], *, keys: KeyRing) -> dict[UUID, list[AttachmentCard]]:
    """Those that were sent, under the message that each stands beside."""
    found: dict[UUID, list[AttachmentCard]] = {}
    for row in rows:
        if row.message_id is not None:
            found.setdefault(row.message_id, []).append(attachment_card(row, keys=keys))
    return found


def unsent(rows: Iterable[AttachmentRow], *, keys: KeyRing) -> list[AttachmentCard]:
    """Those of the message that the reader is writing."""
    return [attachment_card(row, keys=keys) for row in rows if row.message_id is None]


def attachment_cell(attachment_id: UUID, column: str) -> Cell:
    """`name_sealed` or `alternative_text_sealed`."""
    return Cell("attachment", column, attachment_id)


def _opened(row: AttachmentRow, column: str, sealed: bytes, keys: KeyRing) -> str:
    return keys.open(sealed, attachment_cell(row.id, column)).decode() if sealed else ""


def _facts(row: AttachmentRow) -> str:
    kind = gettext("photo") if row.media_type.startswith("image/") else "PDF"
    pages = ngettext("%(num)d page", "%(num)d pages", row.page_count) if row.page_count else ""
    return ", ".join(part for part in (kind, pages, size_words(row.size)) if part)


def size_words(size: int) -> str:
    """`84 Ko`, `2 Mo`."""
    if size < _KILOBYTE * _KILOBYTE:
        return gettext("%(number)s kB", number=max(1, size // _KILOBYTE)).replace(" ", NBSP)
    return gettext("%(number)s MB", number=round(size / _KILOBYTE**2)).replace(" ", NBSP)
