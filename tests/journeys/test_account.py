"""Journeys: one's own name, password, notices, and where one lives."""

from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password
from tests.journeys.conftest import Browse
from tests.journeys.own_account import PASSWORD, WORDS, an_owner, signed_in
from tests.journeys.server import RunningPortal


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_a_new_password_is_chosen_from_the_account(browse: Browse, relais: RunningPortal) -> None:
    owner = an_owner(relais)
    page = signed_in(browse, relais, owner)
    page.goto("/account")
    page.get_by_role("link", name="Mot de passe").click()
    heading(page, "Mon mot de passe")
    page.get_by_label("Votre mot de passe actuel").fill("not that one at all")
    page.get_by_label("Nouveau mot de passe").fill(WORDS)
    page.get_by_role("button", name="Changer mon mot de passe").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Ce n’est pas votre mot de passe actuel")
    page.get_by_label("Votre mot de passe actuel").fill(PASSWORD)
    page.get_by_label("Nouveau mot de passe").fill(WORDS)
    page.get_by_role("button", name="Changer mon mot de passe").click()
    heading(page, "Mon compte")
    expect(page.get_by_role("status").first).to_contain_text("Votre mot de passe est changé")
    page.get_by_role("link", name="Historique de mon compte").click()
    expect(page.locator("main")).to_contain_text("Votre mot de passe a été changé")
    stranger = browse()
    give_password(stranger, owner.name, WORDS)
    heading(stranger, "Votre code à 6 chiffres")


def test_a_new_name_stands_on_every_page(browse: Browse, relais: RunningPortal) -> None:
    page = signed_in(browse, relais, an_owner(relais))
    page.goto("/account")
    page.get_by_role("link", name="Changer mon nom").click()
    page.get_by_label("Prénom").fill("Odile")
    page.get_by_label("Prénom").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Votre nom est changé")
    expect(page.locator(".person-band-name")).to_have_text("Odile Kerbrat")


def test_where_one_lives_changes_the_hours_of_the_account(
    browse: Browse, relais: RunningPortal
) -> None:
    page = signed_in(browse, relais, an_owner(relais))
    page.goto("/account/sessions")
    used = page.locator("main li dd").first
    at_home = used.inner_text()
    page.goto("/account/comfort")
    page.get_by_label("Où vous vivez").select_option(label="Nouvelle-Calédonie")
    page.get_by_role("button", name="Enregistrer mes réglages").click()
    expect(page.get_by_role("status").first).to_contain_text("Vos réglages sont enregistrés")
    expect(page.get_by_label("Où vous vivez")).to_have_value("Pacific/Noumea")
    page.goto("/account/sessions")
    # Nine or ten hours ahead of Paris: never the same clock.
    assert used.inner_text() != at_home


def test_the_choice_of_notices_is_kept(browse: Browse, relais: RunningPortal) -> None:
    page = signed_in(browse, relais, an_owner(relais))
    page.goto("/account")
    page.get_by_role("link", name="Avis par e-mail").click()
    box = page.get_by_label("Une connexion depuis un nouvel appareil")
    expect(box).to_be_checked()
    box.uncheck()
    page.get_by_role("button", name="Enregistrer mon choix").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre choix est enregistré")
    expect(box).not_to_be_checked()
