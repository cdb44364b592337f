"""What hidden fields and choices of a form say; nothing that they say is believed unread."""

from uuid import UUID


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def version_of(text: str | None) -> int:
    """0, which no row has, when it is missing or no number."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
