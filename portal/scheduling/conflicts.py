"""What a patient has at the same time: a warning before saving, and never more than that."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, or_
from sqlmodel import Session

from portal.errors import PortalError
from portal.models.agenda import LONGEST_VISIT
from portal.models.base import UtcDateTime
from portal.scheduling.appointments import NEXT_STATUSES, WITHOUT_END
from portal.scheduling.rows import AppointmentRow
from portal.scheduling.selecting import ROWS, appointment_columns

MOST_SHOWN = 5
_NOTHING = UUID(int=0)

_a = appointment_columns
_OVERLAPPING = ROWS.where(
    _a.starts_at >= bindparam("earliest", type_=UtcDateTime),
    _a.starts_at < bindparam("end", type_=UtcDateTime),
    or_(
        _a.ends_at > bindparam("start", type_=UtcDateTime),
        and_(_a.ends_at.is_(None), _a.starts_at > bindparam("no_end_before", type_=UtcDateTime)),
    ),
    _a.status.in_(NEXT_STATUSES),
    _a.is_stay.is_(False),
    _a.id != bindparam("excluding", type_=Uuid),
).order_by(_a.starts_at, _a.id)


class ClashError(PortalError):
    """The patient has something else then; `rows` is what this reader may know of it."""

    def __init__(self, rows: Sequence[AppointmentRow]) -> None:
        super().__init__("something else is planned at that time")
        self.rows = tuple(rows)


def refuse_clash(
    session: Session,
    *,
    patient_id: UUID,
    viewer_id: UUID,
    start: datetime,
    end: datetime,
    excluding: UUID | None = None,
) -> None:
    """Raises `ClashError`; stays excepted, and a visit within a window counts.

    What is hidden from the reader gives no warning: it would tell it.
    """
    values = {
        "patient_id": patient_id,
        "viewer_id": viewer_id,
        "start": start,
        "end": end,
        "no_end_before": start - WITHOUT_END,
        "earliest": start - LONGEST_VISIT,
        "excluding": excluding or _NOTHING,
        "limit": MOST_SHOWN,
    }
    rows = [AppointmentRow._make(row) for row in session.execute(_OVERLAPPING, values)]
    if rows:
        raise ClashError(rows)
