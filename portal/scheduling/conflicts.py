"""What a patient has at the same time: a warning before saving, and never more than that."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.errors import PortalError
from portal.scheduling.appointments import overlapping
from portal.scheduling.rows import AppointmentRow


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
    """Raises `ClashError`. What is hidden from the reader gives no warning: it would tell it."""
    rows = overlapping(
        session,
        patient_id=patient_id,
        viewer_id=viewer_id,
        start=start,
        end=end,
        excluding=excluding,
    )
    if rows:
        raise ClashError(rows)
