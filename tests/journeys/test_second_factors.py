"""Journeys: a second app is added and removed, and new recovery codes are made."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password, sign_in, sign_out
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

EMAIL = "haddad@example.org"


def key_on(page: Page) -> str:
    return "".join((page.locator("#secret").text_content() or "").split())


def add_app(page: Page, relais: RunningPortal, name: str) -> str:
    """From the list of what protects the account, back to it; the key of the app."""
    page.get_by_role("link", name="Ajouter une application de codes").click()
    page.get_by_role("button", name="Continuer").click()
    key = key_on(page)
    page.get_by_label("Nom de cette application").fill(name)
    page.get_by_label("Entrez le code affiché").fill(relais.code_of_key(key))
    page.get_by_role("button", name="Vérifier et terminer").click()
    expect(page.get_by_role("status").first).to_contain_text("L’application de codes est prête")
    return key


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_second_app_is_added_used_renamed_and_removed(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = browse(java_script_enabled=script)
    sign_in(page, relais, "haddad")
    page.goto("/account")
    page.get_by_role("link", name="Ce qui protège mon compte").click()
    name = f"Tablette {script}"
    key = add_app(page, relais, name)

    sign_out(page)
    relais.forget_used_codes()
    give_password(page, EMAIL)
    page.get_by_label("Code à 6 chiffres").fill(relais.code_of_key(key))
    page.get_by_role("button", name="Valider le code").click()
    expect(page.locator(".page-footer")).to_be_visible()

    page.goto("/account/security")
    page.get_by_role("link", name=f"Renommer {name}").click()
    page.get_by_label("Nom de cette application").fill(f"Autre {script}")
    page.get_by_role("button", name="Enregistrer le nom").click()
    page.get_by_role("link", name=f"Retirer Autre {script}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Retirer cette application de codes ?"
    )
    page.get_by_role("button", name="Retirer", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("L’application de codes est retirée")
    expect(page.locator("main")).not_to_contain_text(f"Autre {script}")


def test_the_last_app_stays(browse: Browse, relais: RunningPortal) -> None:
    page = browse()
    sign_in(page, relais, "haddad")
    page.goto("/account/security")
    page.get_by_role("link", name="Retirer Démonstration").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Impossible de le retirer")
    expect(page.locator("main form")).to_have_count(0)


def test_new_recovery_codes_take_the_place_of_the_old_ones(
    browse: Browse, relais: RunningPortal
) -> None:
    page = browse()
    sign_in(page, relais, "haddad")
    old = _renew(page)
    new = _renew(page)
    assert not set(old) & set(new)
    sign_out(page)
    for code, is_good in ((old[0], False), (new[0], True)):
        give_password(page, EMAIL)
        page.goto("/sign-in/code?method=recovery")
        page.get_by_label("Code de secours").fill(code)
        page.get_by_role("button", name="Valider le code").click()
        heading = page.get_by_role("heading", level=1)
        words = "Vous avez utilisé un code de secours" if is_good else "Votre code de secours"
        expect(heading).to_have_text(words)


def _renew(page: Page) -> list[str]:
    page.goto("/account/security")
    page.get_by_role("link", name="Faire de nouveaux codes de secours").click()
    page.get_by_role("button", name="Faire dix nouveaux codes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gardez vos codes de secours")
    codes = page.locator(".code-list code").all_inner_texts()
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    expect(page.get_by_role("status").first).to_contain_text("Vos nouveaux codes de secours")
    return codes
