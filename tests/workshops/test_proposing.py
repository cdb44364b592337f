"""To whom a workshop is proposed, who takes part, and whose names are read."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.access.audit import Author
from portal.clock import now
from portal.db import Database, begin_writing
from portal.models.agenda import AppointmentKind, AppointmentStatus
from portal.models.care import CareTeam, CareTeamMember, CareTeamStatus
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.scheduling.workshops.proposing import propose
from tests import factories
from tests.statements import counted
from tests.workshops.office import Office, plain

MOST = 5


def test_it_is_proposed_to_several_patients_at_once(office: Office) -> None:
    workshop = office.workshop(description="Venir avec un carnet", host_text="Odile")
    patients = [office.patient(name) for name in ("Abgrall", "Morel")]
    office.enter("nadia")
    page = office.text(f"/{workshop.id}/propose")
    assert "Jeanne Abgrall" in page
    ids = [str(one.id) for one in patients]
    answer = office.post(f"/{workshop.id}/propose", patient=ids)
    assert answer.headers["Location"].endswith("?done=proposed&told=2")
    rows = office.guests(workshop.id)
    assert {one.patient_id for one in rows} == {one.id for one in patients}
    for row in rows:
        assert (row.status, row.kind) == (AppointmentStatus.PROPOSED, AppointmentKind.WORKSHOP)
        assert (row.starts_at, row.place) == (workshop.starts_at, "Salle des Tilleuls")
        assert (row.instructions, row.performer_text) == ("Venir avec un carnet", "Odile")
    assert office.acts(workshop.id) == ["proposed", "proposed"]
    assert office.stored(workshop.id).places_taken == 0
    for one in patients:
        assert ("agenda", "book", "professional") in office.lines(one)
    text = office.text(f"/{workshop.id}?done=proposed&told=2")
    assert "2 patients et leurs proches sont prévenus." in text
    assert "Jeanne Morel" in text.partition("Qui n’a pas encore répondu")[2]


def test_who_was_asked_is_not_offered_and_not_asked_again(office: Office) -> None:
    workshop = office.workshop()
    patient = office.patient("Abgrall")
    office.enter("nadia")
    office.post(f"/{workshop.id}/propose", patient=str(patient.id))
    assert "Abgrall" not in office.text(f"/{workshop.id}/propose")
    again = office.post(f"/{workshop.id}/propose", patient=str(patient.id))
    assert again.headers["Location"].endswith("?done=same")
    assert len(office.guests(workshop.id)) == 1
    assert office.acts(workshop.id) == ["proposed"]


def test_who_said_no_can_be_asked_again(office: Office) -> None:
    workshop = office.workshop()
    patient = office.patient("Abgrall")
    office.guest(workshop, patient, AppointmentStatus.CANCELLED)
    office.enter("nadia")
    assert "Abgrall" in office.text(f"/{workshop.id}/propose")
    office.post(f"/{workshop.id}/propose", patient=str(patient.id))
    (row,) = office.guests(workshop.id)
    assert row.status is AppointmentStatus.PROPOSED
    assert row.version == 2


def test_patients_are_found_by_the_beginnings_of_their_names(office: Office) -> None:
    workshop = office.workshop()
    for name in ("Abgrall", "Le Goff"):
        office.patient(name)
    office.enter("nadia")
    text = office.text(f"/{workshop.id}/propose?q=gof+jea")
    assert "Le Goff" in text
    assert "Abgrall" not in text
    assert "Le Goff" not in office.text(f"/{workshop.id}/propose?q=zzz")


def test_nobody_chosen_is_said(office: Office) -> None:
    workshop = office.workshop()
    office.patient("Abgrall")
    office.enter("nadia")
    for sent in ({}, {"patient": "x"}):
        answer = office.post(f"/{workshop.id}/propose", **sent)
        assert answer.status_code == 422
        assert "Choisissez au moins un patient" in plain(answer)
    many = [str(office.house.id)] * 40
    assert office.post(f"/{workshop.id}/propose", patient=many).status_code == 422


def test_a_patient_of_others_is_not_asked_and_neither_are_those_beside(office: Office) -> None:
    workshop = office.workshop()
    mine = office.patient("Abgrall")
    foreign = office.patient("Ziegler", nurse=False)
    office.enter("nadia")
    assert "Ziegler" not in office.text(f"/{workshop.id}/propose")
    answer = office.post(f"/{workshop.id}/propose", patient=[str(mine.id), str(foreign.id)])
    assert answer.status_code == 404
    assert office.guests(workshop.id) == []
    office.enter("claire")
    assert office.post(f"/{workshop.id}/propose", patient=str(foreign.id)).status_code == 303
    assert ("agenda", "book", "coordinator") in office.lines(foreign)


@pytest.mark.parametrize("close", ["place", "circle", "scope", "consent", "death"])
def test_a_file_that_is_closed_is_neither_offered_nor_asked(office: Office, close: str) -> None:
    workshop = office.workshop()
    patient = office.patient("Abgrall")
    member = office.session.exec(_members(patient.id)).one()
    if close == "place":
        member.period_end = now()
    elif close == "circle":
        office.session.get_one(CareTeam, patient.id).status = CareTeamStatus.INACTIVE
    elif close == "scope":
        member.sees = "care_team"
    elif close == "death":
        patient.is_deceased = True
    else:
        office.session.add(_refusal(patient.id, office.people["nadia"].id))
    office.session.commit()
    office.enter("nadia")
    assert "Abgrall" not in office.text(f"/{workshop.id}/propose")
    assert office.post(f"/{workshop.id}/propose", patient=str(patient.id)).status_code == 404
    assert office.guests(workshop.id) == []


def _members(patient_id: UUID) -> SelectOfScalar[CareTeamMember]:
    return select(CareTeamMember).where(CareTeamMember.patient_id == patient_id)


def _refusal(patient_id: UUID, actor_id: UUID) -> ConsentDecision:
    return ConsentDecision(
        patient_id=patient_id,
        purpose=ConsentPurpose.CARE_COORDINATION,
        status=ConsentStatus.REFUSED,
        text_version=99,
        text_locale="fr",
        text_hash="0" * 64,
        actor_id=actor_id,
        capacity="self",
        channel="portal",
        decided_at=factories.LONG_AGO,
    )


def test_names_stand_there_only_for_open_files_the_others_are_counted(office: Office) -> None:
    workshop = office.workshop()
    mine = office.patient("Abgrall")
    others = [office.patient(name, nurse=False) for name in ("Kerdoncuff", "Ziegler")]
    office.guest(workshop, mine, AppointmentStatus.BOOKED)
    for one in others:
        office.guest(workshop, one, AppointmentStatus.BOOKED)
    office.enter("nadia")
    text = office.text(f"/{workshop.id}")
    assert "Jeanne Abgrall" in text
    assert "2 personnes dont le dossier ne vous est pas ouvert" in text
    for one in others:
        assert one.family_name not in text
        assert str(one.id) not in text
        assert office.lines(one) == []
    assert office.lines(mine) == [("agenda", "see", "professional")]
    office.enter("claire")
    text = office.text(f"/{workshop.id}")
    assert "Jeanne Kerdoncuff" in text
    assert office.lines(others[0]) == [("agenda", "see", "coordinator")]


def test_each_answer_stands_under_its_title(office: Office) -> None:
    workshop = office.workshop()
    status = AppointmentStatus
    for name, answer in (
        ("Abgrall", status.BOOKED),
        ("Bodin", status.PROPOSED),
        ("Caradec", status.WAITLIST),
        ("Denis", status.CANCELLED),
    ):
        office.guest(workshop, office.patient(name), answer)
    office.enter("nadia")
    text = office.text(f"/{workshop.id}")
    order = ["Qui vient", "Abgrall", "pas encore répondu", "Bodin"]
    order += ["liste d’attente", "Caradec", "Qui ne vient pas", "Denis"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize("path", ["", "/change", "/cancel", "/propose"])
def test_a_page_costs_the_same_for_one_and_for_sixty(app: Flask, office: Office, path: str) -> None:
    counts = []
    for size in (1, 60):
        workshop = office.workshop(capacity=100)
        for number in range(size):
            office.guest(workshop, office.patient(f"P{number}"))
            office.patient(f"Q{number}")
        office.enter("claire")
        with counted(app) as statements:
            assert office.get(f"/{workshop.id}{path}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST


@pytest.mark.parametrize("path", ["", "/new", "?view=past"])
def test_lists_cost_little(app: Flask, office: Office, path: str) -> None:
    for _ in range(20):
        office.workshop()
    office.enter("nadia")
    with counted(app) as statements:
        assert office.get(path).status_code == 200
    assert len(statements) <= MOST


def test_two_who_ask_the_same_patient_at_once_ask_once(
    office: Office, database: Database, session: Session
) -> None:
    workshop = office.workshop()
    patients = [office.patient(f"P{n}").id for n in range(4)]
    by = Author(office.people["nadia"].id, "professional")
    workshop_id = workshop.id
    session.rollback()
    start = Barrier(5)

    def ask(_number: int) -> int:
        with database.session() as own:
            start.wait(timeout=60)
            begin_writing(own)
            done = propose(
                own, workshop_id=workshop_id, authors=dict.fromkeys(patients, by), at=now()
            )
            own.commit()
            return len(done.touched)

    with ThreadPoolExecutor(5) as pool:
        asked = list(pool.map(ask, range(5)))
    assert sorted(asked) == [0, 0, 0, 0, 4]
    assert len(office.guests(workshop_id)) == 4
