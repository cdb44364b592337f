"""The sheet for the fridge: what stands on it, and that it never needs a second page."""

from datetime import timedelta

from flask import Flask

from portal import clock
from tests import factories
from tests.care_team.conftest import Circle
from tests.statements import counted


def test_the_sheet_says_who_answers_and_who_else(circle: Circle) -> None:
    nadia, owner = circle.professional("Nadia", person={"phone": "06 39 98 12 07"})
    _anne, deputy = circle.professional("Anne", person={"phone": "02 61 91 01 10"})
    circle.need(owner_id=owner.id, deputy_id=deputy.id)
    assert "ou Anne Test" in circle.read("paul", "/sheet")
    julie = factories.make_practitioner(
        circle.session, given_name="Julie", family_name="Kerbrat", phone="06 39 98 12 64"
    )
    circle.is_away(nadia, julie)
    sheet = circle.read("paul", "/sheet")
    assert "06 39 98 12 07" in sheet
    assert "ou Julie Kerbrat" in sheet
    assert "06 39 98 12 64" in sheet


def test_the_reader_stands_on_the_sheet_under_their_own_name(circle: Circle) -> None:
    son = factories.make_relative(
        circle.session, patient=circle.patient, given_name="Paul", phone="06 39 98 44 21"
    )
    factories.make_member(circle.session, patient=circle.patient, related_person_id=son.id)
    sheet = circle.read("paul", "/sheet")
    assert "Paul Morel" in sheet
    assert "06 39 98 44 21" in sheet
    assert "Vous, Paul" not in sheet


def test_appointments_stand_on_it_only_for_who_may_see_them(circle: Circle) -> None:
    factories.make_appointment(
        circle.session,
        patient=circle.patient,
        title="Échographie",
        starts_at=clock.now() + timedelta(days=2),
    )
    assert "Échographie" in circle.read("jeanne", "/sheet")
    assert "Échographie" not in circle.read("paul", "/sheet")


def test_who_waits_for_a_yes_is_not_on_paper(circle: Circle) -> None:
    circle.professional("Karim", is_outside_care_team=True)
    assert "Karim" not in circle.read("jeanne", "/sheet")


def test_what_does_not_fit_is_counted(circle: Circle) -> None:
    seats = [circle.professional(f"Nom{number}")[1] for number in range(9)]
    for number in range(20):
        circle.need(owner_id=seats[0].id, detail=f"Besoin {number}")
    sheet = circle.read("paul", "/sheet")
    assert "et 11 autres sur Relais" in sheet
    assert "et 3 autres sur Relais" in sheet


def test_the_pages_cost_five_statements_at_most(app: Flask, circle: Circle) -> None:
    for number in range(30):
        circle.need(owner_id=circle.professional(f"Nom{number}")[1].id)
    for name in ("jeanne", "paul", "claire"):
        circle.read(name)
        for path in ("care-team", "care-team/sheet", ""):
            with counted(app) as statements:
                assert circle.reader.get(f"/p/{circle.patient.id}/{path}").status_code == 200
            assert len(statements) <= 5, (name, path, statements)
