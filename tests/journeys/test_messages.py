"""Journeys: a carer writes on a phone, with and without scripts, and answers arrive."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.messages_pages import ANSWER, a_circle, a_page
from tests.journeys.server import RunningPortal

scripts = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
WORDS = "Maman a pris 1 kg depuis hier.\nFaut-il vous appeler ?"


@scripts
def test_a_son_begins_a_conversation_for_his_mother_under_his_own_name(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    circle = a_circle(relais)
    loic = circle.people.paul
    page = a_page(browse, circle, loic, circle.all, java_script_enabled=script)
    page.get_by_role("link", name="Écrire à l’équipe").click()
    page.get_by_role("radio", name="Solenn").check()
    page.get_by_label("De quoi s’agit-il ?").fill("Son poids")
    page.locator("#body").fill(WORDS)
    page.get_by_role("button", name="Envoyer pour Armelle").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Son poids")
    message = page.locator("#exchange article").last
    expect(message).to_contain_text("Vous (Loïc), pour Armelle Cozic")
    expect(message.locator(".message-body")).to_contain_text("Faut-il vous appeler ?")
    page.get_by_label("Votre message").fill("Elle se sent bien.")
    page.get_by_role("button", name="Envoyer pour Armelle").click()
    expect(page.locator("#exchange article")).to_have_count(2)
    sent = [(one.author_id, one.capacity, one.body) for one in circle.messages()[1:]]
    assert sent == [(loic.id, "carer", WORDS), (loic.id, "carer", "Elle se sent bien.")]


@scripts
def test_two_taps_send_once(browse: Browse, relais: RunningPortal, script: bool) -> None:
    circle = a_circle(relais)
    page = a_page(browse, circle, circle.people.paul, circle.thread, java_script_enabled=script)
    page.get_by_label("Votre message").fill(WORDS)
    page.get_by_role("button", name="Envoyer pour Armelle").dblclick(no_wait_after=True)
    expect(page.locator("#exchange article")).to_have_count(2)
    page.reload()
    assert [one.body for one in circle.messages()[1:]] == [WORDS]


@scripts
def test_back_shows_that_it_was_sent(browse: Browse, relais: RunningPortal, script: bool) -> None:
    circle = a_circle(relais)
    page = a_page(browse, circle, circle.people.paul, circle.thread, java_script_enabled=script)
    page.get_by_label("Votre message").fill(WORDS)
    page.get_by_role("button", name="Envoyer pour Armelle").click()
    expect(page.locator("#exchange article")).to_have_count(2)
    page.go_back()
    expect(page.locator("#exchange article")).to_have_count(2)
    if script:  # browsers give the text back
        expect(page.get_by_label("Votre message")).to_have_value("")
    assert [one.body for one in circle.messages()[1:]] == [WORDS]


def test_a_draft_is_kept_while_one_types_and_is_there_after_a_reload(
    browse: Browse, relais: RunningPortal
) -> None:
    circle = a_circle(relais)
    page = a_page(browse, circle, circle.people.paul, circle.thread)
    with page.expect_response("**/draft") as kept:
        page.get_by_label("Votre message").press_sequentially("Elle dort mal")
    assert kept.value.ok
    page.reload()
    expect(page.get_by_label("Votre message")).to_have_value("Elle dort mal")
    page.get_by_role("button", name="Envoyer pour Armelle").click()
    expect(page.locator("#exchange article")).to_have_count(2)
    expect(page.get_by_label("Votre message")).to_have_value("")
    assert [one.body for one in circle.messages()[1:]] == ["Elle dort mal"]


def test_an_answer_arrives_without_a_reload_and_is_said_once(
    browse: Browse, relais: RunningPortal
) -> None:
    circle = a_circle(relais)
    page = a_page(browse, circle, circle.people.paul, circle.thread)
    field = page.get_by_label("Votre message")
    field.fill("Je voulais aussi dire")
    circle.answer()
    answer = page.locator("#exchange article", has_text=ANSWER)
    expect(answer).to_be_visible(timeout=15_000)
    expect(page.locator("#announcements p")).to_contain_text("Nouveau message : Solenn")
    assert ANSWER not in (page.locator("#announcements").text_content() or "")
    expect(field).to_have_value("Je voulais aussi dire")
    expect(field).to_be_focused()
    expect(answer).to_have_count(1)


def test_a_hidden_page_does_not_ask(browse: Browse, relais: RunningPortal) -> None:
    circle = a_circle(relais)
    page = browse()
    page.clock.install()
    circle.signed_in(page, circle.people.paul)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(circle.thread)
    page.evaluate("() => { Object.defineProperty(document, 'hidden', { get: () => true }); }")
    page.clock.run_for(120_000)
    assert not [url for url in asked if "/messages/news" in url]
