"""Journeys: a nurse goes through her inbox by keyboard, finds a word, goes on with a draft."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from portal.clock import now
from tests.journeys import axe
from tests.journeys.conftest import Browse
from tests.journeys.messages_pages import NOTE, Circle, a_circle, a_page
from tests.journeys.server import RunningPortal
from tests.messaging.circle import family_writes


def _inbox(browse: Browse, relais: RunningPortal) -> tuple[Circle, Page]:
    """With two conversations that wait: the older one is the first of the list."""
    circle = a_circle(relais, has_note=True)
    with relais.writing() as (session, keys):
        family_writes(
            session,
            keys,
            circle.people,
            to=circle.people.nadias_place,
            subject="Ordonnance",
            at=now() - timedelta(hours=1),
        )
    return circle, a_page(browse, circle, circle.people.nadia, "/inbox")


def _open_shortcuts(page: Page) -> None:
    page.locator("[data-shortcuts] summary").click()


def test_letters_act_only_once_their_list_is_open(browse: Browse, relais: RunningPortal) -> None:
    _circle, page = _inbox(browse, relais)
    rows = page.locator(".conversation")
    expect(rows).to_have_count(2)
    for key in ("j", "/"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    _open_shortcuts(page)
    for key, row in (("j", 0), ("j", 1), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        expect(rows.nth(row)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ordonnance")
    # Open in this tab from now on; and back by its letter.
    page.keyboard.press("b")
    expect(page.get_by_role("heading", level=1)).to_have_text("Messages à traiter")
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()


def test_a_slash_looks_for_a_word_and_letters_are_text_while_somebody_types(
    browse: Browse, relais: RunningPortal
) -> None:
    _circle, page = _inbox(browse, relais)
    _open_shortcuts(page)
    page.keyboard.press("/")
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    page.keyboard.type("jk/")
    expect(field).to_have_value("jk/")
    field.fill(NOTE.split()[-1].strip("."))
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    assert axe.violations(page) == []
    page.keyboard.press("j")
    expect(page.locator("[data-rows] a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#composer")).to_be_visible()
    message = page.locator(page.evaluate("location.hash"))
    expect(message).to_contain_text(NOTE)


def test_a_text_that_was_begun_is_found_again_and_goes_on(
    browse: Browse, relais: RunningPortal
) -> None:
    circle, page = _inbox(browse, relais)
    page.goto(circle.thread)
    page.locator("#body").fill("Je passe demain")
    page.get_by_role("button", name="Garder pour plus tard").click()
    page.get_by_role("link", name="Messages à traiter").click()
    page.get_by_role("link", name="Brouillons 1").click()
    expect(page.locator(".conversation")).to_contain_text("Je passe demain")
    assert axe.violations(page) == []
    page.locator(".conversation").click()
    expect(page.locator("#body")).to_have_value("Je passe demain")
