"""The end of a programme: what became of each goal as the patient says it, and what comes next."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.education.programme.papers import (
    Texts,
    cell_of,
    only,
    open_texts,
    seal_texts,
    under_way,
)
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.programme import (
    EducationProgramme,
    GoalOutcome,
    ProgrammeEvaluation,
    ProgrammeGoal,
    ProgrammeState,
)

QUESTIONS = ("changed", "next")
PARTS = (*QUESTIONS, "sessions")
"""With what was followed, as far as the patient showed it when it was written."""
_TABLE = str(ProgrammeEvaluation.__tablename__)
_e, _g, _user = columns(ProgrammeEvaluation), columns(ProgrammeGoal), columns(User)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_programme = bindparam("of_programme", type_=Uuid)
_READ = (
    select(_e.content_sealed, _user.given_name, _user.family_name, _e.written_at, _e.revision)
    .join_from(ProgrammeEvaluation, User, _user.id == _e.written_by)
    .where(_e.patient_id == _of_patient, _e.programme_id == _of_programme)
)
_GOALS = (
    select(ProgrammeGoal)
    .where(
        _g.patient_id == _of_patient,
        _g.programme_id == _of_programme,
        _g.removed_at.is_(None),
    )
    .with_for_update()
)


class Evaluation(NamedTuple):
    texts: dict[str, str]
    author: str
    at: datetime
    revision: int


def read(
    session: Session, *, patient_id: UUID, programme_id: UUID, keys: KeyRing
) -> Evaluation | None:
    """None before somebody wrote it."""
    values = {"of_patient": patient_id, "of_programme": programme_id}
    row = session.execute(_READ, values).one_or_none()
    if row is None:
        return None
    return Evaluation(
        open_texts(keys, row.content_sealed, cell_of(_TABLE, programme_id)),
        f"{row.given_name} {row.family_name}".strip(),
        row.written_at,
        row.revision,
    )


def write(
    session: Session,
    texts: Texts,
    outcomes: Mapping[UUID, GoalOutcome | None],
    *,
    patient_id: UUID,
    programme_id: UUID,
    base: int,
    by: UUID,
    at: datetime,
    keys: KeyRing,
    ends: bool = False,
) -> None:
    """Revision `base` + 1, 0 before the first. With `ends` it is over, and shows no progress.

    `outcomes` are of goals of this programme; those that it does not name stay as they are.
    Raises `ChangedMeanwhileError`, `NotUnderWayError` and `NotFoundError`.
    """
    wanted = only(PARTS, texts)
    programme = under_way(session, patient_id=patient_id, programme_id=programme_id)
    key = (patient_id, programme_id)
    before = session.get(ProgrammeEvaluation, key, populate_existing=True)
    if base != (before.revision if before is not None else 0):
        raise ChangedMeanwhileError
    row = ProgrammeEvaluation(
        patient_id=patient_id,
        programme_id=programme_id,
        content_sealed=seal_texts(keys, wanted, cell_of(_TABLE, programme_id)),
        written_by=by,
        written_at=at,
        revision=base + 1,
    )
    session.merge(row)
    _say_outcomes(session, outcomes, programme, by=by, at=at)
    if ends:
        programme.state, programme.shares_progress = ProgrammeState.ENDED, False
        programme.ended_by, programme.ended_at = by, at
        programme.revision += 1
        session.add(programme)
    session.flush()


def _say_outcomes(
    session: Session,
    outcomes: Mapping[UUID, GoalOutcome | None],
    programme: EducationProgramme,
    *,
    by: UUID,
    at: datetime,
) -> None:
    values = {"of_patient": programme.patient_id, "of_programme": programme.id}
    fresh = {"populate_existing": True}
    goals = session.execute(_GOALS, values, execution_options=fresh).scalars()
    known = {goal.id: goal for goal in goals}
    if outcomes.keys() - known.keys():
        raise NotFoundError("goal")
    for goal_id, outcome in outcomes.items():
        goal = known[goal_id]
        if goal.outcome is not outcome:
            goal.outcome = outcome
            goal.outcome_by, goal.outcome_at = (by, at) if outcome else (None, None)
            session.add(goal)
