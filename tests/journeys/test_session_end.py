"""Journeys: the end of a session, while somebody reads and while somebody writes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import finish_sign_in, sign_in
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.watching import Watch

EMAIL = "monique@example.org"
TITLE = "Votre session est fermée, pour protéger ce dossier"


@pytest.fixture
def writing(browse: Browse, relais: RunningPortal, watch: Watch) -> Iterator[Page]:
    """Monique, on the page of the settings, with a clock that can be moved."""
    watch.expect("/session")
    page = browse()
    page.clock.install()
    sign_in(page, relais, "monique")
    page.goto("/account/comfort")
    yield page
    relais.forget_comfort()


def choose_very_large(page: Page) -> None:
    page.get_by_label("Très grande").check()


def test_a_warning_comes_two_minutes_before_and_can_be_answered(writing: Page) -> None:
    warning = writing.locator("#session-warning")
    writing.clock.fast_forward("27:30")
    expect(warning).to_be_hidden()
    writing.clock.fast_forward("00:40")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("2 minutes")
    with writing.expect_response("**/session/stay") as answer:
        warning.get_by_role("button", name="Continuer").click()
    assert (answer.value.request.method, answer.value.status) == ("POST", 204)
    expect(warning).to_be_hidden()
    writing.clock.fast_forward("27:00")
    expect(warning).to_be_hidden()


def test_a_page_that_is_only_read_leaves_for_the_door(writing: Page, relais: RunningPortal) -> None:
    relais.end_sessions(EMAIL)
    writing.clock.fast_forward("30:05")
    expect(writing.get_by_role("heading", level=1)).to_have_text("Bonjour. Connectez-vous.")


def test_a_changed_form_is_covered_kept_and_given_back(
    writing: Page, relais: RunningPortal
) -> None:
    choose_very_large(writing)
    relais.end_sessions(EMAIL)
    writing.clock.fast_forward("30:05")
    ended = writing.get_by_role("heading", name=TITLE)
    expect(ended).to_be_focused()
    expect(writing).to_have_title(TITLE)
    for private in ("main", ".person-band", ".main-nav"):
        expect(writing.locator(private)).to_be_hidden()

    with writing.context.expect_page() as opened:
        writing.get_by_role("link", name="Me connecter dans un nouvel onglet").click()
    relais.forget_used_codes()
    finish_sign_in(opened.value, "monique")
    writing.get_by_role("button", name="C’est fait, je continue").click()
    expect(ended).to_be_hidden()
    expect(writing.get_by_label("Très grande")).to_be_checked()
    writing.get_by_role("button", name="Enregistrer mes réglages").click()
    expect(writing.locator("html")).to_have_attribute("data-text", "very-large")


def test_coming_back_too_early_says_that_the_door_is_still_closed(
    writing: Page, relais: RunningPortal
) -> None:
    choose_very_large(writing)
    relais.end_sessions(EMAIL)
    writing.clock.fast_forward("30:05")
    writing.get_by_role("button", name="C’est fait, je continue").click()
    expect(writing.locator("#announcements p")).to_be_visible()
    expect(writing.get_by_role("heading", name=TITLE)).to_be_visible()


def test_without_script_what_was_chosen_can_be_sent_again(
    browse: Browse, relais: RunningPortal
) -> None:
    page = browse(java_script_enabled=False)
    sign_in(page, relais, "monique")
    page.goto("/account/comfort")
    choose_very_large(page)
    page.get_by_label("Contraste renforcé").check()
    relais.end_sessions(EMAIL)
    page.get_by_role("button", name="Enregistrer mes réglages").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre session est fermée")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Me connecter").click()
    relais.forget_used_codes()
    finish_sign_in(opened.value, "monique")
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.locator("main")).to_contain_text("Vos réglages sont enregistrés.")
    expect(page.locator("html")).to_have_attribute("data-text", "very-large")
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    relais.forget_comfort()
