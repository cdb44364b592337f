"""What to prepare before a visit: one box for each line, ticked by whoever did it."""

import hashlib
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import ChangedMeanwhileError
from portal.models import columns
from portal.models.agenda import Appointment
from portal.models.agreement import PreparationTick

LONGEST_POINT = 300
MOST_POINTS = 40

_tick = columns(PreparationTick)
_TICKS = select(PreparationTick).where(
    _tick.patient_id == bindparam("of_patient", type_=Uuid),
    _tick.appointment_id == bindparam("of_appointment", type_=Uuid),
)


def points_of(text: str) -> list[str]:
    """The lines, each once, as they are kept with a tick."""
    lines = (line.strip()[:LONGEST_POINT] for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))[:MOST_POINTS]


def key_of(point: str) -> str:
    """Names a line in a form: a line that was rewritten has another one."""
    return hashlib.sha256(point.encode()).hexdigest()[:16]


def tick(
    session: Session,
    appointment: Appointment,
    *,
    ticked: AbstractSet[str],
    seen: AbstractSet[str],
    by: Author,
    at: datetime,
) -> None:
    """Of a locked appointment. What the reader did not touch stays as the others left it.

    `ticked` are the keys of the boxes as sent, `seen` as they were shown. Raises
    `ChangedMeanwhileError` for a line that is not there any more.
    """
    points = {key_of(point): point for point in points_of(appointment.preparation)}
    if not points.keys() >= ticked | seen:
        raise ChangedMeanwhileError
    values = {"of_patient": appointment.patient_id, "of_appointment": appointment.id}
    known = {row.line: row for row in session.execute(_TICKS, values).scalars()}
    for key in ticked - seen:
        if points[key] not in known:
            session.add(
                PreparationTick(
                    patient_id=appointment.patient_id,
                    appointment_id=appointment.id,
                    line=points[key],
                    done_by=by.user_id,
                    done_at=at,
                )
            )
    for key in seen - ticked:
        if points[key] in known:
            session.delete(known[points[key]])
    session.flush()
