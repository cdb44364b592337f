"""Journeys: a finger on the phone in the place of password and code."""

import re
from itertools import count

from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password, sign_in, sign_out
from tests.journeys.axe import violations
from tests.journeys.phones import KeyPhone, TakePhone, take_phone
from tests.journeys.places import NEW_PASSWORD, invite_stranger
from tests.journeys.server import RunningPortal

__all__ = ["take_phone"]
ALONE = "Utiliser une clé d’accès"
_people = count(1)


def _heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def _looks_right(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], scheme
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _enrolled(take_phone: TakePhone, relais: RunningPortal) -> tuple[KeyPhone, str]:
    """A newcomer who has just chosen a passkey, and their address."""
    email = f"finger{next(_people)}@example.org"
    phone = take_phone()
    page = phone.page
    page.goto(invite_stranger(relais, email))
    page.locator("#given_name").fill("Odile")
    page.locator("#family_name").fill("Kerbrat")
    page.locator("#password").fill(NEW_PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/enrolment")
    page.get_by_role("button", name="Une clé d’accès sur cet appareil").click()
    _heading(page, "Gardez vos codes de secours")
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    expect(page).to_have_url(re.compile("/p/"))
    return phone, email


def _touch(page: Page, name: str = ALONE) -> None:
    page.get_by_role("button", name=name).click()


def _said(page: Page, words: str) -> None:
    expect(page.locator("#announcements .toast")).to_contain_text(words)


def test_a_passkey_is_added_used_and_removed(take_phone: TakePhone, relais: RunningPortal) -> None:
    phone = take_phone()
    page = phone.page
    sign_in(page, relais, "sylvie")
    page.goto("/account/security")
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    _heading(page, "Mes clés d’accès")
    _looks_right(page)
    page.get_by_label("Nom de la clé d’accès").fill("")
    _touch(page, "Créer la clé d’accès")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert phone.passkeys() == [], "no key is made before its name is right"
    page.get_by_label("Nom de la clé d’accès").fill("Mon téléphone")
    _touch(page, "Créer la clé d’accès")
    expect(page.get_by_role("status").first).to_contain_text("Votre clé d’accès est prête")
    expect(page.get_by_role("heading", name="Mon téléphone")).to_be_visible()
    _looks_right(page)
    assert len(phone.passkeys()) == 1
    _touch(page, "Créer la clé d’accès")
    _said(page, "Cet appareil a déjà une clé d’accès")
    page.locator("#announcements .toast").click()

    sign_out(page)
    _looks_right(page)
    _touch(page)
    expect(page).not_to_have_url(re.compile("/sign-in"))

    page.goto("/account/security/passkeys")
    page.get_by_role("link", name="Renommer Mon téléphone").click()
    page.get_by_label("Nom de la clé d’accès").fill("Petit téléphone")
    page.get_by_role("button", name="Enregistrer le nom").click()
    page.get_by_role("link", name="Retirer Petit téléphone").click()
    _heading(page, "Retirer cette clé d’accès ?")
    page.get_by_role("button", name="Retirer la clé d’accès").click()
    expect(page.get_by_role("status").first).to_contain_text("La clé d’accès est retirée")

    sign_out(page)
    _touch(page)
    _heading(page, "Cette clé d’accès n’a pas fonctionné")
    _looks_right(page)
    page.get_by_role("link", name="Choisir un autre moyen").click()
    _heading(page, "Bonjour. Connectez-vous.")


def test_a_newcomer_chooses_a_passkey_and_signs_in_with_it_both_ways(
    take_phone: TakePhone, relais: RunningPortal
) -> None:
    phone, email = _enrolled(take_phone, relais)
    page = phone.page
    sign_out(page)
    _touch(page)
    expect(page).to_have_url(re.compile("/p/"))
    sign_out(page)
    give_password(page, email, NEW_PASSWORD)
    _heading(page, "Votre clé d’accès")
    _looks_right(page)
    _touch(page, "Utiliser ma clé d’accès")
    expect(page).to_have_url(re.compile("/p/"))


def test_the_only_passkey_stays(take_phone: TakePhone, relais: RunningPortal) -> None:
    page = _enrolled(take_phone, relais)[0].page
    page.goto("/account/security/passkeys")
    page.get_by_role("link", name="Retirer").click()
    _heading(page, "Cette clé d’accès ne peut pas être retirée")
    expect(page.get_by_role("button", name="Retirer la clé d’accès")).to_have_count(0)
    _looks_right(page)


def test_a_strange_finger_opens_nothing(take_phone: TakePhone, relais: RunningPortal) -> None:
    phone, _email = _enrolled(take_phone, relais)
    page = phone.page
    sign_out(page)
    phone.recognise(is_owner=False)
    _touch(page)
    _said(page, "Rien n’a été fait.")
    _heading(page, "Bonjour. Connectez-vous.")
    expect(page.get_by_role("button", name=ALONE)).to_be_focused()
    phone.recognise(is_owner=True)
    _touch(page)
    expect(page).to_have_url(re.compile("/p/"))


def test_a_passkey_confirms_before_the_account_changes(
    take_phone: TakePhone, relais: RunningPortal
) -> None:
    phone, _email = _enrolled(take_phone, relais)
    page = phone.page
    relais.let_confirmations_lapse()
    page.goto("/account/security/passkeys")
    _heading(page, "Confirmez que c’est bien vous")
    _looks_right(page)
    _touch(page, "Utiliser ma clé d’accès")
    expect(page).to_have_url("/account/security/passkeys")
    _heading(page, "Mes clés d’accès")


def test_a_name_typed_before_the_confirmation_is_asked_is_kept(
    take_phone: TakePhone, relais: RunningPortal
) -> None:
    phone, _email = _enrolled(take_phone, relais)
    phone.watch.expect("/account/security/passkeys/options")
    page = phone.page
    page.goto("/account/security/passkeys")
    page.get_by_label("Nom de la clé d’accès").fill("Ma tablette")
    relais.let_confirmations_lapse()
    _touch(page, "Créer la clé d’accès")
    page.wait_for_selector("ol.numbered")
    assert "Ma tablette" in page.content()


def test_a_phone_without_a_passkey_says_so_calmly(take_phone: TakePhone) -> None:
    page = take_phone().page
    page.goto("/sign-in")
    _touch(page)
    _said(page, "Rien n’a été fait.")
    _heading(page, "Bonjour. Connectez-vous.")


def test_without_a_portal_that_answers_the_sentence_says_what_to_do(
    take_phone: TakePhone,
) -> None:
    page = take_phone().page
    page.goto("/sign-in")
    page.context.set_offline(True)
    _touch(page)
    _said(page, "Réessayez, ou choisissez un autre moyen.")


def test_without_scripts_or_passkeys_there_is_no_dead_button(take_phone: TakePhone) -> None:
    plain = take_phone(java_script_enabled=False).page
    plain.goto("/sign-in")
    expect(plain.get_by_role("button", name=ALONE)).to_have_count(0)
    old = take_phone().page
    old.add_init_script("delete window.PublicKeyCredential")
    old.goto("/sign-in")
    expect(old.get_by_role("button", name=ALONE)).to_have_count(0)
    expect(old.get_by_role("button", name="Me connecter", exact=True)).to_be_visible()
