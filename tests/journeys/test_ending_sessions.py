"""Journeys: a phone that was left somewhere is signed out from another one."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.own_account import OTHER_PHONE, an_owner, signed_in
from tests.journeys.server import RunningPortal


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_other_browser_is_out_on_its_next_request(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    owner = an_owner(relais)
    lost = signed_in(browse, relais, owner, agent=OTHER_PHONE)
    lost.goto("/people")
    heading(lost, "Pour qui consultez-vous ?")
    page = signed_in(browse, relais, owner, java_script_enabled=True)
    if not script:
        plain = browse(java_script_enabled=False)
        plain.context.add_cookies(page.context.cookies())
        page = plain
    page.goto("/account")
    page.get_by_role("link", name="Appareils connectés").click()
    heading(page, "Appareils connectés")
    card = page.locator("main li").filter(has_text="Chrome sur Android")
    card.get_by_role("button", name="Déconnecter cet appareil").click()
    said = page.get_by_role("status").first
    expect(said).to_contain_text("L’autre appareil est déconnecté. Celui-ci reste ouvert")
    expect(page.locator("main")).not_to_contain_text("Chrome sur Android")

    lost.goto("/account")
    heading(lost, "Bonjour. Connectez-vous.")
    page.goto("/account/history")
    expect(page.locator("main")).to_contain_text("Chrome sur Android")


def test_all_others_are_out_at_once_and_this_one_stays(
    browse: Browse, relais: RunningPortal
) -> None:
    owner = an_owner(relais)
    others = [signed_in(browse, relais, owner, agent=OTHER_PHONE) for _ in range(2)]
    page = signed_in(browse, relais, owner)
    page.goto("/account/sessions")
    page.get_by_role("button", name="Déconnecter tous les autres").click()
    expect(page.get_by_role("status").first).to_contain_text("Tous vos autres appareils")
    expect(page.locator("main")).to_contain_text("nulle part ailleurs")
    for other in others:
        other.goto("/people")
        heading(other, "Bonjour. Connectez-vous.")
