"""A programme begins with the patient's yes to its text, and ends with their no."""

from sqlmodel import Session, select

from portal.clock import now
from portal.consents.deciding import Author
from portal.crypto import KeyRing
from portal.education.programme import taking_part
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.programme import EducationProgramme, ProgrammeState
from tests.education.programme.papers import make_programme, make_team


def _said(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(ConsentDecision).order_by(ConsentDecision.id)).all()  # type: ignore[arg-type]  # a column
    assert all(one.purpose is ConsentPurpose.EDUCATION_PROGRAMME for one in rows)
    return [(one.status.value, one.capacity) for one in rows]


def test_a_yes_begins_what_was_proposed_and_leaves_a_decision(
    session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys)
    assert team.programme.state is ProgrammeState.ACCEPTED
    assert team.programme.answered_by == team.jeanne.id
    assert _said(session) == [("given", "self")]


def test_a_no_before_declines_and_a_no_after_ends(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys, accepts=False)
    author = Author(team.jeanne.id, "self")
    values = {"patient_id": team.patient.id, "author": author, "locale": "fr"}
    declined = taking_part.object_to(session, **values, at=now())
    assert declined is not None
    assert declined.state is ProgrammeState.DECLINED
    again = make_programme(session, keys, team.patient, team.house, team.nadia)
    taking_part.agree(session, **values, at=now())
    taking_part.object_to(session, **values, at=now())
    assert again.state is ProgrammeState.ENDED
    assert again.ended_by == team.jeanne.id
    assert [status for status, _capacity in _said(session)] == ["refused", "given", "withdrawn"]


def test_nothing_is_said_where_nothing_is_asked(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys, accepts=False)
    author = Author(team.jeanne.id, "self")
    values = {"patient_id": team.patient.id, "author": author, "locale": "fr"}
    taking_part.object_to(session, **values, at=now())
    for act in (taking_part.agree, taking_part.object_to):
        assert act(session, **values, at=now()) is None
    assert _said(session) == [("refused", "self")]


def test_a_yes_to_one_programme_does_not_begin_the_next(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys)
    team.programme.state = ProgrammeState.ENDED
    session.add(team.programme)
    session.flush()
    make_programme(session, keys, team.patient, team.house, team.nadia)
    session.commit()
    session.expunge_all()
    states = session.exec(select(EducationProgramme.state)).all()
    assert sorted(states) == [ProgrammeState.ENDED, ProgrammeState.PROPOSED]
    assert ConsentStatus.GIVEN.value in dict(_said(session))
