"""Journeys: a module goes from its author to a peer and a professional, and to its readers."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal.clock import now
from tests.journeys.conftest import Browse
from tests.journeys.review_pages import a_scene
from tests.journeys.server import RunningPortal

DESKTOP = {"width": 1280, "height": 900}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_module_is_sent_remarked_upon_changed_approved_and_published(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    scene = a_scene(browse, relais, script=script)
    _send(scene.author, scene.path)

    scene.peer.goto("/modules")
    scene.peer.get_by_role("region", name="À relire entre pairs").get_by_role("link").click()
    scene.peer.get_by_role("button", name="J’ai relu").click()
    expect(scene.peer.get_by_role("status").first).to_contain_text("Votre lecture est notée")

    reviewer = scene.reviewer
    reviewer.set_viewport_size(DESKTOP)
    reviewer.goto("/modules")
    reviewer.get_by_role("region", name="Votre relecture est attendue").get_by_role("link").click()
    passage = reviewer.locator("[data-place=step-2-body]").filter(has_text="Deux kilos de plus")
    passage.get_by_role("link", name="Faire une remarque").click()
    expect(reviewer.get_by_label("Le passage")).to_have_value("Deux kilos de plus : appelez.")
    reviewer.get_by_role("button", name="Laisser la remarque").click()
    expect(reviewer.locator("#body-error")).to_contain_text("Écrivez votre remarque")
    reviewer.get_by_label("Votre remarque").fill("Précisez en combien de jours.")
    reviewer.get_by_role("button", name="Laisser la remarque").click()
    expect(passage).to_contain_text("Précisez en combien de jours.")
    reviewer.get_by_role("button", name="Demander des changements").click()
    expect(reviewer.get_by_role("status").first).to_contain_text("Les changements sont demandés")

    author = scene.author
    author.goto("/modules")
    author.get_by_role("region", name="Remarques à traiter").get_by_role("link").click()
    expect(author.get_by_role("heading", name="1 remarque à traiter")).to_be_visible()
    author.get_by_text("Répondre, ou marquer comme traitée").click()
    author.get_by_label("Votre réponse").fill("En 3 jours.")
    author.get_by_role("button", name="Marquer comme traitée").click()
    expect(author.get_by_role("status").first).to_contain_text("La remarque est traitée")
    _send(author, scene.path)

    reviewer.goto(f"{scene.path}/review")
    expect(reviewer.locator("main")).to_contain_text("En 3 jours.")
    reviewer.get_by_role("link", name="Approuver").click()
    expect(reviewer.locator("main")).to_contain_text("Relu par Dr")
    reviewer.get_by_label("J’ai lu tout le texte, ses questions et ses sources.").check()
    reviewer.get_by_role("button", name="Signer et approuver").click()
    expect(reviewer.get_by_role("status").first).to_contain_text("Le module est approuvé")

    author.goto(scene.path)
    author.get_by_role("link", name="Publier").click()
    author.get_by_label("Comme d’habitude").check()
    author.get_by_role("button", name="Publier le module").click()
    expect(author.get_by_role("status").first).to_contain_text("Le module est publié")


def test_words_that_are_selected_are_remarked_upon(browse: Browse, relais: RunningPortal) -> None:
    scene = a_scene(browse, relais)
    _send(scene.author, scene.path)
    page = scene.reviewer
    page.goto(f"{scene.path}/review")
    button = page.get_by_role("link", name="Faire une remarque sur ce passage")
    expect(button).to_be_hidden()
    page.locator("[data-place=goal] [data-passage] p").select_text()
    button.click()
    expect(page.get_by_label("Le passage")).to_have_value("quand appeler si mon poids augmente")
    expect(page.get_by_text("Objectif")).to_be_visible()


def _send(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_role("link", name="Envoyer en relecture").click()
    page.get_by_role("radio").first.check()
    day = now().date() + timedelta(days=10)
    page.get_by_label("Avant quel jour espérez-vous une réponse ?").fill(f"{day:%d/%m/%Y}")
    page.get_by_role("button", name="Envoyer en relecture").click()
    expect(page.get_by_role("status").first).to_contain_text("Le module est envoyé en relecture")
