"""Journeys: a workshop is prepared, proposed, and cancelled with a reason."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.workday_pages import an_office
from tests.journeys.workshop_pages import DOOR, fill


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_workshop_is_prepared_proposed_and_cancelled(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    office = an_office(browse, relais, script=script)
    fill(office, "Bouger sans douleur")
    page = office.page
    page.get_by_label("Combien de places ?").fill("0")
    page.get_by_role("button", name="Enregistrer l’atelier").click()
    expect(page.locator("#capacity-error")).to_contain_text("Écrivez le nombre de places")
    expect(page.locator("#title")).to_have_value("Bouger sans douleur")
    page.get_by_label("Combien de places ?").fill("6")
    page.get_by_role("button", name="Enregistrer l’atelier").click()
    expect(page.get_by_role("status").first).to_contain_text("L’atelier est prêt")

    page.get_by_role("link", name="Le proposer à des patients").click()
    page.get_by_label("Nom d’un patient").fill("bras")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("input[name=patient]")).to_have_count(1)
    page.get_by_label("Marcel Le Bras").check()
    page.get_by_role("button", name="Proposer l’atelier").click()
    expect(page.get_by_role("status").first).to_contain_text("L’atelier est proposé")
    waiting = page.get_by_role("region", name="Qui n’a pas encore répondu")
    expect(waiting).to_contain_text("Marcel Le Bras")

    page.get_by_role("link", name="Annuler l’atelier").click()
    page.get_by_label("Pourquoi est-il annulé ?").fill("La salle est prise")
    page.get_by_role("button", name="Annuler l’atelier").click()
    expect(page.get_by_role("status").first).to_contain_text("L’atelier est annulé")
    gone = page.get_by_role("region", name="Qui ne vient pas")
    expect(gone).to_contain_text("Marcel Le Bras")
    page.goto(DOOR)
    card = page.get_by_role("link").filter(has_text="Bouger sans douleur")
    expect(card).to_contain_text("Annulé")
