"""Journeys: a coordinator finds a professional, writes one down, and makes two entries one."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.directory_pages import DIRECTORY, a_pair
from tests.journeys.server import RunningPortal

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_claire_adds_a_nurse_with_her_hours_and_finds_her(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    name = f"Tanguy{'' if script else 'y'}"
    page = browse("claire", viewport=PHONE, java_script_enabled=script)
    relais.confirm_everybody()
    page.goto(f"{DIRECTORY}/practitioners/new")
    page.get_by_label("Prénom").fill("Rozenn")
    page.get_by_label("Nom", exact=True).fill(name)
    page.locator("#gender").select_option("female")
    page.locator("#profession").select_option("infirmier")
    page.locator("#phone").fill("0261910755")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").first).to_contain_text("La fiche est ajoutée")

    page.get_by_role("link", name="Ajouter un lieu").click()
    page.get_by_label("Nom ou ville de la structure").fill("tilleuls")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="Maison de santé des Tilleuls").click()
    first = page.get_by_role("group", name="Ligne 1")
    for day in ("lundi", "mardi", "mercredi"):
        first.get_by_label(day).check()
    first.get_by_label("De").fill("09:00")
    first.get_by_label("À", exact=True).fill("12:30")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("main")).to_contain_text(
        "Du lundi au mercredi, 9\u00a0h–12\u00a0h\u00a030"
    )

    page.goto(f"{DIRECTORY}?q=roz+{name.lower()}")
    expect(page.get_by_role("link", name=f"Rozenn {name}")).to_contain_text("Infirmière")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_claire_makes_two_entries_one_and_sees_before_that_it_cannot_be_undone(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    one, other = a_pair(relais)
    page = browse("claire", viewport=PHONE, java_script_enabled=script)
    relais.confirm_everybody()
    page.goto(f"{DIRECTORY}/duplicates")
    page.locator(f"main a[href$='/{one}/{other}']").click()
    page.get_by_role("group", name="Quelle fiche garder").get_by_text("Fiche A").click()
    page.get_by_role("group", name="Téléphone").get_by_text("02 61 91 07 02").click()
    page.get_by_role("button", name="Voir ce qui va changer").click()
    expect(page.get_by_text("On ne peut pas revenir en arrière")).to_be_visible()
    page.get_by_role("button", name="Réunir les deux fiches").click()
    expect(page.get_by_role("status").first).to_contain_text("n’en font plus qu’une")
    expect(page.get_by_role("main")).to_contain_text("02\u00a061\u00a091\u00a007\u00a002")
    page.goto(f"{DIRECTORY}/practitioners/{other}")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Kervella")
