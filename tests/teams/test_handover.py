"""What becomes of the needs of somebody who leaves the circle."""

from uuid import UUID

import pytest
from sqlmodel import Session, select

from portal import clock
from portal.models.care import CareTeamMember, Patient
from portal.models.need import Need, NeedChange
from portal.teams.handover import hand_over
from tests import factories


@pytest.fixture
def patient(session: Session) -> Patient:
    return factories.make_patient(session)


@pytest.fixture
def places(session: Session, patient: Patient) -> tuple[CareTeamMember, CareTeamMember]:
    """Of Nadia, who leaves, and of Julie, who follows."""
    people = (
        factories.make_practitioner(session, given_name=name, prefix="Mme")
        for name in ("Nadia", "Julie")
    )
    nadia, julie = (
        factories.make_member(session, patient=patient, practitioner_id=one.id) for one in people
    )
    return nadia, julie


def _need(session: Session, patient: Patient, **fields: object) -> Need:
    need = Need(patient_id=patient.id, **({"code": "dressing"} | fields))
    session.add(need)
    session.flush()
    return need


def _leave(session: Session, nadia: CareTeamMember, to: UUID | None) -> int:
    return hand_over(
        session,
        patient_id=nadia.patient_id,
        from_member_id=nadia.id,
        to_member_id=to,
        actor_id=None,
        capacity="coordinator",
        at=clock.now(),
    )


def _changes(session: Session, need: Need) -> list[NeedChange]:
    return list(session.exec(select(NeedChange).where(NeedChange.need_id == need.id)).all())


def test_the_successor_answers_for_all_that_they_owned_and_stood_in_for(
    session: Session, patient: Patient, places: tuple[CareTeamMember, CareTeamMember]
) -> None:
    nadia, julie = places
    owned = _need(session, patient, owner_id=nadia.id, detail="La jambe gauche")
    stood_in = _need(session, patient, deputy_id=nadia.id)
    assert _leave(session, nadia, julie.id) == 2
    assert (owned.owner_id, owned.deputy_id, owned.version) == (julie.id, None, 2)
    assert (stood_in.owner_id, stood_in.deputy_id, stood_in.version) == (None, julie.id, 2)
    (line,) = _changes(session, owned)
    assert (line.version, line.owner_name, line.detail) == (
        2,
        "Mme Julie Belkacem",
        "La jambe gauche",
    )
    assert (line.capacity, line.is_ended) == ("coordinator", False)


def test_without_a_successor_nobody_answers_and_the_deputy_stays(
    session: Session, patient: Patient, places: tuple[CareTeamMember, CareTeamMember]
) -> None:
    nadia, julie = places
    need = _need(session, patient, owner_id=nadia.id, deputy_id=julie.id)
    assert _leave(session, nadia, None) == 1
    assert (need.owner_id, need.deputy_id) == (None, julie.id)
    (line,) = _changes(session, need)
    assert (line.owner_id, line.owner_name, line.deputy_name) == (None, "", "Mme Julie Belkacem")


def test_a_successor_is_never_the_owner_and_the_deputy_of_one_need(
    session: Session, patient: Patient, places: tuple[CareTeamMember, CareTeamMember]
) -> None:
    nadia, julie = places
    was_deputy = _need(session, patient, owner_id=nadia.id, deputy_id=julie.id)
    was_owner = _need(session, patient, owner_id=julie.id, deputy_id=nadia.id)
    assert _leave(session, nadia, julie.id) == 2
    assert (was_deputy.owner_id, was_deputy.deputy_id) == (julie.id, None)
    assert (was_owner.owner_id, was_owner.deputy_id) == (julie.id, None)


def test_what_is_over_and_what_others_answer_for_stays_as_it_was(
    session: Session, patient: Patient, places: tuple[CareTeamMember, CareTeamMember]
) -> None:
    nadia, julie = places
    over = _need(session, patient, owner_id=nadia.id, ended_at=clock.now(), end_reason="Guérie")
    of_julie = _need(session, patient, owner_id=julie.id)
    assert _leave(session, nadia, julie.id) == 0
    assert (over.owner_id, over.version, of_julie.version) == (nadia.id, 1, 1)
    assert session.exec(select(NeedChange)).all() == []
