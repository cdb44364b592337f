"""Journeys: reading comfort, at once and the next time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import sign_in, sign_out
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

# What is chosen, and what it sets on <html>.
CHOICES = {
    "very large text": ("Très grande", "data-text", "very-large"),
    "dark": ("Fond sombre", "data-theme", "dark"),
    "contrast": ("Contraste renforcé", "data-contrast", "more"),
    "legible font": ("Police très lisible", "data-font", "legible"),
    "English": ("English", "lang", "en"),
}


@pytest.fixture
def legoff(browse: Browse, relais: RunningPortal) -> Iterator[Page]:
    """On the page of the settings, just signed in; nobody else uses this account meanwhile."""
    page = browse()
    sign_in(page, relais, "legoff")
    page.goto("/account/comfort")
    yield page
    relais.forget_comfort()


def save(page: Page) -> None:
    page.locator("main form button").click()
    expect(page).to_have_url("/account/comfort?saved=1")


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_is_seen_confirmed_and_kept(
    legoff: Page, relais: RunningPortal, choice: str
) -> None:
    label, attribute, value = CHOICES[choice]
    html = legoff.locator("html")
    expect(html).not_to_have_attribute(attribute, value)
    legoff.get_by_label(label).check()
    save(legoff)
    expect(html).to_have_attribute(attribute, value)
    saved = "Your settings are saved." if value == "en" else "Vos réglages sont enregistrés."
    expect(legoff.get_by_role("status").filter(has_text=saved)).to_be_visible()
    legoff.goto("/professional/patients")
    expect(html).to_have_attribute(attribute, value)

    legoff.goto("/account")
    legoff.locator(".page-footer form button").click()
    expect(legoff).to_have_url("/sign-in?signed_out=1")
    expect(html).to_have_attribute(attribute, value)
    relais.forget_used_codes()
    legoff.locator(".persona-list button", has_text="legoff@example.org").click()
    legoff.locator(".demo-code button").click()
    legoff.wait_for_url("**/professional/patients")
    expect(html).to_have_attribute(attribute, value)


def test_the_choices_are_really_seen(legoff: Page) -> None:
    body = legoff.locator("body")
    before = body.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    for label in ("Très grande", "Fond sombre", "Police très lisible"):
        legoff.get_by_label(label).check()
    save(legoff)
    after = body.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert after >= before * 1.4
    assert "Atkinson" in body.evaluate("e => getComputedStyle(e).fontFamily")
    legoff.evaluate("document.fonts.ready.then(() => true)")
    assert legoff.evaluate("[...document.fonts].some(font => font.status === 'loaded')")
    red, green, blue = body.evaluate(
        "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert max(red, green, blue) < 64, "the background is dark"


def test_the_first_settings_can_be_had_again(legoff: Page) -> None:
    legoff.get_by_label("Très grande").check()
    legoff.get_by_label("Contraste renforcé").check()
    save(legoff)
    legoff.get_by_label("Normale").check()
    legoff.get_by_label("Contraste renforcé").uncheck()
    save(legoff)
    html = legoff.locator("html")
    expect(html).not_to_have_attribute("data-text", "very-large")
    expect(html).not_to_have_attribute("data-contrast", "more")
    sign_out(legoff)
    expect(html).not_to_have_attribute("data-text", "very-large")
