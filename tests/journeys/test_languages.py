"""Journeys: choosing a language."""

from playwright.sync_api import expect

from tests.journeys.conftest import Browse


def test_the_link_on_the_sign_in_page_changes_the_language_for_good(browse: Browse) -> None:
    page = browse()
    page.goto("/sign-in")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello. Sign in.")
    page.goto("/sign-in")
    expect(page.locator("html")).to_have_attribute("lang", "en")
