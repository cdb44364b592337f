"""Journeys: Jeanne decides what her children see, and they see exactly that."""

import pytest
from playwright.sync_api import expect

from tests.journeys.carers_pages import a_family
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_jeanne_tries_what_sylvie_would_see_then_gives_it(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    relais.confirm_everybody()
    jeanne = browse("jeanne", java_script_enabled=script)
    jeanne.goto(f"/p/{relais.patient('Jeanne')}/carers")
    card = jeanne.locator("li.card", has_text="Sylvie Morel")
    expect(card.get_by_role("list").nth(1)).to_contain_text("Voir l’équipe")
    relais.confirm_everybody()
    card.get_by_role("link", name="Modifier ce que Sylvie peut faire").click()
    jeanne.get_by_label("Voir l’équipe de soins").check()
    jeanne.get_by_role("button", name="Voir comme Sylvie avec ces choix").click()
    expect(jeanne.locator(".person-band.is-preview")).to_contain_text("Ce que voit Sylvie")
    jeanne.locator(".main-nav-link", has_text="Équipe").click()
    expect(jeanne.get_by_role("heading", level=1)).to_have_text("Qui fait quoi pour Jeanne ?")
    expect(jeanne.locator(".person-band.is-preview")).to_be_visible()

    sylvie = browse("sylvie")
    watched = f"/p/{relais.patient('Jeanne')}/care-team"
    assert (sylvie.goto(watched) or pytest.fail("no answer")).status == 403, "nothing is given yet"

    jeanne.get_by_role("link", name="Quitter l’aperçu").click()
    relais.confirm_everybody()
    jeanne.locator("li.card", has_text="Sylvie Morel").get_by_role("link", name="Modifier").click()
    jeanne.get_by_label("Voir l’équipe de soins").check()
    jeanne.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(jeanne.get_by_role("status").first).to_contain_text("en vigueur dès maintenant")
    assert (sylvie.goto(watched) or pytest.fail("no answer")).status == 200

    relais.confirm_everybody()
    jeanne.locator("li.card", has_text="Sylvie Morel").get_by_role("link", name="Modifier").click()
    jeanne.get_by_label("Voir l’équipe de soins").uncheck()
    jeanne.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(jeanne.get_by_role("status").first).to_contain_text("en vigueur dès maintenant")
    assert (sylvie.goto(watched) or pytest.fail("no answer")).status == 403


def test_one_tap_pauses_and_the_pause_ends_with_a_second_factor(
    browse: Browse, relais: RunningPortal
) -> None:
    page, one = a_family(browse, relais)
    page.goto(one.rpartition("/")[0])
    page.get_by_role("button", name="Mettre tous les aidants en pause").click()
    expect(page.get_by_role("status").first).to_contain_text("ne sont pas prévenus")
    page.get_by_role("button", name="Finir la pause").click()
    expect(page.get_by_role("status").first).to_contain_text("La pause est finie")
