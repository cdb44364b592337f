"""Journeys: a coordinator adds somebody to a circle, ends a place, and takes that back."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.circle_pages import SPOTS, a_house
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_coordinator_keeps_a_circle_current(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page, door = a_house(browse, relais, script=script)
    page.goto(door)
    page.get_by_label("Nom, ou numéro RPPS").fill("diallo")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name=re.compile("Ajouter Karim")).click()
    page.get_by_label("À contacter pour").fill("La marche")
    page.get_by_role("button", name="Ajouter au cercle").click()
    expect(page.get_by_role("status").first).to_contain_text("n’ouvre rien avant que Rose")
    expect(page.get_by_role("row", name=re.compile("Karim"))).to_contain_text("pas encore dit oui")

    page.get_by_role("button", name="Prolonger de 6 mois").click()
    expect(page.get_by_role("status").first).to_contain_text("prolongée de six mois")

    page.get_by_role("link", name=re.compile("Terminer : Yann")).click()
    expect(page.locator("main")).to_contain_text("1 besoin n’aura plus de responsable")
    page.get_by_label("Les soins sont finis").check()
    page.get_by_role("button", name="Terminer cette place").click()
    expect(page.get_by_role("status").first).to_contain_text("La fin est enregistrée")
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("status").first).to_contain_text("La place est comme avant")
    expect(page.get_by_role("row", name=re.compile("Yann"))).to_contain_text("Dans le cercle")


@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_each_page_of_the_circle_is_reached(
    browse: Browse, relais: RunningPortal, spot: Spot
) -> None:
    page = spot.opened(browse, relais)
    heading = page.get_by_role("heading", level=1).inner_text()
    assert re.sub(r"\s", " ", heading) == spot.heading
