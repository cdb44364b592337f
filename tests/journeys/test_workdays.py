"""Journeys: a professional looks at the day, walks on to the next, and takes it along on paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.workday_pages import DOOR, an_office, tomorrow


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_the_menu_to_a_visit_of_tomorrow(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    office = an_office(browse, relais, script=script)
    page = office.open("/professional/patients")
    page.locator(".main-nav").get_by_role("link", name="Agenda").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma journée")
    page.get_by_role("link", name="Jour suivant").click()
    visits = page.locator(".visit")
    expect(visits).to_have_count(6)
    expect(visits.nth(0)).to_contain_text(re.compile("Entre 7.h.30 et 9.h"))
    expect(visits.nth(0)).to_contain_text("Yvonne accompagne")
    expect(visits.nth(2)).to_contain_text("Dossier fermé")
    expect(visits.nth(4)).to_contain_text("Places libres")
    page.get_by_role("link", name="Semaine").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma semaine")
    page.get_by_role("link", name="Jour", exact=True).click()
    page.get_by_role("link", name="Revenir à aujourd’hui").click()
    expect(page.get_by_text("Rien de prévu ce jour-là")).to_be_visible()
    page.get_by_role("link", name="Jour suivant").click()
    page.get_by_role("link", name="Odette Kerbrat", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pansement de la jambe")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_coordinator_looks_at_the_day_of_a_colleague(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    office = an_office(browse, relais, coordinates=True, script=script)
    page = office.open(f"{DOOR}?day={tomorrow()}")
    page.get_by_label("De qui voulez-vous voir l’agenda ?").select_option("Gwenn Tanguy")
    page.get_by_role("button", name="Voir cet agenda").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda : Gwenn Tanguy")
    expect(page.get_by_role("link", name="Odette Kerbrat", exact=True)).to_be_visible()
    expect(page.get_by_text("Dossier fermé")).to_have_count(0)


def test_the_sheet_of_the_day_fits_on_paper(browse: Browse, relais: RunningPortal) -> None:
    office = an_office(browse, relais)
    page = office.open(f"{DOOR}?day={tomorrow()}")
    page.get_by_role("link", name="La feuille de ce jour").click()
    page.emulate_media(media="print")
    for gone in (".main-nav", ".person-band", "main .button"):
        for element in page.locator(gone).all():
            expect(element).to_be_hidden()
    sheet = page.locator(".fridge-sheet")
    expect(sheet).to_contain_text("Rester à jeun")
    expect(sheet).to_contain_text(re.compile(r"02\s61\s91\s04\s12"))
    expect(sheet).not_to_contain_text("Pilulier")
    size = sheet.locator("li").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 16
    printed = page.pdf(format="A4", prefer_css_page_size=False)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
