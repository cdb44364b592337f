"""The end: what became of the goals, and what was followed as far as the patient shows it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.programme import evaluation, papers
from portal.education.programme.followed import followed
from portal.education.programme.following import contents, newest
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.agenda import AppointmentKind, AppointmentStatus
from portal.models.education import ModuleProgress
from portal.models.programme import GoalOutcome, ItemState, ProgrammeState
from portal.models.series import Workshop
from tests import factories
from tests.education.modules import make_desk, make_module, make_published
from tests.education.programme.papers import Team, make_goal, make_item, make_team

SAID = {"changed": "Je sors chaque jour.", "next": "Revoir Nadia en mars."}


@pytest.fixture
def team(session: Session, keys: KeyRing) -> Team:
    return make_team(session, keys)


def _write(session: Session, keys: KeyRing, team: Team, base: int, **more: Any) -> None:
    outcomes = more.pop("outcomes", {})
    evaluation.write(
        session,
        SAID,
        outcomes,
        **(team.of_programme | more),
        base=base,
        by=team.nadia.id,
        at=now(),
        keys=keys,
    )


def test_the_outcome_of_each_goal_and_the_end(session: Session, keys: KeyRing, team: Team) -> None:
    goal = make_goal(session, keys, team, "Monter au premier étage")
    _write(session, keys, team, 0, outcomes={goal.id: GoalOutcome.PARTLY})
    found = evaluation.read(session, **team.of_programme, keys=keys)
    assert found is not None
    said = SAID | {"sessions": ""}
    assert (found.texts, found.author, found.revision) == (said, "Nadia Bensaïd", 1)
    _write(session, keys, team, 1, outcomes={goal.id: GoalOutcome.REACHED}, ends=True)
    session.expunge_all()
    of_patient = {"patient_id": team.patient.id, "keys": keys}
    programme = newest(session, **of_patient)
    assert programme is not None
    assert programme.state is ProgrammeState.ENDED
    assert programme.evaluation == 2
    goals, _items = contents(session, **team.of_programme, keys=keys, locale="fr")
    assert [(one.words, one.outcome) for one in goals] == [
        ("Monter au premier étage", GoalOutcome.REACHED)
    ]
    with pytest.raises(papers.NotUnderWayError):
        _write(session, keys, team, 2)


def test_a_stale_form_and_goals_of_others_are_refused(
    session: Session, keys: KeyRing, team: Team
) -> None:
    _write(session, keys, team, 0)
    with pytest.raises(ChangedMeanwhileError):
        _write(session, keys, team, 0)
    other = make_team(session, keys)
    foreign = make_goal(session, keys, other, "À elle")
    with pytest.raises(NotFoundError):
        _write(session, keys, team, 1, outcomes={foreign.id: GoalOutcome.REACHED})
    with pytest.raises(NotFoundError):
        _write(session, keys, team, 1, programme_id=other.programme.id)


def _progress(session: Session, keys: KeyRing, team: Team, user_id: Any) -> Any:
    desk = make_desk(session, keys)
    version = make_published(session, desk, make_module(session, desk))
    session.add(
        ModuleProgress(
            patient_id=team.patient.id,
            user_id=user_id,
            module_id=version.module_id,
            version_id=version.id,
            step=2,
            started_at=now(),
            updated_at=now(),
            finished_at=now(),
        )
    )
    return make_item(session, keys, team, module_id=version.module_id)


def _share(session: Session, team: Team, *, is_shared: bool) -> None:
    team.programme.shares_progress = is_shared
    session.add(team.programme)
    session.commit()


def test_what_was_followed_is_read_only_while_it_is_shared(
    session: Session, keys: KeyRing, team: Team
) -> None:
    module = _progress(session, keys, team, team.jeanne.id)
    workshop = _workshop(session, team)
    came = make_item(session, keys, team, workshop_id=workshop.id)
    assert followed(session, **team.of_programme) == {}
    _share(session, team, is_shared=True)
    found = followed(session, **team.of_programme)
    assert found.keys() == {module.id, came.id}
    assert found[module.id].step == 2
    _share(session, team, is_shared=False)
    assert followed(session, **team.of_programme) == {}


def test_what_a_carer_read_and_what_was_declined_is_not_the_patients_progress(
    session: Session, keys: KeyRing, team: Team
) -> None:
    _share(session, team, is_shared=True)
    _progress(session, keys, team, team.paul.id)
    declined = _progress(session, keys, team, team.jeanne.id)
    declined.state = ItemState.DECLINED
    session.add(declined)
    session.commit()
    assert followed(session, **team.of_programme) == {}


def _workshop(session: Session, team: Team) -> Workshop:
    starts_at = now() - timedelta(days=2)
    workshop = Workshop(
        organization_id=team.house.id,
        title="Bien manger",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        capacity=8,
        created_by=team.nadia.id,
    )
    session.add(workshop)
    session.flush()
    factories.make_appointment(
        session,
        patient=team.patient,
        workshop_id=workshop.id,
        kind=AppointmentKind.WORKSHOP,
        status=AppointmentStatus.FULFILLED,
        starts_at=starts_at,
    )
    return workshop
