"""Journeys: a hospital's file becomes appointments, moves them, and is taken out again."""

import pytest
from playwright.sync_api import expect

from tests.calendar_import.files import calendar
from tests.journeys.calendar_import_pages import a_family, from_a_hospital
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_hospitals_file_is_looked_at_kept_and_taken_out(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, script=script)
    page = family.send(from_a_hospital())
    expect(page.get_by_text("4 rendez-vous. Rien n’est encore gardé.")).to_be_visible()
    expect(page.get_by_text("Au même moment : Toilette")).to_be_visible()
    expect(page.get_by_label("Prise de sang")).not_to_be_checked()
    page.get_by_label("Scanner").uncheck()
    page.get_by_role("button", name="Mettre dans votre agenda").click()
    expect(page.get_by_role("status").first).to_contain_text("2 rendez-vous sont dans l’agenda")
    page.get_by_role("link", name="Consultation de cardiologie").click()
    expect(page.get_by_text("Hôpital Pontchaillou, bâtiment B")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Les retirer de l’agenda").click()
    expect(page.get_by_role("status").first).to_contain_text("2 rendez-vous ne sont plus")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_same_file_is_never_twice_in_the_agenda(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, script=script)
    family.keep(from_a_hospital())
    page = family.send(from_a_hospital("SEQUENCE:1", "STATUS:CANCELLED"))
    expect(page.get_by_text("L’expéditeur l’annule.")).to_be_visible()
    page.get_by_role("button", name="Mettre dans votre agenda").click()
    expect(page.get_by_role("status").first).to_contain_text("1 rendez-vous est annulé")


def test_a_file_that_cannot_be_read_says_why(browse: Browse, relais: RunningPortal) -> None:
    page = a_family(browse, relais, script=False).send(calendar())
    expect(page.locator("[data-error-summary]")).to_contain_text("ne contient aucun rendez-vous")
