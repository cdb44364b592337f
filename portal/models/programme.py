"""The education programme of a patient: shared assessment, goals, what is proposed, evaluation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class ProgrammeState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class EducationProgramme(SQLModel, table=True):
    """What a team proposes to a patient to learn; nothing begins before the patient agrees."""

    __tablename__ = "education_programme"
    __table_args__ = (
        # One programme at a time: proposed, or under way.
        Index(
            "uq_education_programme_current",
            "patient_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'accepted')"),
            postgresql_where=text("state IN ('proposed', 'accepted')"),
        ),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organization.id")
    title_sealed: bytes
    state: ProgrammeState = Field(default=ProgrammeState.PROPOSED, sa_type=coded(ProgrammeState))
    proposed_by: UUID = Field(foreign_key="user_account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    answered_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shares_progress: bool = False
    """Whether the team sees how far the patient read: their choice, at any time."""
    ended_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int = 1


def _of_programme(table: str) -> ForeignKeyConstraint:
    # A name of our own: the one by convention is longer than PostgreSQL lets it be.
    return ForeignKeyConstraint(
        ["patient_id", "programme_id"],
        ["education_programme.patient_id", "education_programme.id"],
        name=f"fk_{table}_programme",
    )


class ProgrammeAssessment(SQLModel, table=True):
    """One state of the shared assessment (bilan éducatif partagé); a revision is a new row."""

    __tablename__ = "programme_assessment"
    __table_args__ = (_of_programme("programme_assessment"),)

    patient_id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content_sealed: bytes
    written_by: UUID = Field(foreign_key="user_account.id")
    capacity: str = Field(max_length=40)
    """As what they wrote: `self`, or one of `Capacity`."""
    written_at: datetime = Field(sa_type=UtcDateTime)


class GoalOutcome(StrEnum):
    REACHED = "reached"
    PARTLY = "partly"
    NOT_YET = "not_yet"


class ProgrammeGoal(SQLModel, table=True):
    """What the patient wants to be able to do, in their words."""

    __tablename__ = "programme_goal"
    __table_args__ = (
        _of_programme("programme_goal"),
        Index(None, "patient_id", "programme_id", "position"),
    )

    patient_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    programme_id: UUID
    position: int
    words_sealed: bytes
    set_by: UUID = Field(foreign_key="user_account.id")
    set_at: datetime = Field(sa_type=UtcDateTime)
    outcome: GoalOutcome | None = Field(default=None, sa_type=coded(GoalOutcome))
    outcome_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    outcome_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ItemState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REMOVED = "removed"


class ProgrammeItem(SQLModel, table=True):
    """A module or a workshop that the team proposes, and what the patient answered."""

    __tablename__ = "programme_item"
    __table_args__ = (
        _of_programme("programme_item"),
        CheckConstraint("(module_id IS NULL) <> (workshop_id IS NULL)", name="is_one_thing"),
        Index(None, "patient_id", "programme_id", "position"),
    )

    patient_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    programme_id: UUID
    position: int
    module_id: UUID | None = Field(default=None, foreign_key="module.id")
    workshop_id: UUID | None = Field(default=None, foreign_key="workshop.id")
    reason_sealed: bytes
    """Why it is proposed, said to the patient; sealed also when empty."""
    state: ItemState = Field(default=ItemState.PROPOSED, sa_type=coded(ItemState))
    proposed_by: UUID = Field(foreign_key="user_account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    answered_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ProgrammeEvaluation(SQLModel, table=True):
    """What patient and team say at the end: what changed, what comes next."""

    __tablename__ = "programme_evaluation"
    __table_args__ = (_of_programme("programme_evaluation"),)

    patient_id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(primary_key=True)
    content_sealed: bytes
    written_by: UUID = Field(foreign_key="user_account.id")
    written_at: datetime = Field(sa_type=UtcDateTime)
    revision: int = 1


class ProgrammeSynthesis(SQLModel, table=True):
    """The summary for the médecin traitant, as it stood when the patient agreed to share it."""

    __tablename__ = "programme_synthesis"
    __table_args__ = (_of_programme("programme_synthesis"),)

    patient_id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content_sealed: bytes
    written_by: UUID = Field(foreign_key="user_account.id")
    written_at: datetime = Field(sa_type=UtcDateTime)
    shared_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    shared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """From when on nobody but its writer reads it; without `shared_at`, the answer was no."""
