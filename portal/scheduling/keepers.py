"""Who may move and cancel an appointment, among those who may book at all."""

from typing import Protocol
from uuid import UUID

from portal.access.viewer import Standing, Viewer


class Kept(Protocol):
    """An appointment or a series, as a row or as an entity."""

    @property
    def practitioner_id(self) -> UUID | None: ...

    @property
    def created_by(self) -> UUID | None: ...


def keeps(kept: Kept, *, viewer: Viewer, standing: Standing) -> bool:
    """A coordinator all; a professional their own and those that they booked.

    Asked of readers who hold `agenda:book` towards the patient, and of nobody else.
    """
    if standing.is_coordinator:
        return True
    own = viewer.practitioner_id
    return (own is not None and kept.practitioner_id == own) or kept.created_by == viewer.id
