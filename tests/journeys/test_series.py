"""Journeys: visits that repeat go on at another time, end, and go on after all."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.series_pages import visits
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_nurse_comes_later_from_a_date_on(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = visits(browse, relais, script=script).open()
    expect(page.get_by_text("Tous les lundis et jeudis, entre 7 h et 9 h").first).to_be_visible()
    page.get_by_role("link", name="Modifier la suite").click()
    page.get_by_label("À partir de quelle date ?").select_option(index=1)
    page.get_by_label("À partir de quelle heure ?").fill("08:30")
    page.get_by_label("Au plus tard à quelle heure ?").fill("10:00")
    page.get_by_label("Pourquoi ce changement ?").fill("Nouvelle tournée")
    page.get_by_role("button", name="Modifier les visites d’Yvon").click()
    said = page.get_by_role("status").first
    expect(said).to_contain_text("La série continue avec les nouveaux horaires.")
    expect(said).to_contain_text("annulé")
    words = page.get_by_text("Tous les lundis et jeudis, entre 8 h 30 et 10 h").first
    expect(words).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_series_ends_and_goes_on_after_all(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = visits(browse, relais, script=script).open()
    page.get_by_role("link", name="Terminer la série").click()
    page.get_by_role("button", name="Terminer les visites d’Yvon").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_label("Pourquoi cela finit-il ?").fill("La plaie est guérie")
    page.get_by_role("button", name="Terminer les visites d’Yvon").click()
    expect(page.get_by_role("status").first).to_contain_text("La série est terminée.")
    expect(page.get_by_text("Aucune visite ne suit : cette série est terminée.")).to_be_visible()
    page.get_by_role("button", name="Reprendre la série").click()
    expect(page.get_by_role("status").first).to_contain_text("La série continue comme avant.")
    expect(page.get_by_role("link", name="Terminer la série")).to_be_visible()


def test_the_patient_reads_the_rule_and_is_offered_nothing_to_change(
    browse: Browse, relais: RunningPortal
) -> None:
    page = visits(browse, relais, is_keeper=False).open()
    expect(page.get_by_role("heading", name="Dates à part")).to_be_visible()
    expect(page.get_by_role("link", name="Terminer la série")).to_have_count(0)
    page.get_by_role("main").get_by_role("link").filter(has_text="Entre 7 h et 9 h").first.click()
    page.get_by_role("link", name="Voir toutes les dates").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pansement de la jambe")
