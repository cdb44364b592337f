"""Journeys: one carer, two relatives, and never a doubt about whom a page is for."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.acts import open_switcher
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

BANDS = {"Jeanne": ("Jeanne, votre mère", "prune"), "Marcel": ("Marcel, votre oncle", "nuit")}
OTHER = {"Jeanne": "Marcel", "Marcel": "Jeanne"}


def stands_for(page: Page, name: str) -> None:
    words, color = BANDS[name]
    expect(page.locator(".person-band-name")).to_have_text(words)
    expect(page.locator("body")).to_have_attribute("data-person", color)
    expect(page).to_have_title(re.compile(f" — pour {name} — Relais$"))
    assert OTHER[name] not in page.locator("main").inner_text()


def test_paul_goes_from_his_mother_to_his_uncle_and_back(browse: Browse) -> None:
    page = browse("paul")
    page.goto("/people")
    page.locator("main").get_by_role("link", name="Jeanne").click()
    stands_for(page, "Jeanne")
    jeanne = page.locator(".person-band").evaluate("e => getComputedStyle(e).backgroundColor")
    open_switcher(page)
    page.locator(".person-panel").get_by_role("link", name="Marcel").click()
    stands_for(page, "Marcel")
    marcel = page.locator(".person-band").evaluate("e => getComputedStyle(e).backgroundColor")
    assert jeanne != marcel
    page.go_back()
    stands_for(page, "Jeanne")


def test_two_tabs_on_two_relatives_never_mix(browse: Browse, relais: RunningPortal) -> None:
    one = browse("paul")
    other = one.context.new_page()
    one.goto(f"/p/{relais.patient('Jeanne')}/")
    other.goto(f"/p/{relais.patient('Marcel')}/")
    for tab in ("Agenda", "Équipe", "Accueil"):
        for page, name in ((one, "Jeanne"), (other, "Marcel")):
            page.locator(".main-nav").get_by_role("link", name=tab).click()
            page.wait_for_load_state()
            expect(page.locator(".main-nav-link[aria-current]")).to_contain_text(tab)
            stands_for(page, name)
    one.reload()
    stands_for(one, "Jeanne")


def test_escape_closes_the_list_of_people_and_keeps_the_place(
    browse: Browse, relais: RunningPortal
) -> None:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Jeanne')}/")
    page.locator(".person-switcher > summary").press("Enter")
    panel = page.locator(".person-panel")
    expect(panel).to_be_visible()
    expect(panel.locator("[aria-current]")).to_contain_text("Jeanne")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".person-switcher > summary")).to_be_focused()


def test_the_own_space_has_no_colour_of_somebody_else(
    browse: Browse, relais: RunningPortal
) -> None:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Paul')}/")
    expect(page.locator(".person-band-mode")).to_have_text("Votre espace")
    expect(page.locator(".person-band.is-acting")).to_have_count(0)
    expect(page).to_have_title("Aujourd’hui — Relais")
