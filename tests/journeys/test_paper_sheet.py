"""Journeys: somebody without a smartphone enrols with a sheet of codes, and comes back with it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password, sign_out
from tests.journeys.conftest import Browse
from tests.journeys.places import NEW_PASSWORD, a_sheet_on_the_screen, invite_stranger
from tests.journeys.server import RunningPortal


def _codes_on(page: Page) -> list[str]:
    codes = page.locator(".code-list code")
    expect(codes.first).to_be_visible()
    return codes.all_inner_texts()


def _give_code(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Valider le code").click()


def _enrol(page: Page, link: str) -> list[str]:
    """From the link to the first page of the portal; the codes of the sheet."""
    page.goto(link)
    page.get_by_label("Votre prénom").fill("Odile")
    page.get_by_label("Votre nom").fill("Kerbrat")
    page.get_by_label("Choisissez un mot de passe").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Une feuille de codes en papier").click()
    page.get_by_role("button", name="Afficher mes codes").click()
    expect(page.locator(".code-list code")).to_have_count(40)
    codes = _codes_on(page)
    page.get_by_label("Code n° 1 de votre feuille").fill(codes[1])
    page.get_by_role("button", name="Vérifier et terminer").click()
    expect(page.locator(".field-error")).to_contain_text("Vérifiez son numéro")
    assert _codes_on(page) == codes, "the sheet that was printed is still the right one"
    page.get_by_label("Code n° 1 de votre feuille").fill(codes[0])
    page.get_by_role("button", name="Vérifier et terminer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gardez vos codes de secours")
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    expect(page).to_have_url(re.compile("/p/"))
    return codes


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_with_a_sheet_and_no_phone_one_enrols_and_comes_back(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    email = f"papier-{script}@example.org".lower()
    page = browse(java_script_enabled=script)
    codes = _enrol(page, invite_stranger(relais, email))
    sign_out(page)

    give_password(page, email, NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Code n° 2 de votre feuille")
    _give_code(page, codes[0])
    expect(page.locator(".field-error")).to_contain_text("Ce n’est pas le code demandé")
    expect(page.get_by_role("heading", level=1)).to_have_text("Code n° 2 de votre feuille")
    _give_code(page, codes[1].replace(" ", ""))
    expect(page).to_have_url(re.compile("/p/"))

    page.goto("/account/security")
    expect(page.locator("main")).to_contain_text(re.compile(r"38\scodes"))


def test_the_sheet_fits_on_one_page_of_paper(browse: Browse, relais: RunningPortal) -> None:
    page = a_sheet_on_the_screen(browse, relais)
    page.emulate_media(media="print")
    for number in (1, 20, 40):
        expect(page.locator(".is-sheet li").nth(number - 1)).to_contain_text(str(number))
    expect(page.locator(".print-only")).to_contain_text("Feuille de codes pour Relais")
    expect(page.locator("#code")).to_be_hidden()
    printed = page.pdf(format="A4", prefer_css_page_size=False)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
