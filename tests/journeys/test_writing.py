"""Journeys: a patient expert writes without a script, with a bad network, and not alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.watching import Watch
from tests.journeys.writing_pages import written

TABLET = {"width": 820, "height": 1180}
BODY = "Texte complet"


def _step(browse: Browse, relais: RunningPortal, **options: object) -> Page:
    return written("/edit/steps/s2", options={"viewport": TABLET, **options})(browse, relais)


def test_a_step_is_written_and_marked_without_a_script(
    browse: Browse, relais: RunningPortal
) -> None:
    page = _step(browse, relais, java_script_enabled=False)
    page.get_by_label(BODY).fill("Le matin, avant le café.")
    page.get_by_label("Passage pour les boutons ci-dessus").fill("avant le café")
    page.get_by_role("button", name="Gras").click()
    expect(page.get_by_label(BODY)).to_have_value("Le matin, **avant le café**.")
    expect(page.locator("article strong")).to_have_text("avant le café")
    expect(page.get_by_text("Brouillon enregistré")).to_be_visible()
    page.get_by_role("link", name="Tout le module").click()
    page.get_by_role("button", name="Retirer : Comment").click()
    expect(page.get_by_role("status").first).to_contain_text("C’est retiré.")
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("link", name="2. Comment")).to_be_visible()


def test_marks_go_around_the_selection_and_the_preview_follows(
    browse: Browse, relais: RunningPortal
) -> None:
    page = _step(browse, relais)
    body = page.get_by_label(BODY)
    expect(page.get_by_label("Passage pour les boutons ci-dessus")).to_be_hidden()
    body.fill("Le matin")
    body.select_text()
    page.get_by_role("button", name="Gras").click()
    expect(body).to_have_value("**Le matin**")
    expect(page.locator("#kept article strong")).to_have_text("Le matin")
    body.press("Control+End")
    page.get_by_role("button", name="À retenir").click()
    expect(body).to_have_value("!! **Le matin**")
    expect(page.locator("#kept .key-point")).to_contain_text("Le matin")


def test_what_is_typed_while_it_is_being_saved_is_saved_as_well(
    browse: Browse, relais: RunningPortal
) -> None:
    page = _step(browse, relais)
    body = page.get_by_label(BODY)
    with page.expect_request(lambda request: request.method == "POST"):
        body.press_sequentially(" Un.", delay=20)
    body.press_sequentially(" Deux.", delay=20)
    page.context.set_offline(True)
    body.press_sequentially(" Trois.", delay=20)
    expect(page.locator("[data-kept]")).to_contain_text("Pas enregistré : pas de connexion")
    page.context.set_offline(False)
    expect(page.locator("#kept article")).to_contain_text("Un. Deux. Trois.", timeout=20_000)
    page.reload()
    assert "Un. Deux. Trois." in page.get_by_label(BODY).input_value()


def test_a_text_that_is_too_long_is_said_at_once_and_stays(
    browse: Browse, relais: RunningPortal, watch: Watch
) -> None:
    watch.expect("/edit/steps/")
    page = _step(browse, relais)
    page.get_by_label("Titre de l’étape").fill("é" * 90)
    expect(page.locator("#kept")).to_contain_text("Retirez 10 caractères")
    expect(page.get_by_label("Titre de l’étape")).to_have_value("é" * 90)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_two_people_who_change_one_passage_choose_in_the_end(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = _step(browse, relais, java_script_enabled=script)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label(BODY).fill("De l’autre onglet.")
    other.get_by_role("button", name="Enregistrer").click()
    expect(other.get_by_text("Brouillon enregistré")).to_be_visible()
    page.get_by_label(BODY).fill("De cet onglet.")
    if script:
        expect(page.locator("#kept")).to_contain_text("Les deux textes sont gardés")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deux textes pour le même passage")
    page.get_by_label("L’écrire ensemble").check()
    page.get_by_label("Le texte des deux").fill("Des deux onglets.")
    page.get_by_role("button", name="Enregistrer mon choix").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre choix est enregistré.")
    page.get_by_role("link", name="2. Comment").click()
    expect(page.get_by_label(BODY)).to_have_value("Des deux onglets.")
