"""Journeys: Jeanne is asked about a programme, begins it, writes a goal, and leaves it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.programme_pages import DOOR
from tests.journeys.programme_team_pages import a_ward
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_the_proposal_to_a_goal_to_the_end(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    ward = a_ward(relais, accepts=False)
    relais.confirm_everybody()
    jeanne = ward.open(browse, "jeanne", "/", java_script_enabled=script)
    jeanne.get_by_role("link", name="Voir de quoi il s’agit").click()
    expect(jeanne.get_by_role("main")).to_contain_text("vous propose un programme")
    jeanne.get_by_text("Et si je dis non").first.click()
    expect(jeanne.get_by_text("Rien ne change dans vos soins").first).to_be_visible()
    jeanne.get_by_role("link", name="Lire, puis accepter").click()
    jeanne.get_by_role("button", name="Accepter le programme").click()
    expect(jeanne.get_by_role("status").first).to_contain_text("Le programme commence")

    jeanne.get_by_label("Ajouter un but").fill("Aller au marché à pied")
    jeanne.get_by_role("button", name="Ajouter ce but").click()
    jeanne.get_by_role("link", name="Aller au marché à pied").click()
    jeanne.get_by_role("radio", name="Atteint en partie").check()
    jeanne.get_by_role("button", name="Enregistrer le but").click()
    expect(jeanne.get_by_role("main")).to_contain_text("Atteint en partie")
    jeanne.get_by_role("link", name="Aller au marché à pied").click()
    jeanne.get_by_role("button", name="Retirer ce but").click()
    jeanne.get_by_role("button", name="Annuler").click()
    expect(jeanne.get_by_role("main")).to_contain_text("Aller au marché à pied")

    switch = jeanne.get_by_role("switch")
    switch.click()
    if not script:
        jeanne.get_by_role("button", name="Enregistrer ce choix").click()
    expect(jeanne.get_by_text("l’équipe le voit désormais")).to_be_visible()
    expect(switch).to_be_checked()

    jeanne.get_by_role("link", name="Quitter le programme").click()
    jeanne.get_by_role("button", name="Quitter le programme").click()
    expect(jeanne.get_by_role("status").first).to_contain_text("Le programme est terminé")
    expect(jeanne.get_by_role("main")).to_contain_text("Aller au marché à pied")


def test_a_carer_reads_the_programme_and_answers_nothing_for_her(
    browse: Browse, relais: RunningPortal
) -> None:
    ward = a_ward(relais, accepts=False)
    paul = ward.open(browse, "paul", "/education")
    expect(paul.get_by_role("main")).to_contain_text("personne n’accepte à sa place")
    expect(paul.get_by_role("button", name="Refuser")).to_have_count(0)
    paul.goto(f"/p/{ward.patient}{DOOR}/accept")
    expect(paul.get_by_role("heading", level=1)).to_have_text(
        "Cette partie ne vous est pas ouverte"
    )


def test_the_programme_of_the_demo_leads_on_where_jeanne_was(
    browse: Browse, relais: RunningPortal
) -> None:
    page = browse("jeanne")
    page.goto(f"/p/{relais.patient('Jeanne')}/education")
    card = page.get_by_role("region", name="Mieux vivre avec l’insuffisance cardiaque")
    expect(card).to_contain_text("1 module terminé sur 4")
    card.get_by_role("link", name="Continuer").click()
    page.wait_for_url("**/insuffisance-cardiaque-se-peser/**")
