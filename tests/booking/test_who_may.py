"""Who books, who changes, and what is refused to everybody else."""

import pytest
from sqlmodel import select

from portal import clock
from portal.models.agenda import Appointment
from portal.models.rights import Block
from tests import factories
from tests.booking.circle import Circle

KEEPING = (
    ("GET", "book"),
    ("POST", "book"),
    ("GET", "{visit}/move"),
    ("POST", "{visit}/move"),
    ("GET", "{visit}/correct"),
    ("POST", "{visit}/correct"),
    ("GET", "{visit}/cancel"),
    ("POST", "{visit}/cancel"),
    ("POST", "{visit}/restore"),
    ("POST", "{visit}/outcome"),
)
OWN = (
    ("GET", "new"),
    ("POST", "new"),
    ("GET", "{visit}/own"),
    ("POST", "{visit}/own"),
    ("GET", "{visit}/delete"),
    ("POST", "{visit}/delete"),
    ("GET", "{visit}/deleted"),
    ("POST", "{visit}/put-back"),
)
ACTS = (
    "Tenir ce rendez-vous à jour",
    "Déplacer",
    "Annuler ce rendez-vous",
    "Corriger les informations",
    "Modifier ce rendez-vous",
    "Supprimer ce rendez-vous",
)


def _statuses(circle: Circle, visit: Appointment, paths: tuple[tuple[str, str], ...]) -> set[int]:
    circle.session.rollback()
    headers = {"Sec-Fetch-Site": "same-origin"}
    return {
        circle.reader.client.open(
            f"{circle.door}/{path.format(visit=visit.id)}", method=method, headers=headers
        ).status_code
        for method, path in paths
    }


def test_a_carer_who_only_sees_the_agenda_sees_no_action(circle: Circle) -> None:
    visit, own = circle.visit(), circle.own("paul")
    circle.enter("sylvie")
    for one in (visit, own):
        page = circle.get(str(one.id)).text
        for act in ACTS:
            assert act not in page, act
        assert _statuses(circle, one, KEEPING + OWN) == {403}
        assert circle.stored(one.id).version == 1


@pytest.mark.parametrize("name", ["jeanne", "paul"])
def test_the_family_does_not_keep_what_the_team_booked(circle: Circle, name: str) -> None:
    visit = circle.visit()
    circle.enter(name)
    page = circle.get(str(visit.id)).text
    assert "Tenir ce rendez-vous à jour" not in page
    assert _statuses(circle, visit, KEEPING) == {403}


def test_professionals_do_not_write_down_for_the_family(circle: Circle) -> None:
    own = circle.own("paul")
    for name in ("nadia", "claire"):
        circle.enter(name)
        assert _statuses(circle, own, OWN) == {403}


def test_a_professional_keeps_their_own_and_not_those_of_others(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("julie")
    assert "Tenir ce rendez-vous à jour" not in circle.get(str(visit.id)).text
    assert _statuses(circle, visit, KEEPING[2:]) == {403}
    assert circle.stored(visit.id).version == 1
    booked = circle.visit(created_by=circle.people["julie"].id)
    assert "Tenir ce rendez-vous à jour" in circle.get(str(booked.id)).text
    answer = circle.act(booked, "cancel", reason="Une erreur")
    assert answer.status_code == 303


def test_a_coordinator_keeps_all(circle: Circle) -> None:
    circle.enter("claire")
    for visit in (circle.visit(), circle.visit(practitioner_id=None), circle.own("paul")):
        assert circle.act(visit, "cancel", reason="Une erreur").status_code == 303


def test_strangers_do_not_learn_that_there_is_a_file(circle: Circle) -> None:
    visit = circle.visit()
    circle.people["eve"], _ = factories.make_user(circle.session, circle.keys)
    circle.session.commit()
    circle.enter("eve")
    assert _statuses(circle, visit, KEEPING + OWN) == {404}


def test_whoever_is_kept_out_keeps_nothing_any_more(circle: Circle) -> None:
    visit = circle.visit()
    nurse_id = circle.people["nadia"].practitioner_id
    assert nurse_id is not None
    circle.session.add(
        Block(
            patient_id=circle.patient.id,
            practitioner_id=nurse_id,
            created_by=circle.people["jeanne"].id,
            starts_at=clock.now(),
        )
    )
    circle.session.commit()
    circle.enter("nadia")
    assert _statuses(circle, visit, KEEPING) == {404}


def test_one_of_another_patient_is_not_found_through_ones_own(circle: Circle) -> None:
    other = factories.make_patient(circle.session, given_name="Odile")
    theirs = factories.make_appointment(circle.session, patient=other, title="Chez Odile")
    own = factories.make_appointment(circle.session, patient=other, source="own")
    circle.session.commit()
    circle.enter("claire")
    assert _statuses(circle, theirs, KEEPING[2:]) == {404}
    circle.enter("jeanne")
    assert _statuses(circle, own, OWN[2:]) == {404}
    circle.session.expire_all()
    rows = circle.session.exec(select(Appointment.version)).all()
    assert set(rows) == {1}


def test_what_is_hidden_from_a_carer_cannot_be_touched_by_them(circle: Circle) -> None:
    own, gone = circle.own("jeanne"), circle.own("jeanne", status="entered-in-error")
    for one in (own, gone):
        circle.hide(one, "paul")
    circle.enter("paul")
    assert _statuses(circle, own, OWN[2:]) == {404}
    assert _statuses(circle, gone, OWN[2:]) == {404}
    assert circle.stored(own.id).version == 1


def test_reading_the_forms_writes_nothing(circle: Circle) -> None:
    visit, own = circle.visit(), circle.own("paul")
    for name, paths in (("claire", KEEPING), ("paul", OWN)):
        circle.enter(name)
        for method, path in paths:
            if method == "GET":
                circle.get(path.format(visit=(own if paths is OWN else visit).id))
    assert {one.version for one in circle.all()} == {1}
    assert circle.changes(visit) == circle.changes(own) == []
