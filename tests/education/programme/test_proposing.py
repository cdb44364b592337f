"""A team proposes one programme at a time, and takes back what waits; the patient shows or not."""

import pytest
from sqlmodel import Session, select

from portal.clock import now
from portal.consents.deciding import Author
from portal.crypto import KeyRing
from portal.education.programme import taking_part
from portal.education.programme.papers import NotUnderWayError
from portal.education.programme.proposing import (
    OneProgrammeError,
    propose,
    share_progress,
    take_back,
)
from portal.errors import NotFoundError
from portal.models.base import new_id
from portal.models.programme import EducationProgramme, ItemState, ProgrammeItem, ProgrammeState
from tests import factories
from tests.education.modules import make_desk, make_module
from tests.education.programme.papers import Team, make_item, make_team


def _propose(session: Session, keys: KeyRing, team: Team) -> EducationProgramme:
    return propose(
        session,
        patient_id=team.patient.id,
        organization_id=team.house.id,
        title="Bien respirer",
        by=team.nadia.id,
        at=now(),
        keys=keys,
    )


def _object(session: Session, team: Team) -> None:
    author = Author(team.jeanne.id, "self")
    taking_part.object_to(session, patient_id=team.patient.id, author=author, locale="fr", at=now())


@pytest.mark.parametrize("accepts", [True, False])
def test_a_second_programme_is_not_proposed_beside_a_current_one(
    session: Session, keys: KeyRing, accepts: bool
) -> None:
    team = make_team(session, keys, accepts=accepts)
    with pytest.raises(OneProgrammeError):
        _propose(session, keys, team)
    assert len(session.exec(select(EducationProgramme)).all()) == 1


def test_after_a_no_another_can_be_proposed_and_its_title_is_sealed(
    session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys, accepts=False)
    _object(session, team)
    programme = _propose(session, keys, team)
    assert programme.state is ProgrammeState.PROPOSED
    assert b"Bien" not in programme.title_sealed


def test_what_waits_is_taken_back_once_and_what_was_answered_is_not(
    session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys, accepts=False)
    for _twice in range(2):
        take_back(session, **team.of_programme, by=team.nadia.id, at=now())
    assert (team.programme.state, team.programme.revision) == (ProgrammeState.ENDED, 2)
    other = make_team(session, keys)
    with pytest.raises(NotUnderWayError):
        take_back(session, **other.of_programme, by=other.nadia.id, at=now())
    assert other.programme.state is ProgrammeState.ACCEPTED


def test_a_programme_is_not_found_in_the_file_of_another_patient(
    session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys)
    stranger = factories.make_patient(session)
    values = {"patient_id": stranger.id, "programme_id": team.programme.id}
    with pytest.raises(NotFoundError):
        take_back(session, **values, by=team.nadia.id, at=now())
    with pytest.raises(NotFoundError):
        share_progress(session, **values, is_shared=True)
    assert not team.programme.shares_progress


def test_reading_is_shown_and_hidden_and_hidden_again_at_the_end(
    session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys)
    said = [
        share_progress(session, **team.of_programme, is_shared=wanted)
        for wanted in (True, True, False, True)
    ]
    assert said == [True, False, True, True]
    _object(session, team)
    assert not team.programme.shares_progress
    with pytest.raises(NotUnderWayError):
        share_progress(session, **team.of_programme, is_shared=True)


def test_a_yes_takes_what_was_proposed_with_it_and_of_a_no_nothing_stays(
    session: Session, keys: KeyRing
) -> None:
    module = make_module(session, make_desk(session, keys))
    for is_yes in (True, False):
        team = make_team(session, keys, accepts=False)
        item_id = make_item(
            session, keys, team, state=ItemState.PROPOSED, module_id=module.id, reason="Le sel"
        ).id
        taking_part.settle(
            session, patient_id=team.patient.id, is_yes=is_yes, by=team.jeanne.id, at=now()
        )
        item = session.get(ProgrammeItem, (team.patient.id, item_id))
        if is_yes:
            assert item is not None
            assert (item.state, item.answered_by) == (ItemState.ACCEPTED, team.jeanne.id)
        else:
            assert item is None


def test_no_programme_of_another_patient_follows_the_answer(
    session: Session, keys: KeyRing
) -> None:
    team, other = (make_team(session, keys, accepts=False) for _ in range(2))
    _object(session, team)
    session.refresh(other.programme)
    assert other.programme.state is ProgrammeState.PROPOSED
    with pytest.raises(NotFoundError):
        take_back(
            session, patient_id=team.patient.id, programme_id=new_id(), by=team.nadia.id, at=now()
        )
