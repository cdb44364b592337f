"""Journeys: signing out, and what Back shows after it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import sign_in, sign_out
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.watching import Watch

SECRETS = ("Jeanne", "Morel", "Pansement", "Haddad", "Claire")


@pytest.fixture
def remembering(
    launch_browser: Callable[..., Browser], browser_context_args: dict[str, Any], watch: Watch
) -> Iterator[Page]:
    """A page of a browser that keeps left pages in memory, as people's own do."""
    # Playwright turns that off, because it surprises other tests.
    browser = launch_browser(ignore_default_args=["--disable-back-forward-cache"])
    context = browser.new_context(**browser_context_args)
    watch.follow(context)
    yield context.new_page()
    browser.close()
    watch.check()


def test_signing_out_says_so_and_closes_every_page(browse: Browse, relais: RunningPortal) -> None:
    page = browse()
    sign_in(page, relais, "jeanne")
    inside = page.url
    sign_out(page)
    expect(page.locator("main")).to_contain_text("Votre session est bien fermée.")
    page.goto(inside)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour. Connectez-vous.")


def test_the_page_that_was_asked_for_comes_after_signing_in(
    browse: Browse, relais: RunningPortal
) -> None:
    page, wanted = browse(), f"/p/{relais.patient('Jeanne')}/agenda?view=past"
    relais.forget_used_codes()
    page.goto(wanted)
    page.get_by_role("textbox", name="Adresse e-mail").fill("jeanne@example.org")
    page.get_by_label("Mot de passe", exact=True).fill("relais-demo-2026")
    page.get_by_role("button", name="Me connecter", exact=True).click()
    page.get_by_role("button", name="Utiliser ce code").click()
    expect(page).to_have_url(wanted)


def test_back_shows_nothing_of_the_record_after_signing_out(
    remembering: Page, relais: RunningPortal
) -> None:
    page = remembering
    for _time in range(5):
        sign_in(page, relais, "jeanne")
        page.goto("/")
        page.goto(f"/p/{relais.patient('Jeanne')}/care-team")
        sign_out(page)
        for _step in range(2):
            page.go_back()
            expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour. Connectez-vous.")
            shown = page.locator("main h1, main p, main h3").all_inner_texts()
            assert not [words for words in shown if any(secret in words for secret in SECRETS)]
            assert "data-private" not in page.content()


def test_another_tab_leaves_the_record_too(
    browse: Browse, relais: RunningPortal, watch: Watch
) -> None:
    watch.expect("/session")
    page = browse()
    sign_in(page, relais, "jeanne")
    other = page.context.new_page()
    other.goto("/")
    expect(other.get_by_role("heading", level=1)).to_have_text("Bonjour Jeanne")
    sign_out(page)
    expect(other.get_by_role("heading", level=1)).to_have_text("Bonjour. Connectez-vous.")
