"""Journeys: a patient decides who sees her file, and it counts on the next tap."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.consent_pages import an_outsider
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_jeanne_says_no_to_sharing_and_her_nurse_loses_the_agenda_on_the_next_tap(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    home = f"/p/{relais.patient('Jeanne')}/"
    nadia = browse("nadia", java_script_enabled=script)
    nadia.goto(home)
    agenda = nadia.locator(".main-nav").get_by_role("link", name="Agenda")
    expect(agenda).to_be_visible()

    jeanne = browse("jeanne", java_script_enabled=script)
    relais.let_confirmations_lapse()
    jeanne.goto(f"{home}consents")
    switch = jeanne.get_by_role("switch", name="Coordonner mes soins")
    switch.click()
    if not script:
        jeanne.get_by_role("button", name="Enregistrer mes choix").click()
    expect(jeanne.get_by_text("C’est enregistré : le partage s’arrête")).to_be_visible()
    expect(switch).not_to_be_checked()

    agenda.click()
    expect(nadia.get_by_role("heading", level=1)).to_have_text(
        "Cette partie ne vous est pas ouverte"
    )

    relais.confirm_everybody()
    switch.click()
    if not script:
        jeanne.get_by_role("button", name="Enregistrer mes choix").click()
    expect(jeanne.get_by_role("heading", level=1)).to_have_text("Partager dans l’équipe de soins ?")
    jeanne.get_by_role("button", name="Oui, je suis d’accord").click()
    expect(jeanne.get_by_role("status").first).to_contain_text("C’est enregistré")
    nadia.goto(f"{home}agenda")
    expect(nadia.get_by_role("heading", level=1)).to_have_text("Agenda de Jeanne")


def test_jeanne_opens_her_file_to_one_person_and_prints_the_receipt(
    browse: Browse, relais: RunningPortal
) -> None:
    name = an_outsider(relais, family="Gourvennec")
    jeanne = browse("jeanne")
    relais.confirm_everybody()
    jeanne.goto(f"/p/{relais.patient('Jeanne')}/consents")
    jeanne.get_by_role("switch", name=name).click()
    expect(jeanne.get_by_role("heading", level=1)).to_have_text(f"Ouvrir le dossier à {name} ?")
    jeanne.get_by_role("button", name="Oui, je suis d’accord").click()
    expect(jeanne.get_by_role("switch", name=name)).to_be_checked()
    jeanne.get_by_role("link", name=f"Reçu {name}").first.click()
    expect(jeanne.get_by_role("heading", level=1)).to_have_text("Reçu d’un choix")
    jeanne.emulate_media(media="print")
    expect(jeanne.locator("code")).to_be_visible()
    expect(jeanne.locator("main .button-row")).to_be_hidden()
