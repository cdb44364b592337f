"""Journeys: somebody tries one password after the other, and what the owner sees of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password
from tests.journeys.conftest import Browse

STRANGER = "personne@example.org"


def _fail_until_the_pause(page: Page, email: str) -> None:
    for _ in range(6):
        give_password(page, email, "un autre mot de passe")
    expect(page.get_by_role("heading", level=1, name="Trop d’essais")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_the_pause_says_how_long_it_lasts_and_what_still_opens(
    browse: Browse, script: bool
) -> None:
    page = browse(java_script_enabled=script)
    _fail_until_the_pause(page, f"{script}.{STRANGER}")
    said = page.locator("main")
    expect(said).to_contain_text(re.compile(r"attendez \d+\sminutes"))
    expect(said).to_contain_text("clé d’accès")
    page.get_by_role("link", name="Revenir à la connexion").click()
    page.get_by_role("link", name="J’ai oublié mon mot de passe").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mot de passe oublié")


def test_a_pause_of_one_account_is_no_pause_of_another(browse: Browse) -> None:
    page = browse()
    _fail_until_the_pause(page, f"autre.{STRANGER}")
    give_password(page, "jeanne@example.org")
    expect(page).to_have_url(re.compile("/sign-in/code$"))
