"""Journeys: the network goes away while a carer writes, comes back, and the session may not."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.messages_pages import ANSWER, Circle, a_circle, a_page
from tests.journeys.server import RunningPortal
from tests.journeys.watching import Watch

WORDS = "Maman a pris 1 kg depuis hier."
_ROWS = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open('relais', 1);
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const rows = request.result.transaction('unsent').objectStore('unsent').getAll();
    rows.onsuccess = () => resolve(rows.result.map((row) => [
      Object.keys(row).sort().join(' '),
      new TextDecoder('latin1').decode(row.sealed),
    ]));
    request.result.close();
  };
})"""


@pytest.fixture
def circle(relais: RunningPortal) -> Circle:
    return a_circle(relais)


@pytest.fixture
def page(browse: Browse, circle: Circle) -> Page:
    """Loïc, in the conversation, with the network that was there when he came."""
    page = a_page(browse, circle, circle.people.paul, circle.thread)
    with page.expect_response("**/queue-key*"):
        page.get_by_label("Votre message").focus()
    return page


def _write(page: Page, words: str = WORDS) -> None:
    page.get_by_label("Votre message").fill(words)
    page.get_by_role("button", name="Envoyer pour Armelle").click()


def test_what_is_written_offline_waits_sealed_and_leaves_once_with_the_network(
    page: Page, circle: Circle
) -> None:
    page.context.set_offline(True)
    _write(page)
    waiting = page.locator("#unsent")
    expect(waiting).to_contain_text("Gardé sur cet appareil. Il partira au retour du réseau.")
    expect(page.locator("#announcements")).to_contain_text("Gardé sur cet appareil")
    expect(page.get_by_label("Votre message")).to_have_value("")
    waiting.get_by_text("Relire").click()
    expect(waiting.get_by_text(WORDS)).to_be_visible()
    [(names, sealed)] = page.evaluate(_ROWS)
    assert names == "at id iv owner sealed"
    assert "Maman" not in sealed
    assert len(circle.messages()) == 1

    page.context.set_offline(False)
    expect(waiting).to_be_hidden()
    expect(page.locator("#exchange article")).to_have_count(2)
    expect(page.locator("#announcements")).to_contain_text("Votre message est parti")
    [sent] = circle.messages()[1:]
    assert (sent.author_id, sent.capacity, sent.body) == (circle.people.paul.id, "carer", WORDS)
    circle.answer()
    expect(page.locator("#exchange article", has_text=ANSWER)).to_be_visible(timeout=15_000)
    assert page.evaluate("indexedDB.databases()") == []


def test_a_portal_that_does_not_answer_is_as_no_network(
    page: Page, circle: Circle, watch: Watch
) -> None:
    watch.expect("/")
    page.route("**/*", lambda route: route.abort("connectionfailed"))
    _write(page)
    expect(page.locator("#unsent")).to_contain_text("Gardé sur cet appareil")
    page.unroute("**/*")
    page.get_by_role("button", name="Envoyer maintenant").click()
    expect(page.locator("#unsent")).to_be_hidden()
    assert [one.body for one in circle.messages()[1:]] == [WORDS]


def test_after_the_end_of_the_session_it_leaves_once_somebody_signed_in_again(
    page: Page, circle: Circle, watch: Watch
) -> None:
    watch.expect("/")
    page.context.set_offline(True)
    _write(page)
    expect(page.locator("#unsent")).to_contain_text("Gardé sur cet appareil")
    circle.end_sessions(circle.people.paul)
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_contain_text("Votre session est fermée")
    assert len(circle.messages()) == 1
    circle.signed_in(page, circle.people.paul)
    page.goto(circle.all)
    expect(page.locator("#announcements")).to_contain_text("Votre message est parti")
    assert [one.body for one in circle.messages()[1:]] == [WORDS]


def test_nobody_else_on_the_device_sees_what_waits_and_its_author_finds_it_again(
    page: Page, circle: Circle, watch: Watch
) -> None:
    watch.expect("/")
    page.context.set_offline(True)
    _write(page)
    expect(page.locator("#unsent")).to_be_visible()
    page.context.route(
        "**/messages/*",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.context.set_offline(False)
    circle.signed_in(page, circle.people.jeanne)
    page.goto(circle.thread)
    page.get_by_label("Votre message").focus()
    expect(page.locator("#unsent")).to_be_hidden()
    page.context.unroute("**/messages/*")
    assert len(circle.messages()) == 1
    circle.signed_in(page, circle.people.paul)
    page.goto(circle.thread)
    expect(page.locator("#exchange article")).to_have_count(2)
    assert [one.author_id for one in circle.messages()[1:]] == [circle.people.paul.id]


def test_what_waits_can_be_thrown_away_by_two_taps(page: Page, circle: Circle) -> None:
    page.context.set_offline(True)
    _write(page)
    waiting = page.locator("#unsent")
    waiting.get_by_role("button", name="Supprimer", exact=True).click()
    expect(waiting).to_contain_text("Gardé sur cet appareil")
    waiting.get_by_role("button", name="Supprimer ce texte pour de bon").click()
    expect(waiting).to_be_hidden()
    page.context.set_offline(False)
    page.reload()
    assert len(circle.messages()) == 1


def test_a_right_that_ended_keeps_the_text_and_says_why(
    page: Page, circle: Circle, watch: Watch
) -> None:
    watch.expect("/")
    page.context.set_offline(True)
    _write(page)
    expect(page.locator("#unsent")).to_be_visible()
    circle.end_rights(circle.people.paul)
    page.context.set_offline(False)
    waiting = page.locator("#unsent")
    expect(waiting).to_contain_text("vous ne pouvez plus écrire ici")
    waiting.get_by_text("Relire").click()
    expect(waiting.get_by_text(WORDS)).to_be_visible()
    assert len(circle.messages()) == 1


def test_the_page_without_network_counts_what_waits_and_says_nothing_else(
    page: Page, circle: Circle
) -> None:
    page.wait_for_function(
        "async () => (await navigator.serviceWorker.ready) && navigator.serviceWorker.controller"
        " || (location.reload(), false)",
        polling=500,
    )
    with page.expect_response("**/queue-key*"):
        page.get_by_label("Votre message").focus()
    page.context.set_offline(True)
    _write(page)
    expect(page.locator("#unsent")).to_be_visible()
    _write(page, "Elle dort mal.")
    expect(page.locator("#unsent ul > li")).to_have_count(2)
    page.goto(circle.all)
    expect(page.locator("main")).to_contain_text("2 messages ne sont pas encore partis.")
    assert WORDS not in page.content()
    page.context.set_offline(False)
    page.goto(circle.thread)
    expect(page.locator("#exchange article")).to_have_count(3)
    assert [one.body for one in circle.messages()[1:]] == [WORDS, "Elle dort mal."]
