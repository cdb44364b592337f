"""Journeys: another e-mail address, with both mailboxes open."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password
from tests.journeys.conftest import Browse
from tests.journeys.own_account import an_owner, asked_email, letter, signed_in
from tests.journeys.server import RunningPortal


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_new_mailbox_confirms_and_the_new_address_signs_in(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    owner = an_owner(relais)
    new = f"new.{owner.name}"
    page = signed_in(browse, relais, owner)
    page.goto("/account")
    page.get_by_role("link", name="Adresse e-mail").click()
    asked_email(page, new)
    expect(page.get_by_role("status").filter(has_text=new)).to_be_visible()

    # The mail is opened on a tablet where nobody is signed in.
    tablet = browse(java_script_enabled=script)
    tablet.goto(letter(relais, new, "email_change_confirm"))
    heading(tablet, "Confirmez votre nouvelle adresse")
    assert new not in tablet.content()
    tablet.get_by_role("link", name="Me connecter").click()
    tablet.get_by_label("Adresse e-mail ou nom d’utilisateur").fill(owner.name)
    tablet.get_by_label("Mot de passe", exact=True).fill("relais-demo-2026")
    tablet.get_by_role("button", name="Me connecter").first.click()
    tablet.get_by_label("Code à 6 chiffres").fill(owner.code)
    tablet.get_by_role("button", name="Valider le code").click()
    heading(tablet, "Confirmez votre nouvelle adresse")
    expect(tablet.locator("main")).to_contain_text(new)
    tablet.get_by_role("button", name="Oui, c’est mon adresse").click()
    heading(tablet, "Mon compte")
    expect(tablet.get_by_role("status").first).to_contain_text("adresse e-mail est changée")
    expect(tablet.locator("main")).to_contain_text(new)

    page.goto("/account")
    expect(page.locator("main")).to_contain_text(new)
    stranger = browse()
    give_password(stranger, new)
    heading(stranger, "Votre code à 6 chiffres")
    give_password(stranger, owner.name)
    expect(stranger.locator("[data-error-summary]")).to_be_visible()


def test_the_old_mailbox_stops_a_change_that_its_owner_did_not_ask_for(
    browse: Browse, relais: RunningPortal
) -> None:
    owner = an_owner(relais)
    new = f"thief.{owner.name}"
    thief = signed_in(browse, relais, owner)
    asked_email(thief, new)
    # Read before it is stopped: the link is forgotten with it.
    link_of_thief = letter(relais, new, "email_change_confirm")

    phone = browse()
    phone.goto(letter(relais, owner.name, "email_change_asked"))
    heading(phone, "Arrêter le changement d’adresse ?")
    phone.get_by_role("button", name="Arrêter le changement").click()
    heading(phone, "Le changement est arrêté")

    thief.goto(link_of_thief)
    heading(thief, "Ce lien ne peut plus servir")
    thief.goto("/account")
    expect(thief.locator("main")).to_contain_text(owner.name)
    expect(thief.locator("main")).not_to_contain_text(new)


def test_somebody_without_an_address_adds_one(browse: Browse, relais: RunningPortal) -> None:
    owner = an_owner(relais, email=False)
    new = f"{owner.name}@example.org"
    page = signed_in(browse, relais, owner)
    page.goto("/account")
    expect(page.locator("main")).to_contain_text("Ajouter une adresse")
    asked_email(page, new)
    page.goto(letter(relais, new, "email_change_confirm"))
    page.get_by_role("button", name="Oui, c’est mon adresse").click()
    heading(page, "Mon compte")
    expect(page.locator("main")).to_contain_text(new)
    expect(page.locator("main")).to_contain_text(owner.name)
