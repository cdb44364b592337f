"""The page for the médecin traitant: only its writer and the patient read it before a yes."""

from typing import Any

import pytest
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.programme import papers, synthesis
from portal.education.programme.doctor import doctor_of
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.care import CareTeamMember
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.programme import ProgrammeState
from portal.models.rights import Block
from tests.education.programme.papers import Team, make_team

YES, NO = {"agrees": True}, {"agrees": False}


@pytest.fixture
def team(session: Session, keys: KeyRing) -> Team:
    return make_team(session, keys)


def _write(session: Session, keys: KeyRing, team: Team, base: int, text: str = "Un") -> int:
    return synthesis.write(
        session,
        {"situation": text},
        **team.of_programme,
        base=base,
        by=team.nadia.id,
        at=now(),
        keys=keys,
    )


def _answer(session: Session, team: Team, number: int, said: dict[str, bool]) -> bool:
    values: dict[str, Any] = team.of_programme | said
    return synthesis.answer(session, **values, number=number, by=team.jeanne.id, at=now())


def _held(session: Session, keys: KeyRing, team: Team) -> synthesis.Held:
    return synthesis.held(session, **team.of_programme, keys=keys)


def test_it_is_shared_from_a_yes_to_a_withdrawal(
    session: Session, keys: KeyRing, team: Team
) -> None:
    assert _held(session, keys, team) == synthesis.Held(None, None)
    assert _write(session, keys, team, 0) == 1
    held = _held(session, keys, team)
    assert (held.waiting, held.shared) == (held.newest, None)
    assert _answer(session, team, 1, YES)
    held = _held(session, keys, team)
    assert held.waiting is None
    assert held.shared is not None
    assert held.shared.texts["situation"] == "Un"
    assert synthesis.withdraw(session, **team.of_programme, at=now())
    assert _held(session, keys, team).shared is None
    assert not synthesis.withdraw(session, **team.of_programme, at=now())


def test_a_change_is_asked_anew_and_the_old_one_stays_until_then(
    session: Session, keys: KeyRing, team: Team
) -> None:
    _write(session, keys, team, 0)
    _answer(session, team, 1, YES)
    _write(session, keys, team, 1, "Deux")
    held = _held(session, keys, team)
    assert held.waiting is not None
    assert held.shared is not None
    assert (held.waiting.number, held.shared.number) == (2, 1)
    _answer(session, team, 2, YES)
    held = _held(session, keys, team)
    assert held.shared is not None
    assert held.shared.number == 2
    synthesis.withdraw(session, **team.of_programme, at=now())
    assert _held(session, keys, team).shared is None, "the first does not come back"


def test_a_no_shares_nothing_and_both_answers_count_once(
    session: Session, keys: KeyRing, team: Team
) -> None:
    _write(session, keys, team, 0)
    assert _answer(session, team, 1, NO)
    assert not _answer(session, team, 1, YES)
    held = _held(session, keys, team)
    assert (held.waiting, held.shared) == (None, None)


def test_a_yes_is_to_what_was_read(session: Session, keys: KeyRing, team: Team) -> None:
    _write(session, keys, team, 0)
    _write(session, keys, team, 1, "Deux")
    for number in (0, 1, 3):
        with pytest.raises(ChangedMeanwhileError):
            _answer(session, team, number, YES)
    with pytest.raises(ChangedMeanwhileError):
        _write(session, keys, team, 1, "Trois")
    assert _held(session, keys, team).shared is None


def test_none_without_the_patients_part_and_none_of_others(
    session: Session, keys: KeyRing, team: Team
) -> None:
    waits = make_team(session, keys, accepts=False)
    with pytest.raises(papers.NotUnderWayError):
        _write(session, keys, waits, 0)
    team.programme.state = ProgrammeState.ENDED
    session.add(team.programme)
    session.flush()
    assert _write(session, keys, team, 0) == 1
    mixed = {"patient_id": waits.patient.id, "programme_id": team.programme.id}
    for act in (synthesis.withdraw, synthesis.answer):
        more = {} if act is synthesis.withdraw else {"number": 1, "by": team.jeanne.id} | YES
        with pytest.raises(NotFoundError):
            act(session, **mixed, **more, at=now())  # type: ignore[arg-type]


def test_the_doctor_is_the_one_of_the_circle_who_can_read_it(
    session: Session, keys: KeyRing, team: Team
) -> None:
    of_patient = {"patient_id": team.patient.id, "at": now()}
    found = doctor_of(session, **of_patient)
    assert found is not None
    assert found.user_id == team.doctor.id
    session.add(_block(team))
    session.flush()
    assert doctor_of(session, patient_id=team.patient.id, at=now()) is None


def test_no_doctor_whose_place_opens_less_nor_once_sharing_is_refused(
    session: Session, keys: KeyRing, team: Team
) -> None:
    [place] = [
        one
        for one in session.query(CareTeamMember).all()
        if one.practitioner_id == team.doctor.practitioner_id
    ]
    place.sees = "agenda"
    session.add(place)
    session.flush()
    assert doctor_of(session, patient_id=team.patient.id, at=now()) is None
    place.sees = "agenda education"
    session.add(place)
    session.flush()
    assert doctor_of(session, patient_id=team.patient.id, at=now()) is not None
    session.add(_refusal(team))
    session.flush()
    assert doctor_of(session, patient_id=team.patient.id, at=now()) is None


def _block(team: Team) -> Block:
    practitioner_id = team.doctor.practitioner_id
    assert practitioner_id is not None
    return Block(
        patient_id=team.patient.id,
        practitioner_id=practitioner_id,
        starts_at=now(),
        created_by=team.jeanne.id,
    )


def _refusal(team: Team) -> ConsentDecision:
    return ConsentDecision(
        patient_id=team.patient.id,
        purpose=ConsentPurpose.CARE_COORDINATION,
        status=ConsentStatus.REFUSED,
        text_version=1,
        text_locale="fr",
        text_hash="0" * 64,
        actor_id=team.jeanne.id,
        capacity="self",
        channel="portal",
        decided_at=now(),
    )
