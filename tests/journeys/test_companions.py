"""Journeys: somebody comes along, boxes are ticked, a note is left, on a phone."""

import pytest
from playwright.sync_api import expect

from portal.models.rights import GrantAction
from tests.journeys.companions_pages import a_family
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

BOTH = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@BOTH
def test_a_carer_says_that_they_come_along(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = a_family(browse, relais, java_script_enabled=script).open()
    card = page.get_by_role("region", name="Qui accompagne Odette ?")
    card.get_by_text("Moi, Youenn").click()
    card.get_by_role("button", name="Enregistrer qui accompagne").click()
    expect(card.get_by_role("status")).to_contain_text("vous accompagnez")
    expect(card.get_by_role("radio", name="Moi, Youenn")).to_be_checked()
    history = page.get_by_role("region", name="Ce qui a changé")
    expect(history).to_contain_text("Youenn accompagne.")

    card.get_by_text("Personne, ce n’est pas utile").click()
    card.get_by_role("button", name="Enregistrer qui accompagne").click()
    expect(card.get_by_role("status")).to_contain_text("personne n’a besoin d’accompagner")


@BOTH
def test_who_only_reads_answers_the_question(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(
        browse, relais, action=GrantAction.SEE, is_asked=True, java_script_enabled=script
    )
    page = family.open()
    card = page.get_by_role("region", name="Qui accompagne Odette ?")
    card.get_by_role("button", name="Oui, j’accompagne").click()
    expect(card.get_by_role("status")).to_contain_text("vous accompagnez")
    card.get_by_role("link", name="Je ne peux plus venir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous accompagnez Odette")
    page.get_by_role("button", name="Je ne peux plus venir").click()
    expect(card).to_contain_text("Personne n’accompagne encore")
    expect(card.get_by_role("button")).to_have_count(0)


@BOTH
def test_who_is_elsewhere_then_is_warned_and_goes_on(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, is_busy=True, has_words=False, java_script_enabled=script)
    page = family.open()
    page.get_by_text("Moi, Youenn").click()
    page.get_by_role("button", name="Enregistrer qui accompagne").click()
    expect(page.get_by_role("alert")).to_contain_text("déjà quelqu’un à ce moment-là")
    page.get_by_role("button", name="Accompagner quand même").click()
    expect(page.get_by_role("radio", name="Moi, Youenn")).to_be_checked()


@BOTH
def test_the_way_there_is_written_down(browse: Browse, relais: RunningPortal, script: bool) -> None:
    page = a_family(browse, relais, has_words=False, java_script_enabled=script).open()
    page.get_by_role("link", name="Dire comment s’y rendre").click()
    page.get_by_label("Comment Odette s’y rend ?").fill("Taxi à 9 h")
    page.get_by_role("button", name="Enregistrer le trajet").click()
    card = page.get_by_role("region", name="Qui accompagne Odette ?")
    expect(card.get_by_role("status")).to_have_text("Le trajet est enregistré.")
    expect(page.locator(".facts")).to_contain_text("Taxi à 9 h")


def test_a_box_is_ticked_where_it_stands(browse: Browse, relais: RunningPortal) -> None:
    page = a_family(browse, relais).open()
    card = page.get_by_role("region", name="À préparer")
    expect(card.get_by_role("status")).to_have_text("1 point sur 3 est prêt.")
    card.get_by_role("checkbox", name="Noter le poids de ce matin").check()
    expect(card.get_by_role("status")).to_have_text("2 points sur 3 sont prêts.")
    expect(card.get_by_role("checkbox", name="Noter le poids de ce matin")).to_be_focused()
    expect(card).to_contain_text("Fait par Youenn")
    card.get_by_role("checkbox", name="Sortir l’ordonnance").check()
    expect(card.get_by_role("status")).to_have_text("Tout est prêt.")
    card.get_by_role("checkbox", name="Noter le poids de ce matin").uncheck()
    expect(card.get_by_role("status")).to_have_text("2 points sur 3 sont prêts.")
    page.reload()
    expect(card.get_by_role("checkbox", name="Sortir l’ordonnance")).to_be_checked()
    expect(card.get_by_role("checkbox", name="Noter le poids")).not_to_be_checked()


def test_quick_taps_are_all_kept(browse: Browse, relais: RunningPortal) -> None:
    page = a_family(browse, relais, has_words=False).open()
    card = page.get_by_role("region", name="À préparer")
    page.evaluate("document.querySelectorAll('input[name=done]').forEach((box) => box.click())")
    expect(card.get_by_role("status")).to_have_text("Tout est prêt.")
    for box in card.get_by_role("checkbox").all():
        expect(box).to_be_checked()


def test_boxes_are_ticked_without_a_script(browse: Browse, relais: RunningPortal) -> None:
    page = a_family(browse, relais, java_script_enabled=False).open()
    card = page.get_by_role("region", name="À préparer")
    card.get_by_role("checkbox", name="Noter le poids de ce matin").check()
    card.get_by_role("checkbox", name="Rester à jeun").uncheck()
    card.get_by_role("button", name="Enregistrer ce qui est prêt").click()
    expect(card.get_by_role("status")).to_have_text("1 point sur 3 est prêt.")
    expect(card.get_by_role("checkbox", name="Noter le poids de ce matin")).to_be_checked()
    expect(card.get_by_role("checkbox", name="Rester à jeun")).not_to_be_checked()


@BOTH
def test_a_note_is_left_and_taken_back(browse: Browse, relais: RunningPortal, script: bool) -> None:
    page = a_family(browse, relais, java_script_enabled=script).open()
    notes = page.get_by_role("region", name="Notes")
    expect(notes).to_contain_text("Visible par Odette et ses proches")
    notes.get_by_role("link", name="Écrire une note").click()
    page.get_by_label("Votre note").fill("Prendre la canne")
    page.get_by_text("Visible par tous ceux qui voient ce rendez-vous").click()
    page.get_by_role("button", name="Ajouter la note").click()
    expect(notes.get_by_role("status")).to_have_text("La note est ajoutée.")
    expect(notes).to_contain_text("Prendre la canne")
    notes.get_by_role("button", name="Supprimer").click()
    expect(notes.get_by_role("status")).to_contain_text("personne ne la lit plus")
    expect(notes.get_by_text("Prendre la canne", exact=True)).to_have_count(0)
    notes.get_by_role("button", name="Remettre la note").click()
    expect(notes).to_contain_text("Prendre la canne")
