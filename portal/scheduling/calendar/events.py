"""One visit as a calendar shows it: its words are ready, whoever reads them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.crypto import KeyRing
from portal.models.agenda import AppointmentStatus


class State(StrEnum):
    """RFC 5545, 3.8.1.11."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    """Stays in the calendar file, so that it leaves the calendar."""


_STATES = {
    AppointmentStatus.PROPOSED: State.TENTATIVE,
    AppointmentStatus.PENDING: State.TENTATIVE,
    AppointmentStatus.WAITLIST: State.TENTATIVE,
    AppointmentStatus.CANCELLED: State.CANCELLED,
    AppointmentStatus.NOSHOW: State.CANCELLED,
    AppointmentStatus.ENTERED_IN_ERROR: State.CANCELLED,
}


def state_of(status: AppointmentStatus) -> State:
    return _STATES.get(status, State.CONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a calendar writes beside the time. Everything but a neutral title may be empty."""

    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    """Of one visit that is taken along by itself; the dates of a series have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One visit, at an instant of the wall time of a place."""

    uid: str
    version: int
    state: State
    starts_at: datetime
    ends_at: datetime | None
    """None: nobody said when it ends, and the calendar does not either."""
    time_zone: str
    is_stay: bool = False
    """Whole days, from the first to the last."""
    said: Said
    changed_at: datetime
    series_id: UUID | None = None
    recurrence_start: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The rule of a series, as its table keeps it, and the one UID of its dates."""

    uid: str
    rrule: str
    at: str
    """Wall time, `09:00:00`."""
    time_zone: str
    version: int
    changed_at: datetime


def uid_of(keys: KeyRing, *, user_id: UUID, item_id: UUID) -> str:
    """The same for each fetch of this person; of another person's calendar it tells nothing.

    A UUID without a host name (RFC 7986, 5.3): neither what, nor where, nor since when.
    """
    digest = keys.hmac("calendar event", f"{user_id} {item_id}")
    return str(UUID(bytes=digest[:16], version=4))
