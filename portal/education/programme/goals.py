"""What the patient wants to be able to do, in their words.

Words never change under what was said of them: a goal in other words is a new one in its place.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.education.programme.papers import under_way
from portal.education.programme.sealing import seal_text, words_cell
from portal.errors import ChangedMeanwhileError, NotFoundError, PortalError
from portal.models import columns
from portal.models.base import new_id
from portal.models.programme import GoalOutcome, ProgrammeGoal

MOST_GOALS = 20
LONGEST_WORDS = 300
_g = columns(ProgrammeGoal)
_LOCKED = (
    select(ProgrammeGoal)
    .where(
        _g.patient_id == bindparam("of_patient", type_=Uuid),
        _g.programme_id == bindparam("of_programme", type_=Uuid),
    )
    .order_by(_g.position, _g.id)
    .with_for_update()
)


class TooManyGoalsError(PortalError):
    """A programme has `MOST_GOALS` at most."""


def add_goal(
    session: Session,
    *,
    patient_id: UUID,
    programme_id: UUID,
    goal_id: UUID,
    words: str,
    by: UUID,
    at: datetime,
    keys: KeyRing,
) -> ProgrammeGoal:
    """`goal_id` was made with the form: sent twice, it is one goal.

    Raises `NotUnderWayError`, `TooManyGoalsError` and `NotFoundError`.
    """
    rows = _held(session, patient_id, programme_id)
    if (known := next((one for one in rows if one.id == goal_id), None)) is not None:
        return known
    if sum(one.removed_at is None for one in rows) >= MOST_GOALS:
        raise TooManyGoalsError
    goal = ProgrammeGoal(
        patient_id=patient_id,
        id=goal_id,
        programme_id=programme_id,
        position=max((one.position for one in rows), default=0) + 1,
        words_sealed=seal_text(keys, words, words_cell(goal_id)),
        set_by=by,
        set_at=at,
    )
    session.add(goal)
    session.flush()
    return goal


def reword_goal(
    session: Session,
    *,
    patient_id: UUID,
    programme_id: UUID,
    goal_id: UUID,
    words: str,
    by: UUID,
    at: datetime,
    keys: KeyRing,
) -> ProgrammeGoal:
    """The old words are kept, and shown no longer; nothing was said of the new ones yet.

    Raises `ChangedMeanwhileError` when somebody reworded or removed it since, and as above.
    """
    old = _one(_held(session, patient_id, programme_id), goal_id)
    if old.removed_at is not None:
        raise ChangedMeanwhileError
    new_goal_id = new_id()
    goal = ProgrammeGoal(
        patient_id=patient_id,
        id=new_goal_id,
        programme_id=programme_id,
        position=old.position,
        words_sealed=seal_text(keys, words, words_cell(new_goal_id)),
        set_by=by,
        set_at=at,
    )
    old.removed_at = at
    session.add_all((old, goal))
    session.flush()
    return goal


def remove_goal(
    session: Session, *, patient_id: UUID, programme_id: UUID, goal_id: UUID, at: datetime
) -> None:
    """`restore_goal` takes it back. Raises `NotUnderWayError` and `NotFoundError`."""
    goal = _one(_held(session, patient_id, programme_id), goal_id)
    if goal.removed_at is None:
        goal.removed_at = at
        session.add(goal)
        session.flush()


def restore_goal(session: Session, *, patient_id: UUID, programme_id: UUID, goal_id: UUID) -> None:
    """Unless other words took its place: then they stay alone.

    Raises `ChangedMeanwhileError`, `TooManyGoalsError`, and as above.
    """
    rows = _held(session, patient_id, programme_id)
    goal = _one(rows, goal_id)
    if goal.removed_at is None:
        return
    shown = [one for one in rows if one.removed_at is None]
    if any(one.position == goal.position for one in shown):
        raise ChangedMeanwhileError
    if len(shown) >= MOST_GOALS:
        raise TooManyGoalsError
    goal.removed_at = None
    session.add(goal)
    session.flush()


def say_outcome(
    session: Session,
    outcome: GoalOutcome | None,
    *,
    patient_id: UUID,
    programme_id: UUID,
    goal_id: UUID,
    by: UUID,
    at: datetime,
) -> ProgrammeGoal:
    """As the patient says it; none takes it back. Raises as above."""
    goal = _one(_held(session, patient_id, programme_id), goal_id)
    if goal.removed_at is not None:
        raise ChangedMeanwhileError
    if goal.outcome is not outcome:
        goal.outcome = outcome
        goal.outcome_by, goal.outcome_at = (by, at) if outcome else (None, None)
        session.add(goal)
        session.flush()
    return goal


def _held(session: Session, patient_id: UUID, programme_id: UUID) -> list[ProgrammeGoal]:
    """All of a programme that is under way, removed ones too, locked after it."""
    under_way(session, patient_id=patient_id, programme_id=programme_id)
    values = {"of_patient": patient_id, "of_programme": programme_id}
    fresh = {"populate_existing": True}
    return list(session.execute(_LOCKED, values, execution_options=fresh).scalars())


def _one(rows: list[ProgrammeGoal], goal_id: UUID) -> ProgrammeGoal:
    found = next((one for one in rows if one.id == goal_id), None)
    if found is None:
        raise NotFoundError("goal")
    return found
