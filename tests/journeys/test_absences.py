"""Journeys: a professional says when they are away, and who answers instead."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.work_pages import FAR, a_colleague, of_colleague, typed


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_doctor_notes_holidays_finds_who_answers_and_deletes_them_again(
    browse: Browse, script: bool
) -> None:
    first = FAR + (0 if script else 40)
    page = browse("haddad", java_script_enabled=script)
    page.goto("/professional/needs")
    page.get_by_role("link", name="Mes absences").click()
    page.get_by_role("link", name="Noter une absence").click()
    page.get_by_label("Premier jour d’absence").fill(typed(first))
    page.get_by_label("Dernier jour d’absence").fill(typed(first + 9))
    page.get_by_label("Chercher dans l’annuaire").fill("le goff")
    page.get_by_role("button", name="Chercher").click()
    # The search keeps what was typed, and leaves the choice to the reader.
    expect(page.get_by_label("Premier jour d’absence")).to_have_value(typed(first))
    page.get_by_role("button", name="Enregistrer cette absence").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Choisissez quelqu’un")
    page.get_by_role("radio", name="Le Goff").check()
    page.get_by_label("Un mot pour les patients").fill("Le secrétariat répond")
    page.get_by_role("button", name="Enregistrer cette absence").click()
    expect(page.get_by_role("status").first).to_contain_text("L’absence est notée.")
    card = page.locator("li.card").last
    expect(card).to_contain_text("Le Goff")
    expect(card).to_contain_text("Le secrétariat répond")
    card.get_by_role("link", name="Supprimer").click()
    page.get_by_role("button", name="Supprimer cette absence").click()
    expect(page.get_by_role("status").first).to_contain_text("L’absence est supprimée.")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_coordinator_ends_the_absence_of_a_colleague_and_undoes_it(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = "Tanguy" if script else "Urvoas"
    nurse_id = a_colleague(relais, family=family, first=-3, last=8)
    page = browse("claire", java_script_enabled=script)
    page.goto(of_colleague(nurse_id))
    expect(page.get_by_role("heading", level=1)).to_contain_text(family)
    page.get_by_role("button", name="De retour dès aujourd’hui").click()
    expect(page.get_by_role("status").first).to_contain_text("L’absence est terminée.")
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("status").first).to_contain_text("L’absence continue.")
    expect(page.get_by_role("button", name="De retour dès aujourd’hui")).to_be_visible()
