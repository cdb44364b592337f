"""Journeys: a need finds somebody who answers for it, changes hands, and ends."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.needs_pages import a_family
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_need_is_written_down_and_changes_hands(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, has_needs=False, script=script)
    page = family.open(family.door)
    page.get_by_role("link", name="Ajouter un besoin").click()
    page.get_by_label("De quoi s’agit-il ?").select_option("Transport")
    page.get_by_label("Précisions").fill("Pour la consultation")
    page.get_by_role("button", name="Ajouter ce besoin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Transport")
    expect(page.get_by_text("Personne n’en répond", exact=True)).to_be_visible()

    page.locator("#owner").select_option("Nora Guivarch, infirmière")
    page.get_by_role("button", name="Confier à cette personne").click()
    expect(page.get_by_role("status").first).to_contain_text("quelqu’un en répond maintenant")
    expect(page.get_by_text("Personne n’en répond", exact=True)).to_have_count(0)

    page.get_by_role("link", name="C’est terminé").click()
    page.get_by_label("Pourquoi est-ce terminé ?").fill("La consultation a eu lieu")
    page.get_by_role("button", name="Terminer ce besoin").click()
    expect(page.get_by_role("status").first).to_contain_text("Vous pouvez le reprendre")
    page.get_by_role("button", name="Reprendre ce besoin").click()
    expect(page.get_by_role("listitem").filter(has_text="Besoin repris.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_alarm_is_settled_on_the_list_by_one_act(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    family = a_family(browse, relais, script=script)
    page = family.open(family.door)
    meals = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Repas"))
    meals.get_by_label("Qui en répond ?").select_option("Maïwenn Guivarch, infirmière")
    meals.get_by_role("button", name="Confier à cette personne").click()
    expect(page.get_by_role("status").first).to_contain_text("Repas")
    page.get_by_role("button", name="Toujours d’actualité, revoir dans 3 mois").click()
    expect(page.get_by_role("status").first).to_contain_text("dans 3 mois")
    expect(page.get_by_role("heading", name="À régler d’abord")).to_have_count(0)
