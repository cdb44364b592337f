"""Journeys: one is booked, moved, cancelled and comes back; the family writes down its own."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.booking_pages import a_family, in_days
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def _status(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


@SCRIPT
def test_a_coordinator_books_moves_cancels_and_thinks_again(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, coordinates=True, script=script)
    page = family.open(f"{family.door}/book")
    page.get_by_label("Quel type de rendez-vous ?").select_option("À l’hôpital")
    page.get_by_label("De quoi s’agit-il ?").fill("Échographie du cœur")
    page.get_by_label("Jour", exact=True).fill(in_days(5))
    page.get_by_label("À partir de quelle heure ?").fill("09:15")
    page.get_by_label("Combien de minutes dure-t-il ?").fill("30")
    page.get_by_label("Avec qui ?").select_option("Nora Guivarch, infirmière")
    book = page.get_by_role("button", name="Prendre le rendez-vous pour Marguerite")
    book.click()
    expect(page.get_by_role("alert").filter(has_text="Pansement de la jambe")).to_be_visible()
    page.get_by_label("À partir de quelle heure ?").fill("10:30")
    book.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Échographie du cœur")
    _status(page, "Le rendez-vous est pris.")

    page.get_by_role("link", name="Déplacer").click()
    page.get_by_label("À partir de quelle heure ?").fill("11:45")
    page.get_by_label("Pourquoi ?").fill("La salle est prise")
    page.get_by_role("button", name="Déplacer le rendez-vous").click()
    _status(page, "Le rendez-vous est déplacé.")
    expect(page.locator(".next-visit-time")).to_have_text(re.compile("11.h.45"))

    page.get_by_role("link", name="Annuler ce rendez-vous").click()
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.get_by_role("link", name="Écrivez pourquoi il est annulé")).to_be_visible()
    page.get_by_label("Pourquoi est-il annulé ?").fill("L’appareil est en panne")
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    _status(page, "Le rendez-vous est annulé.")
    page.get_by_role("button", name="Revenir sur l’annulation").click()
    _status(page, "le rendez-vous a lieu")
    expect(page.get_by_role("link", name="Déplacer")).to_be_visible()


@SCRIPT
def test_the_family_writes_one_down_saves_it_all_the_same_and_takes_it_away(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, script=script)
    page = family.open(f"{family.door}/new")
    page.get_by_label("De quoi s’agit-il ?").fill("Le coiffeur")
    page.get_by_label("Jour", exact=True).fill(in_days(5))
    page.get_by_label("À partir de quelle heure ?").fill("15:10")
    page.get_by_role("button", name="Ajouter ce rendez-vous").click()
    expect(page.get_by_role("alert").filter(has_text="Le dentiste")).to_be_visible()
    page.get_by_role("button", name="Enregistrer quand même").click()
    _status(page, "Le rendez-vous est ajouté.")
    expect(page.get_by_role("heading", name="Ajouté par vous")).to_be_visible()

    page.get_by_role("link", name="Modifier ce rendez-vous").click()
    page.get_by_label("De quoi s’agit-il ?").fill("Le coiffeur à la maison")
    page.get_by_role("button", name="Enregistrer les changements").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le coiffeur à la maison")

    page.get_by_role("link", name="Supprimer ce rendez-vous").click()
    page.get_by_role("button", name="Supprimer ce rendez-vous").click()
    _status(page, "n’est plus dans l’agenda")
    page.get_by_role("button", name="Le remettre dans l’agenda").click()
    _status(page, "de retour dans l’agenda")


def test_fields_that_are_not_needed_stand_in_nobodys_way(
    browse: Browse, relais: RunningPortal
) -> None:
    family = a_family(browse, relais, script=False)
    page = family.open(f"{family.door}/new")
    last, end, length = (page.locator(name) for name in ("#last_day", "#ends", "#duration"))
    expect(last).to_be_hidden()
    expect(end).to_be_hidden()
    expect(length).to_be_visible()
    page.get_by_label("Entre deux heures").check()
    expect(end).to_be_visible()
    expect(last).to_be_hidden()
    page.get_by_label("Sur plusieurs jours").check()
    expect(last).to_be_visible()
    expect(length).to_be_hidden()


def test_two_who_move_one_appointment_both_know(browse: Browse, relais: RunningPortal) -> None:
    family = a_family(browse, relais, coordinates=True)
    page = family.open(f"{family.dressing}/move")
    other = page.context.new_page()
    other.goto(f"{family.dressing}/move")
    other.get_by_label("À partir de quelle heure ?").fill("10:00")
    other.get_by_role("button", name="Déplacer le rendez-vous").click()
    _status(other, "Le rendez-vous est déplacé.")
    page.get_by_label("À partir de quelle heure ?").fill("16:00")
    page.get_by_role("button", name="Déplacer le rendez-vous").click()
    expect(page.get_by_role("alert").filter(has_text="entre-temps")).to_contain_text("10")
    expect(page.get_by_label("À partir de quelle heure ?")).to_have_value("16:00")
    page.get_by_role("button", name="Déplacer le rendez-vous").click()
    _status(page, "Le rendez-vous est déplacé.")
    expect(page.locator(".next-visit-time")).to_have_text(re.compile("16.h.00"))
