"""Which appointments a letter is about, as it carries them: numbers, and never words."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

MOST = 20
"""One letter is about so many at most; what it says then leads to all of them anyway."""


class Reference(NamedTuple):
    """One appointment of one patient; in a reminder also when it was to begin."""

    patient_id: UUID
    appointment_id: UUID
    starts_at: datetime | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        patient_id, appointment_id, starts_at = text.split("/")
        instant = datetime.fromisoformat(starts_at) if starts_at else None
        return cls(UUID(patient_id), UUID(appointment_id), instant)

    def __str__(self) -> str:
        starts_at = self.starts_at.isoformat() if self.starts_at else ""
        return f"{self.patient_id}/{self.appointment_id}/{starts_at}"


def written(references: Iterable[Reference]) -> str:
    """Each once, in the order in which they came."""
    return " ".join(str(one) for one in list(dict.fromkeys(references))[:MOST])


def read(text: str) -> list[Reference]:
    return [Reference.read(one) for one in text.split()]


def path_to(references: Iterable[Reference], *, has_page: bool = True) -> str:
    """The page of the appointment, or where all of them are found; nobody opens it signed out.

    Without a page of its own, as of what was deleted, it is the agenda.
    """
    places = {(one.patient_id, one.appointment_id) for one in references}
    patients = {patient_id for patient_id, _appointment_id in places}
    if len(patients) != 1:
        return "/"
    agenda = f"/p/{patients.pop()}/agenda"
    return f"{agenda}/{places.pop()[1]}" if has_page and len(places) == 1 else agenda
