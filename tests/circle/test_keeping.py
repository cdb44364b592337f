"""The page of a circle, changing a place, making it last longer, and its place in the list."""

import pytest

from portal.blueprints.circle.days import later
from portal.models.rights import Block
from tests import factories
from tests.circle.office import Office
from tests.statements import counted


@pytest.fixture(autouse=True)
def _coordinator(office: Office) -> None:
    office.enter("claire")


def test_the_page_says_who_for_what_until_when(office: Office) -> None:
    office.put("nadia", contact_for="Le pansement", period_end=office.end(200))
    page = office.get().text
    assert "Le pansement" in page
    assert "Dans le cercle" in page
    assert "Prolonger de 6 mois" not in page


def test_who_ends_soon_stands_first_with_one_button(office: Office) -> None:
    office.put("nadia", period_end=office.end(6))
    page = office.get().text
    assert "Finit dans 6 jours" in page
    end = (office.today + (office.end(6) - office.end(0))).isoformat()
    for _ in range(2):
        answer = office.post(f"/{office.places['nadia'].id}/extend", shown_end=end)
        assert answer.status_code == 303
    months = later(office.today + (office.end(6) - office.end(0)))
    assert office.stored("nadia").period_end == office.end((months - office.today).days)
    assert office.letters() == [("circle_changed", "jeanne")]


@pytest.mark.parametrize("shown", ["", "x", "2020-01-01"])
def test_an_end_that_is_another_now_is_not_extended(office: Office, shown: str) -> None:
    office.put("nadia", period_end=office.end(6))
    answer = office.post(f"/{office.places['nadia'].id}/extend", shown_end=shown)
    assert answer.status_code == 409
    assert "entre-temps" in answer.text
    assert office.stored("nadia").period_end == office.end(6)


def test_somebody_kept_out_is_shown_with_the_no_of_the_patient(office: Office) -> None:
    jeanne = office.people["jeanne"].id
    office.session.add(
        Block(
            patient_id=office.patient.id,
            practitioner_id=office.staff["nadia"].id,
            starts_at=factories.LONG_AGO,
            created_by=jeanne,
        )
    )
    office.session.commit()
    page = office.get().text
    assert "Jeanne a dit non" in page
    assert "Rien pour l’instant" in page


def test_an_empty_circle_says_where_to_begin(office: Office) -> None:
    for name in ("nadia", "julie"):
        office.session.delete(office.stored(name))
        office.session.commit()
    assert "Il n’y a encore personne dans le cercle" in office.get().text


def test_a_place_is_changed_once_and_jeanne_is_told_once(office: Office) -> None:
    data = {"functions": "referent", "sees": "care_team", "version": office.version("nadia")}
    for _ in range(2):
        assert office.change("nadia", **data).status_code == 303
    member = office.stored("nadia")
    assert (member.contact_for, member.functions) == ("La marche", ["referent"])
    assert (member.sees, member.period_end) == ("care_team", office.end(90))
    assert office.letters() == [("circle_changed", "jeanne")]


def test_the_form_shows_what_holds(office: Office) -> None:
    office.put("nadia", contact_for="Le pilulier", sees="agenda", functions=["referent"])
    page = office.get(f"/{office.places['nadia'].id}").text
    assert 'value="Le pilulier"' in page
    assert 'value="agenda" checked' in page
    assert 'value="referent" checked' in page


def test_what_other_software_said_of_the_sight_is_kept(office: Office) -> None:
    office.put("nadia", sees="agenda messages")
    assert 'value="kept" checked' in office.get(f"/{office.places['nadia'].id}").text
    office.change("nadia", sees="kept")
    assert office.stored("nadia").sees == "agenda messages"
    assert office.change("julie", sees="kept").status_code == 422


def test_two_coordinators_do_not_overwrite_each_other(office: Office) -> None:
    seen = office.version("nadia")
    office.put("nadia", contact_for="Le pilulier")
    answer = office.change("nadia", version=seen)
    assert answer.status_code == 409
    assert "Le pilulier" in answer.text
    assert 'value="La marche"' in answer.text
    assert office.stored("nadia").contact_for == "Le pilulier"
    assert office.letters() == []
    assert office.change("nadia").status_code == 303


def test_mistakes_keep_what_was_typed(office: Office) -> None:
    answer = office.change("nadia", contact_for="", until="hier", functions="referent")
    assert answer.status_code == 422
    assert 'value="hier"' in answer.text
    assert 'value="referent" checked' in answer.text


def test_a_place_that_is_over_or_of_others_is_not_there(office: Office) -> None:
    other = factories.make_patient(office.session, organization_id=office.house.id)
    theirs = factories.make_member(
        office.session, patient=other, practitioner_id=office.staff["lucie"].id
    )
    office.session.commit()
    office.put("julie", period_end=factories.LONG_AGO)
    for member_id in (theirs.id, office.places["julie"].id):
        for path in (f"/{member_id}", f"/{member_id}/end"):
            assert office.get(path).status_code == 404
        version = "0" * 16
        answers = {"version": version, "contact_for": "x", "sees": "all", "until": office.day(9)}
        assert office.post(f"/{member_id}", **answers).status_code == 404
    assert office.post(f"/{theirs.id}/move", where="up").status_code == 404
    assert office.post(f"/{theirs.id}/extend", shown_end="2026-01-01").status_code == 404


def test_a_member_moves_up_and_down_and_stops_at_the_ends(office: Office) -> None:
    julie, nadia = office.places["julie"].id, office.places["nadia"].id
    office.post(f"/{julie}/move", where="up")
    assert [one.id for one in office.members()] == [julie, nadia]
    office.post(f"/{julie}/move", where="up")
    assert [one.id for one in office.members()] == [julie, nadia]
    office.post(f"/{julie}/move", where="down")
    assert [one.id for one in office.members()] == [nadia, julie]


def test_the_long_term_condition_is_set_and_taken_off(office: Office) -> None:
    page = office.follow(office.post("/long-term-condition", has_one="yes"))
    assert "Il n’y a pas de médecin traitant dans le cercle" in page
    office.session.refresh(office.patient)
    assert office.patient.has_long_term_condition
    office.put("nadia", functions=["medecin_traitant"])
    assert "Il n’y a pas de médecin traitant" not in office.get().text
    office.post("/long-term-condition")
    office.session.rollback()
    office.session.refresh(office.patient)
    assert not office.patient.has_long_term_condition


def test_a_large_circle_costs_as_many_statements_as_a_small_one(office: Office) -> None:
    app = office.reader.app
    with counted(app) as few:
        office.get()
    for number in range(20):
        nurse = factories.make_practitioner(office.session, family_name=f"Martin {number}")
        factories.make_member(office.session, patient=office.patient, practitioner_id=nurse.id)
    office.session.commit()
    with counted(app) as many:
        office.get()
    assert len(few) == len(many) <= 5, "\n".join(many)
