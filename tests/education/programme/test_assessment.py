"""The shared assessment: one text, several hands, no state lost."""

from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session

from portal.access.audit import Author
from portal.clock import now
from portal.crypto import KeyRing
from portal.education.programme import assessment, papers
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.programme import ProgrammeAssessment, ProgrammeState
from tests.education.programme.papers import Team, make_team


@pytest.fixture
def team(session: Session, keys: KeyRing) -> Team:
    return make_team(session, keys)


def _write(
    session: Session, keys: KeyRing, team: Team, text: str, base: int, by: Any = None, **more: Any
) -> bool:
    values = team.of_programme | {"by": by or Author(team.jeanne.id, "self")} | more
    return assessment.write(session, {"daily": text}, **values, base=base, at=now(), keys=keys)


def _texts(session: Session, keys: KeyRing, team: Team) -> list[tuple[str, str, str]]:
    states = assessment.states(session, **team.of_programme, keys=keys)
    return [(one.texts["daily"], one.author, one.capacity) for one in states]


def test_each_state_names_who_wrote_it_and_as_what(
    session: Session, keys: KeyRing, team: Team
) -> None:
    assert assessment.states(session, **team.of_programme, keys=keys) == []
    _write(session, keys, team, "Je me lève à 6 h.", 0)
    _write(session, keys, team, "Elle se lève à 6 h.", 1, Author(team.paul.id, "carer"))
    _write(session, keys, team, "Lever à 6 h.", 2, Author(team.nadia.id, "professional"))
    assert _texts(session, keys, team) == [
        ("Lever à 6 h.", "Nadia Bensaïd", "professional"),
        ("Elle se lève à 6 h.", "Paul Moreau", "carer"),
        ("Je me lève à 6 h.", "Jeanne Moreau", "self"),
    ]


def test_a_stale_form_is_refused_and_nothing_is_written(
    session: Session, keys: KeyRing, team: Team
) -> None:
    _write(session, keys, team, "Un", 0)
    for base in (0, 2, -1):
        with pytest.raises(ChangedMeanwhileError):
            _write(session, keys, team, "Deux", base)
    assert [one[0] for one in _texts(session, keys, team)] == ["Un"]


def test_the_same_form_twice_writes_once(session: Session, keys: KeyRing, team: Team) -> None:
    assert _write(session, keys, team, "Un", 0)
    assert not _write(session, keys, team, " Un ", 0)
    assert len(_texts(session, keys, team)) == 1


@pytest.mark.parametrize("state", [one for one in ProgrammeState if one != "accepted"])
def test_it_is_written_only_while_the_patient_takes_part(
    session: Session, keys: KeyRing, team: Team, state: ProgrammeState
) -> None:
    team.programme.state = state
    session.add(team.programme)
    session.flush()
    with pytest.raises(papers.NotUnderWayError):
        _write(session, keys, team, "Un", 0)


def test_the_programme_of_another_patient_is_not_found(
    session: Session, keys: KeyRing, team: Team
) -> None:
    other = make_team(session, keys)
    with pytest.raises(NotFoundError):
        _write(session, keys, team, "Un", 0, programme_id=other.programme.id)
    with pytest.raises(NotFoundError):
        _write(session, keys, team, "Un", 0, programme_id=uuid4())
    mixed = {"patient_id": team.patient.id, "programme_id": other.programme.id}
    _write(session, keys, other, "À elle", 0)
    assert assessment.states(session, **mixed, keys=keys) == []


def test_what_is_stored_opens_in_its_own_row_only(
    session: Session, keys: KeyRing, team: Team
) -> None:
    _write(session, keys, team, "Un secret", 0)
    _write(session, keys, team, "Deux", 1)
    rows = {
        number: session.get_one(ProgrammeAssessment, (team.patient.id, team.programme.id, number))
        for number in (1, 2)
    }
    assert b"secret" not in rows[1].content_sealed
    rows[2].content_sealed = rows[1].content_sealed
    session.add(rows[2])
    session.flush()
    with pytest.raises(ValueError, match="does not open here"):
        _texts(session, keys, team)


def test_unknown_names_are_left_out_and_endless_texts_refused(
    session: Session, keys: KeyRing, team: Team
) -> None:
    with pytest.raises(ValueError, match="at most"):
        _write(session, keys, team, "x" * (papers.LONGEST + 1), 0)
    assessment.write(
        session,
        {"hard": "Les escaliers", "capacity": "admin"},
        **team.of_programme,
        base=0,
        by=Author(team.jeanne.id, "self"),
        at=now(),
        keys=keys,
    )
    [state] = assessment.states(session, **team.of_programme, keys=keys)
    assert set(state.texts) == set(assessment.QUESTIONS)
    assert not state.is_empty
