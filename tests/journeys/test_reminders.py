"""Journeys: reminders are chosen, read again, corrected and stopped, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.reminder_pages import LIST, a_reader
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_reminders_are_chosen_and_stopped_by_one_tap(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = a_reader(browse, relais, java_script_enabled=script).open("/account")
    page.get_by_role("link", name="Rappels par e-mail").click()
    expect(page.get_by_text("Aucun rappel")).to_have_count(2)
    page.get_by_role("link", name=re.compile("Choisir des rappels.*Mes rendez-vous")).click()
    page.get_by_label("La veille").select_option("18 h")
    page.get_by_label("Rien à partir de").select_option("21 h")
    page.get_by_role("button", name="Enregistrer mes rappels").click()
    expect(page.locator("#quiet_until-error")).to_contain_text("Dites quand le silence finit")
    expect(page.locator("#evening")).to_have_value("18:00")
    page.get_by_label("Jusqu’à").select_option("7 h")
    page.get_by_role("button", name="Enregistrer mes rappels").click()
    expect(page.get_by_role("status").first).to_contain_text("est enregistré")
    mine = page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name="Mes rendez-vous")
    )
    expect(mine).to_contain_text("La veille à 18 h")
    expect(mine).to_contain_text("Rien entre 21 h et 7 h")
    mine.get_by_role("button", name="Arrêter ces rappels").click()
    expect(page.get_by_role("status").first).to_contain_text("Vous ne recevez plus de rappel")
    expect(page.get_by_text("Aucun rappel")).to_have_count(2)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_for_a_relative_the_mail_says_neither_what_nor_for_whom(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = a_reader(browse, relais, java_script_enabled=script).open(LIST)
    page.get_by_role("link", name=re.compile("Choisir des rappels.*Lucienne")).click()
    expect(page.get_by_text("Le jour et l’heure. Ni le motif, ni le nom.")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)
    page.get_by_label("Peu avant").select_option("1 h avant")
    page.get_by_label("Seulement quand j’accompagne Lucienne").check()
    page.get_by_role("button", name="Enregistrer mes rappels").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre choix pour Lucienne")
    expect(page.get_by_text("1 h avant", exact=True)).to_be_visible()
    expect(page.get_by_text("Seulement quand vous accompagnez")).to_be_visible()
