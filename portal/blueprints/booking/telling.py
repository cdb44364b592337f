"""Who is told of an act on an appointment, in the transaction of the act."""

from datetime import datetime

from sqlmodel import Session

from portal.access.viewer import Viewer
from portal.models.agenda import Appointment
from portal.scheduling.letters.notices import About, tell_family, tell_keepers
from portal.web.installed import current_keys


def tell(session: Session, appointment: Appointment, *, viewer: Viewer, at: datetime) -> int:
    """The family; and the professional, when it is not they who did it. How many."""
    about = About(
        patient_id=appointment.patient_id,
        appointment_id=appointment.id,
        by=viewer.id,
        at=at,
    )
    told = tell_family(session, about, keys=current_keys())
    other = appointment.practitioner_id
    if other is not None and other != viewer.practitioner_id:
        told += tell_keepers(session, about, keys=current_keys())
    return told


def done_word(done: str, told: int) -> str:
    """For the address of the page that follows: it says that people are told if they are."""
    return f"{done}-told" if told else done
