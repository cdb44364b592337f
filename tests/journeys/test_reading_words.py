"""Journeys: a word is explained where it stands, and below the text without a script."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.education_pages import MODULE

STEP = f"/library/{MODULE}/1"
MEANING = "De l’eau qui gonfle une partie du corps."


def _opened(browse: Browse) -> Page:
    page = browse(has_touch=True)
    page.goto(STEP)
    page.locator("h1").click()
    page.wait_for_selector("[aria-haspopup=dialog]")
    return page


def test_a_touch_opens_the_meaning_and_closing_it_leads_back(browse: Browse) -> None:
    page = _opened(browse)
    word = page.get_by_role("link", name="œdème", exact=True)
    where = page.evaluate("scrollY")
    word.tap()
    meaning = page.get_by_role("dialog", name="œdème")
    expect(meaning).to_contain_text(MEANING)
    expect(meaning).to_be_focused()
    page.get_by_role("button", name="Fermer").tap()
    expect(meaning).to_be_hidden()
    expect(word).to_be_focused()
    assert page.url.endswith("/1"), "the page stays where it is"
    assert abs(page.evaluate("scrollY") - where) < 844


def test_enter_opens_and_escape_closes(browse: Browse) -> None:
    page = _opened(browse)
    word = page.get_by_role("link", name="œdème", exact=True)
    word.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="œdème")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(word).to_be_focused()
    assert word.get_attribute("aria-details") == word.get_attribute("href").removeprefix("#")  # type: ignore[union-attr]


def test_without_a_script_the_word_leads_below_and_back(browse: Browse) -> None:
    page = browse(java_script_enabled=False)
    page.goto(STEP)
    page.get_by_role("link", name="œdème", exact=True).click()
    meaning = page.locator(".term-meaning:target")
    expect(meaning).to_contain_text(MEANING)
    meaning.get_by_role("link", name="Retour au texte").click()
    expect(page.locator(":target")).to_have_text("œdème")
    expect(page.get_by_role("button", name="Écouter")).to_have_count(0)
