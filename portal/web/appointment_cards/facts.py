"""What every card of an appointment's page is made from."""

from dataclasses import dataclass
from datetime import datetime

from portal.access.viewer import Standing, Viewer
from portal.scheduling.rows import AppointmentRow, Details
from portal.web.visits import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One appointment as this reader may see it, and what they may do."""

    row: AppointmentRow
    visit: Visit
    details: Details
    patient: Standing
    viewer: Viewer
    at: datetime
    may_act: bool
    """Answers for the patient (`agenda:act`)."""
    may_book: bool
    """Keeps this appointment (`agenda:book`, and it is theirs)."""
