"""Journey: the phone is lost; a recovery code, a new app, and the old one is worth nothing."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import give_password, sign_out
from tests.journeys.conftest import Browse
from tests.journeys.places import NEW_PASSWORD, invite_stranger
from tests.journeys.server import RunningPortal
from tests.journeys.test_second_factors import add_app, key_on


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_lost_phone_is_replaced_with_a_recovery_code(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    email = f"perdu-{script}@example.org".lower()
    page = browse(java_script_enabled=script)
    page.goto(invite_stranger(relais, email))
    page.get_by_label("Votre prénom").fill("Odile")
    page.get_by_label("Votre nom").fill("Kerbrat")
    page.get_by_label("Choisissez un mot de passe").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Mon téléphone, avec une application").click()
    lost_key = key_on(page)
    page.get_by_label("Entrez le code affiché").fill(relais.code_of_key(lost_key))
    page.get_by_role("button", name="Vérifier et terminer").click()
    expect(page.locator(".code-list code")).to_have_count(10)
    codes = page.locator(".code-list code").all_inner_texts()
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    sign_out(page)

    give_password(page, email, NEW_PASSWORD)
    page.get_by_text("Je n’ai pas mon téléphone").click()
    page.get_by_role("link", name="Entrer un code de secours").click()
    page.get_by_label("Code de secours").fill(codes[4].lower().replace("-", ""))
    page.get_by_role("button", name="Valider le code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Vous avez utilisé un code de secours"
    )
    page.get_by_role("link", name="Oui, le remplacer maintenant").click()
    new_key = add_app(page, relais, "Téléphone neuf")
    page.get_by_role("link", name="Retirer Application de codes").click()
    page.get_by_role("button", name="Retirer", exact=True).click()
    expect(page.locator("main")).to_contain_text("Téléphone neuf")
    sign_out(page)

    relais.forget_used_codes()
    for key, is_good in ((lost_key, False), (new_key, True)):
        give_password(page, email, NEW_PASSWORD)
        page.get_by_label("Code à 6 chiffres").fill(relais.code_of_key(key))
        page.get_by_role("button", name="Valider le code").click()
        if is_good:
            expect(page.locator(".page-footer")).to_be_visible()
        else:
            expect(page.locator(".field-error")).to_be_visible()
