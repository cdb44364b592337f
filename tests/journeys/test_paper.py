"""Journeys: on paper, and in the colours that the reader's system forces."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.journeys.conftest import Browse
from tests.journeys.places import PILLS, SPOTS, Spot, recovery_codes
from tests.journeys.server import RunningPortal

NUMBER = re.compile(r"(\d\d\s){4}\d\d")
PRINTED = [spot for spot in SPOTS if spot.name in ("home-carer", "agenda-week", "team-full")]


@pytest.mark.parametrize("spot", PRINTED, ids=str)
def test_paper_carries_no_menu_and_says_for_whom(
    browse: Browse, relais: RunningPortal, spot: Spot
) -> None:
    page = spot.opened(browse, relais)
    expect(page.locator(".main-nav")).to_be_visible()
    page.emulate_media(media="print")
    # A number to call is what the sheet is for.
    button = "main .button:not([data-number])"
    for screen_only in (".main-nav", ".page-footer", ".person-band-change", button):
        for element in page.locator(screen_only).all():
            expect(element).to_be_hidden()
    expect(page.locator(".person-band-name")).to_be_visible()
    expect(page.locator("h1")).to_be_visible()


def test_the_team_on_paper_has_its_phone_numbers(browse: Browse, relais: RunningPortal) -> None:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Jeanne')}/care-team")
    page.emulate_media(media="print")
    printed = page.locator("main a[data-number]").evaluate_all(
        "links => links.filter((e) => e.checkVisibility())"
        ".map((e) => e.innerText + getComputedStyle(e, '::after').content)"
    )
    assert len(printed) >= 10
    for number in printed:
        assert "116 117" in number or NUMBER.search(number), number


def test_an_appointment_on_paper_says_whom_to_call(browse: Browse, relais: RunningPortal) -> None:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Jeanne')}/agenda/{relais.visit('Jeanne', **PILLS)}")
    page.emulate_media(media="print")
    printed = page.locator("main").inner_text()
    after = page.locator("main a[data-number]").evaluate_all(
        "links => links.filter((e) => e.checkVisibility())"
        ".map((e) => getComputedStyle(e, '::after').content)"
    )
    assert NUMBER.search(" ".join([printed, *after])), "no number stands on the sheet"


def test_two_weeks_of_the_agenda_fit_one_side_of_a4(browse: Browse, relais: RunningPortal) -> None:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Jeanne')}/agenda")
    page.get_by_role("link", name="Imprimer pour le frigo").click()
    page.wait_for_url("**/agenda/print")
    paper = PdfReader(BytesIO(page.pdf(format="A4")))
    assert len(paper.pages) == 1
    text = paper.pages[0].extract_text()
    for expected in ("Jeanne Morel", "Pansement et prise de sang", "06 39 98 12 07", "Cuisiner"):
        assert expected in text.replace("\xa0", " ").replace("\u202f", " "), expected
    page.get_by_role("link", name="8 semaines").click()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})  # A4 without its margins, at 96 dpi
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


def test_the_recovery_codes_are_printed(browse: Browse, relais: RunningPortal) -> None:
    page = recovery_codes(browse, relais)
    page.emulate_media(media="print")
    codes = page.locator(".code-list code")
    expect(codes).to_have_count(10)
    for code in codes.all():
        expect(code).to_be_visible()
    expect(page.locator(".print-only")).to_contain_text("Codes de secours pour Relais")
    for button in page.locator("main button").all():
        expect(button).to_be_hidden()


def test_the_print_button_prints(browse: Browse, relais: RunningPortal) -> None:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Jeanne')}/care-team/sheet")
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Imprimer cette feuille").click()
    expect(page).to_have_title("printed")


@pytest.mark.parametrize("spot", PRINTED, ids=str)
def test_forced_colours_keep_borders_and_the_current_place(
    browse: Browse, relais: RunningPortal, spot: Spot
) -> None:
    page = spot.opened(browse, relais)
    page.emulate_media(forced_colors="active")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    button = page.locator("main .button:visible, main .card:visible").first
    assert button.evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)") >= 1
    current = page.locator(".main-nav-link[aria-current]")
    assert current.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)") >= 2
