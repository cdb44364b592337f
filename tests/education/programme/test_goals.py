"""Goals in the words of the patient: added, said otherwise, taken out, looked back at."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.programme import goals
from portal.education.programme.goals import (
    TooManyGoalsError,
    add_goal,
    remove_goal,
    restore_goal,
    reword_goal,
    say_outcome,
)
from portal.education.programme.papers import NotUnderWayError
from portal.education.programme.sealing import open_text, reason_cell, words_cell
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.base import new_id
from portal.models.programme import GoalOutcome, ProgrammeGoal
from tests.education.programme.papers import Team, make_team


def add(session: Session, keys: KeyRing, team: Team, words: str, **fields: Any) -> ProgrammeGoal:
    values: dict[str, Any] = {"goal_id": new_id(), "by": team.jeanne.id, "at": now()}
    return add_goal(session, **team.of_programme, words=words, keys=keys, **(values | fields))


def said(session: Session, keys: KeyRing, team: Team) -> list[str]:
    rows = session.exec(
        select(ProgrammeGoal)
        .where(ProgrammeGoal.patient_id == team.patient.id, col(ProgrammeGoal.removed_at).is_(None))
        .order_by(col(ProgrammeGoal.position))
    ).all()
    return [open_text(keys, one.words_sealed, words_cell(one.id)) for one in rows]


def _of(team: Team, goal_id: UUID) -> dict[str, Any]:
    return team.of_programme | {"goal_id": goal_id}


def test_a_goal_sent_twice_is_one(session: Session, keys: KeyRing) -> None:
    team, goal_id = make_team(session, keys), new_id()
    for _twice in range(2):
        add(session, keys, team, "Aller au marché", goal_id=goal_id)
    add(session, keys, team, "Jardiner")
    assert said(session, keys, team) == ["Aller au marché", "Jardiner"]


def test_other_words_take_the_place_and_the_first_ones_are_kept(
    session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys)
    old = add(session, keys, team, "Marcher")
    add(session, keys, team, "Jardiner")
    say_outcome(session, GoalOutcome.PARTLY, **_of(team, old.id), by=team.jeanne.id, at=now())
    words = {"words": "Marcher à deux", "by": team.paul.id, "at": now(), "keys": keys}
    new = reword_goal(session, **_of(team, old.id), **words)
    assert said(session, keys, team) == ["Marcher à deux", "Jardiner"]
    assert (new.outcome, new.set_by, old.outcome) == (None, team.paul.id, GoalOutcome.PARTLY)
    assert open_text(keys, old.words_sealed, words_cell(old.id)) == "Marcher"
    with pytest.raises(ChangedMeanwhileError):
        reword_goal(session, **_of(team, old.id), **words)
    with pytest.raises(ChangedMeanwhileError):
        restore_goal(session, **_of(team, old.id))


def test_a_goal_comes_back_where_it_was(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys)
    first = add(session, keys, team, "Marcher")
    add(session, keys, team, "Jardiner")
    for _twice in range(2):
        remove_goal(session, **_of(team, first.id), at=now())
    assert said(session, keys, team) == ["Jardiner"]
    for _twice in range(2):
        restore_goal(session, **_of(team, first.id))
    assert said(session, keys, team) == ["Marcher", "Jardiner"]


def test_an_outcome_is_said_changed_and_taken_back(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys)
    goal = add(session, keys, team, "Marcher")
    values = _of(team, goal.id) | {"by": team.jeanne.id, "at": now()}
    for outcome in GoalOutcome:
        say_outcome(session, outcome, **values)
        assert (goal.outcome, goal.outcome_by) == (outcome, team.jeanne.id)
    say_outcome(session, None, **values)
    assert (goal.outcome, goal.outcome_by, goal.outcome_at) == (None, None, None)
    remove_goal(session, **_of(team, goal.id), at=now())
    with pytest.raises(ChangedMeanwhileError):
        say_outcome(session, GoalOutcome.REACHED, **values)


def test_goals_have_an_end_which_removing_moves(
    session: Session, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(goals, "MOST_GOALS", 1)
    team = make_team(session, keys)
    first = add(session, keys, team, "Marcher")
    with pytest.raises(TooManyGoalsError):
        add(session, keys, team, "Jardiner")
    remove_goal(session, **_of(team, first.id), at=now())
    add(session, keys, team, "Jardiner")
    with pytest.raises(TooManyGoalsError):
        restore_goal(session, **_of(team, first.id))


def test_goals_are_of_a_programme_under_way_and_of_its_patient(
    session: Session, keys: KeyRing
) -> None:
    waiting = make_team(session, keys, accepts=False)
    with pytest.raises(NotUnderWayError):
        add(session, keys, waiting, "Marcher")
    team, other = make_team(session, keys), make_team(session, keys)
    goal = add(session, keys, team, "Marcher")
    with pytest.raises(NotFoundError):
        remove_goal(session, **_of(other, goal.id), at=now())
    mixed = {"patient_id": other.patient.id, "programme_id": team.programme.id}
    with pytest.raises(NotFoundError):
        remove_goal(session, **mixed, goal_id=goal.id, at=now())
    assert said(session, keys, team) == ["Marcher"]


def test_words_that_were_moved_do_not_open(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys)
    one, two = add(session, keys, team, "Marcher"), add(session, keys, team, "Jardiner")
    for other in (words_cell(one.id), reason_cell(two.id)):
        with pytest.raises(ValueError, match="does not open"):
            open_text(keys, two.words_sealed, other)
