"""Where a list goes on, as one part of an address."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal.scheduling.rows import Position

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def position_text(starts_at: datetime, row_id: UUID) -> str:
    """Behind this row: lists in the order of time have several rows at one instant."""
    return f"{instant_text(starts_at)}.{row_id}"


def position_of(text: str | None) -> Position | None:
    """What `position_text` wrote; anything else begins at the start."""
    instant, _, key = (text or "").partition(".")
    starts_at = instant_of(instant)
    try:
        return None if starts_at is None else Position(starts_at, UUID(key))
    except ValueError:
        return None


def instant_text(instant: datetime) -> str:
    """To the microsecond, as it is stored."""
    return str((instant - _EPOCH) // _MICROSECOND)


def instant_of(text: str | None) -> datetime | None:
    """What `instant_text` wrote; none of anything else."""
    try:
        return _EPOCH + int(text or "") * _MICROSECOND
    except (ValueError, OverflowError):
        return None
