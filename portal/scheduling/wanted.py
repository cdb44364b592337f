"""What a form says of an appointment: when it is, and what there is to know about it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.scheduling.appointments import WITHOUT_END

BESIDE_VERSION = ("needs_companion", "transport", "preparation")
"""Particulars that others may say without a new version of the appointment."""


class Described(Protocol):
    """An appointment, as a row or as an entity."""

    @property
    def needs_companion(self) -> bool: ...

    @property
    def transport(self) -> str: ...

    @property
    def preparation(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """An exact time, a window within which it begins, or several days."""

    starts_at: datetime
    ends_at: datetime | None
    is_window: bool = False
    time_zone: str
    duration_minutes: int | None = None

    @property
    def busy_until(self) -> datetime:
        """Without an end, as long as such a visit counts as going on."""
        return self.ends_at or self.starts_at + WITHOUT_END

    def fields(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What is said of it beside the time; names are those of the columns."""

    title: str
    kind: AppointmentKind
    place: str = ""
    address: str = ""
    phone: str = ""
    video_url: str = ""
    needs_companion: bool = False
    transport: str = ""
    preparation: str = ""
    instructions: str = ""
    performer_text: str = ""

    def fields(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A new appointment; `appointment_id` was made with the form, so that two taps are one."""

    appointment_id: UUID
    timing: Timing
    particulars: Particulars
    status: AppointmentStatus = AppointmentStatus.BOOKED
    respond_before: date | None = None
    practitioner_id: UUID | None = None
    organization_id: UUID | None = None

    def fields(self) -> dict[str, Any]:
        return {
            **self.timing.fields(),
            **self.particulars.fields(),
            "status": self.status,
            "respond_before": self.respond_before,
            "practitioner_id": self.practitioner_id,
            "organization_id": self.organization_id,
        }


def says(appointment: Appointment, fields: dict[str, Any]) -> bool:
    """Whether it is as these columns say already."""
    return all(getattr(appointment, name) == value for name, value in fields.items())


def beside_version(one: Described) -> str:
    """Names what stands there; a form that writes all of it anew sends back what it showed."""
    said = json.dumps([getattr(one, name) for name in BESIDE_VERSION])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def end_of(start: datetime, minutes: int | None) -> datetime | None:
    return start + timedelta(minutes=minutes) if minutes else None
