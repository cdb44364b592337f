"""Journeys: a forgotten password, the mail and the code of the phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password
from tests.journeys.conftest import Browse
from tests.journeys.own_account import WORDS, an_owner, asked_reset, letter, signed_in
from tests.journeys.server import RunningPortal


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_mail_and_the_code_together_open_the_account(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    owner = an_owner(relais)
    elsewhere = signed_in(browse, relais, owner)
    page = browse(java_script_enabled=script)
    page.goto("/sign-in")
    page.get_by_role("link", name="J’ai oublié mon mot de passe").click()
    heading(page, "Mot de passe oublié")
    asked_reset(page, owner.name)
    heading(page, "Regardez votre messagerie")
    link = letter(relais, owner.name, "password_reset")

    page.goto(link)
    heading(page, "Choisissez un nouveau mot de passe")
    page.get_by_label("Nouveau mot de passe").fill("Soleil123456!")
    page.get_by_label("Code à 6 chiffres").fill(owner.code)
    page.get_by_role("button", name="Changer mon mot de passe").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("facile à deviner")

    page.get_by_label("Nouveau mot de passe").fill(WORDS)
    page.get_by_label("Code à 6 chiffres").fill(owner.code)
    page.get_by_role("button", name="Changer mon mot de passe").click()
    heading(page, "Mon compte")
    expect(page.get_by_role("status").first).to_contain_text("Votre mot de passe est changé")

    elsewhere.goto("/account")
    heading(elsewhere, "Bonjour. Connectez-vous.")
    give_password(elsewhere, owner.name)
    expect(elsewhere.locator("[data-error-summary]")).to_be_visible()
    give_password(elsewhere, owner.name, WORDS)
    heading(elsewhere, "Votre code à 6 chiffres")
    elsewhere.goto(link)
    heading(elsewhere, "Ce lien ne peut plus servir")


def test_a_wrong_code_changes_nothing_and_the_link_still_serves(
    browse: Browse, relais: RunningPortal
) -> None:
    owner, page = an_owner(relais), browse()
    asked_reset(page, owner.name)
    page.goto(letter(relais, owner.name, "password_reset"))
    wrong = f"{(int(owner.code) + 333_333) % 1_000_000:06}"
    for code, said in ((wrong, "Ce code n’est pas le bon"), ("", "Écrivez le code")):
        page.get_by_label("Nouveau mot de passe").fill(WORDS)
        page.get_by_label("Code à 6 chiffres").fill(code)
        page.get_by_label("Code à 6 chiffres").press("Enter")
        expect(page.locator("[data-error-summary]")).to_be_focused()
        expect(page.locator("[data-error-summary]")).to_contain_text(said)
        expect(page.get_by_label("Nouveau mot de passe")).to_have_value("")
    other = browse()
    give_password(other, owner.name)
    heading(other, "Votre code à 6 chiffres")


def test_an_unknown_address_gets_the_same_page(browse: Browse, relais: RunningPortal) -> None:
    page = browse()
    asked_reset(page, an_owner(relais).name)
    known = page.locator("main").inner_text()
    asked_reset(page, "nobody.at.all@example.org")
    assert page.locator("main").inner_text() == known


def test_the_password_can_be_shown_while_it_is_chosen(
    browse: Browse, relais: RunningPortal
) -> None:
    owner, page = an_owner(relais), browse()
    asked_reset(page, owner.name)
    page.goto(letter(relais, owner.name, "password_reset"))
    field = page.locator("#password")
    field.fill(WORDS)
    page.get_by_role("button", name="Montrer le mot de passe").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Cacher le mot de passe").click()
    expect(field).to_have_attribute("type", "password")
