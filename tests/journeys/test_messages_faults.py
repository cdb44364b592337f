"""Journeys: the database does not answer while a carer sends; the page says so, and sends again."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import violations
from tests.journeys.conftest import Browse
from tests.journeys.messages_pages import Circle, a_circle, a_page
from tests.journeys.server import RunningPortal
from tests.journeys.watching import Watch

WORDS = "Maman a pris 1 kg depuis hier.\n\n<b>Que faire ?</b>"
SLOW = 30_000
"""Milliseconds: the portal waits ten seconds for a database before it says that it is away."""


@contextmanager
def _held(relais: RunningPortal) -> Iterator[None]:
    """Somebody else writes, and takes very long."""
    with relais.writing():
        yield


@pytest.fixture
def circle(relais: RunningPortal) -> Circle:
    return a_circle(relais)


def _send(page: Page) -> None:
    page.get_by_label("Votre message").fill(WORDS)
    page.get_by_role("button", name="Envoyer pour Armelle").click()


def test_without_a_script_the_page_shows_the_text_and_one_button_sends_it_again(
    browse: Browse, circle: Circle, relais: RunningPortal, watch: Watch
) -> None:
    watch.expect("/messages/")
    page = a_page(browse, circle, circle.people.paul, circle.thread, java_script_enabled=False)
    page.context.set_default_timeout(SLOW)
    with _held(relais):
        _send(page)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Le service ne répond pas", timeout=SLOW
        )
        expect(page.get_by_label("Votre message")).to_have_value(WORDS)
        page.get_by_role("button", name="Renvoyer").click()
        expect(page.get_by_label("Votre message")).to_have_value(WORDS, timeout=SLOW)
    assert len(circle.messages()) == 1
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.locator("#exchange article")).to_have_count(2)
    assert [one.body for one in circle.messages()[1:]] == [WORDS]


def test_with_a_script_too(
    browse: Browse, circle: Circle, relais: RunningPortal, watch: Watch
) -> None:
    watch.expect("/messages/")
    page = a_page(browse, circle, circle.people.paul, circle.thread)
    page.context.set_default_timeout(SLOW)
    with _held(relais):
        _send(page)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Le service ne répond pas", timeout=SLOW
        )
        expect(page.get_by_label("Votre message")).to_have_value(WORDS)
        assert violations(page) == []
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.locator("#exchange article")).to_have_count(2)
    assert [one.body for one in circle.messages()[1:]] == [WORDS]
