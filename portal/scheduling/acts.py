"""What every act on an appointment shares: its lock, its version, its line of history."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment
from portal.models.agreement import AppointmentAct, AppointmentChange
from portal.scheduling.wanted import beside_version

_a = columns(Appointment)
_LOCKED = (
    select(Appointment)
    .where(
        _a.patient_id == bindparam("of_patient", type_=Uuid),
        _a.id == bindparam("of_appointment", type_=Uuid),
    )
    .with_for_update()
)
# Who goes along and how does not change what the others agreed on.
_BESIDE_VERSION = frozenset(
    {"companion_id", "companion_confirmed", "needs_companion", "transport", "preparation"}
)


def locked(session: Session, *, patient_id: UUID, appointment_id: UUID) -> Appointment:
    """The row as it stands now, held until the transaction ends.

    Raises `NotFoundError` for that of another patient. The caller has asked already whether the
    reader sees it: a hidden one is not found either.
    """
    values = {"of_patient": patient_id, "of_appointment": appointment_id}
    # What was read before the lock was there may be old.
    fresh = {"populate_existing": True}
    found: Appointment | None = session.execute(
        _LOCKED, values, execution_options=fresh
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("appointment")
    return found


def refuse_stale(appointment: Appointment, version: int) -> None:
    """Raises `ChangedMeanwhileError` when it is not what the reader saw."""
    if appointment.version != version:
        raise ChangedMeanwhileError


def refuse_stale_words(appointment: Appointment, version: int, beside: str) -> None:
    """The same for who writes the particulars anew, of which not all raise the version.

    `beside` is what `beside_version` said of them as they were shown.
    """
    refuse_stale(appointment, version)
    if beside_version(appointment) != beside:
        raise ChangedMeanwhileError


def change(
    session: Session,
    appointment: Appointment,
    wanted: Mapping[str, Any],
    *,
    act: AppointmentAct,
    by: Author | None,
    at: datetime,
    reason: str = "",
) -> AppointmentChange:
    """Set the fields, raise the version where others rely on them, write the line; flushes.

    `wanted` are names of columns with their new values; equal ones are left out. An act without
    any changed field is a line too: somebody asked, or confirmed. `by` is none for an import.
    """
    fields = {
        name: [_plain(getattr(appointment, name)), _plain(value)]
        for name, value in wanted.items()
        if getattr(appointment, name) != value
    }
    for name in fields:
        setattr(appointment, name, wanted[name])
    if fields.keys() - _BESIDE_VERSION:
        appointment.version += 1
    if fields:
        appointment.updated_at = at
    return line_of(session, appointment, act=act, by=by, at=at, fields=fields, reason=reason)


def line_of(
    session: Session,
    appointment: Appointment,
    *,
    act: AppointmentAct,
    by: Author | None,
    at: datetime,
    fields: Mapping[str, list[Any]] | None = None,
    reason: str = "",
) -> AppointmentChange:
    """The line of an act that set nothing, or of a new row; flushes."""
    session.add(appointment)
    session.flush()
    line = AppointmentChange(
        patient_id=appointment.patient_id,
        appointment_id=appointment.id,
        version=appointment.version,
        at=at,
        actor_id=by.user_id if by else None,
        capacity=by.capacity if by else "",
        act=act,
        fields=dict(fields or {}),
        reason=reason,
    )
    session.add(line)
    session.flush()
    return line


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value
