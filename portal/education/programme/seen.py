"""What one reader sees of a programme: the rows of `overview`, and what they are together."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from portal.models.agenda import AppointmentStatus
from portal.models.education import Audience
from portal.models.programme import GoalOutcome, ItemState, ProgrammeState


class HeadRow(NamedTuple):
    id: UUID
    title_sealed: bytes
    state: ProgrammeState
    shares_progress: bool
    given_name: str
    family_name: str
    answered_at: datetime | None
    ended_at: datetime | None
    has_evaluation: bool
    has_synthesis: bool


class Programme(NamedTuple):
    """The programme proposed last, whatever became of it."""

    id: UUID
    title: str
    state: ProgrammeState
    shares_progress: bool
    proposer: str
    answered_at: datetime | None
    ended_at: datetime | None
    has_evaluation: bool
    has_synthesis: bool

    @property
    def is_under_way(self) -> bool:
        return self.state is ProgrammeState.ACCEPTED


class GoalRow(NamedTuple):
    id: UUID
    words_sealed: bytes
    outcome: GoalOutcome | None
    is_own: bool
    given_name: str
    family_name: str


class ItemRow(NamedTuple):
    id: UUID
    state: ItemState
    reason_sealed: bytes
    given_name: str
    family_name: str
    slug: str | None
    title: str | None
    minutes: int | None
    step_count: int | None
    step: int | None
    finished_at: datetime | None
    audience: Audience | None
    author_given_name: str | None
    author_family_name: str | None
    workshop_id: UUID | None
    workshop_title: str | None
    starts_at: datetime | None
    time_zone: str | None
    place: str | None
    cancelled_at: datetime | None
    appointment_id: UUID | None
    status: AppointmentStatus | None


class Goal(NamedTuple):
    id: UUID
    words: str
    outcome: GoalOutcome | None
    writer: str
    """Who wrote it for the patient; empty for the patient."""


class Item(NamedTuple):
    """A module or a workshop of the programme."""

    row: ItemRow
    reason: str

    @property
    def proposer(self) -> str:
        return f"{self.row.given_name} {self.row.family_name}".strip()

    @property
    def is_module(self) -> bool:
        return self.row.workshop_id is None

    @property
    def is_there(self) -> bool:
        """A module that may be read now, or a workshop that takes place."""
        return self.row.slug is not None if self.is_module else self.row.cancelled_at is None


class Overview(NamedTuple):
    programme: Programme
    goals: list[Goal]
    items: list[Item]
    """In their order; those that were taken out are not here."""

    @property
    def modules(self) -> list[Item]:
        """What the patient accepted and can read now."""
        return [one for one in self._accepted if one.is_module and one.is_there]

    @property
    def workshops(self) -> list[Item]:
        return [one for one in self._accepted if not one.is_module]

    @property
    def waiting(self) -> list[Item]:
        """What was added since, and waits for an answer."""
        return [one for one in self.items if one.row.state is ItemState.PROPOSED and one.is_there]

    @property
    def finished(self) -> int:
        return sum(one.row.finished_at is not None for one in self.modules)

    @property
    def _accepted(self) -> list[Item]:
        return [one for one in self.items if one.row.state is ItemState.ACCEPTED]
