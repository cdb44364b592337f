"""Journeys: everything again, on a browser without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password, open_switcher, sign_out
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal


@pytest.fixture
def plain(browse: Browse) -> Page:
    return browse(java_script_enabled=False)


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_a_carer_finds_the_next_visit_and_leaves(plain: Page, relais: RunningPortal) -> None:
    relais.forget_used_codes()
    give_password(plain, "paul@example.org")
    plain.get_by_label("Code à 6 chiffres").fill(relais.code("paul@example.org"))
    plain.get_by_role("button", name="Valider le code").click()
    heading(plain, "Pour qui consultez-vous ?")
    plain.locator("main").get_by_role("link", name="Jeanne").click()
    heading(plain, "Aujourd’hui pour Jeanne")
    plain.get_by_role("link", name="Voir et préparer").click()
    expect(plain.locator("main")).to_contain_text("À préparer")
    plain.locator(".back-link").click()
    heading(plain, "Agenda de Jeanne")
    plain.get_by_role("link", name="Semaine suivante").click()
    expect(plain).to_have_url(re.compile("week="))
    plain.locator(".main-nav").get_by_role("link", name="Équipe").click()
    heading(plain, "Qui fait quoi pour Jeanne ?")
    expect(plain.locator("main")).to_contain_text("Claire Morvan")
    open_switcher(plain)
    plain.locator(".person-panel").get_by_role("link", name="Marcel").click()
    heading(plain, "Aujourd’hui pour Marcel")
    sign_out(plain)
    expect(plain.locator("main")).to_contain_text("Votre session est bien fermée.")


def test_comfort_is_saved(plain: Page, relais: RunningPortal) -> None:
    relais.forget_used_codes()
    give_password(plain, "legoff@example.org")
    plain.get_by_role("button", name="Utiliser ce code").click()
    plain.goto("/account/comfort")
    plain.get_by_label("Grande", exact=True).check()
    plain.get_by_role("button", name="Enregistrer mes réglages").click()
    expect(plain.locator("main")).to_contain_text("Vos réglages sont enregistrés.")
    expect(plain.locator("html")).to_have_attribute("data-text", "large")
    relais.forget_comfort()


def test_a_mistake_is_explained(plain: Page) -> None:
    give_password(plain, "paul@example.org", "not my password")
    assert plain.title().startswith("Erreur")
    expect(plain.locator("[data-error-summary]")).to_be_visible()
    expect(plain.get_by_label("Adresse e-mail")).to_have_value("paul@example.org")


def test_no_button_is_shown_that_only_a_script_can_serve(
    plain: Page, browse: Browse, relais: RunningPortal
) -> None:
    sheet = f"/p/{relais.patient('Jeanne')}/care-team/sheet"
    read = browse("paul", java_script_enabled=False)
    read.goto(sheet)
    expect(read.get_by_role("heading", level=1)).to_be_visible()
    expect(read.locator("[data-print]")).to_be_hidden()
    scripted = browse("paul")
    scripted.goto(sheet)
    expect(scripted.locator("[data-print]")).to_be_visible()
