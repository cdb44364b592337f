"""Journey: the phone is lost and no recovery code is left; two people of the team help."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import lost
from tests.journeys.acts import give_password
from tests.journeys.conftest import Browse
from tests.journeys.places import NEW_PASSWORD
from tests.journeys.server import RunningPortal

BANNER = "Un nouvel accès à votre compte a été demandé."


def _heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def _open_as_claire(page: Page, relais: RunningPortal, name: str) -> None:
    page.goto("/professional/patients")
    page.locator(".person-switcher > summary").click()
    page.get_by_role("link", name="Nouvel accès pour quelqu’un").click()
    relais.confirm_everybody()
    page.get_by_role("link", name="La personne est devant moi").click()
    page.get_by_label("Identifiant de cette personne").fill(name)
    page.get_by_label("Carte d’identité").check()
    page.get_by_label("J’ai vu la personne et le document").check()
    page.get_by_role("button", name="Ouvrir la demande").click()
    expect(page.get_by_role("status").first).to_contain_text("La demande est ouverte.")
    expect(page.get_by_role("link", name="Confirmer cette demande")).to_have_count(0)


def _confirm_as_thomas(page: Page, relais: RunningPortal, who: str) -> None:
    relais.confirm_everybody()
    page.goto("/professional/reproofing")
    page.get_by_role("link", name=who).first.click()
    page.get_by_role("link", name="Confirmer cette demande").click()
    expect(page.locator("dl.details")).to_contain_text("Carte d’identité")
    page.get_by_label("J’ai parlé avec Claire Morvan").check()
    page.get_by_role("button", name="Confirmer et voir la feuille").click()
    _heading(page, "Votre nouvel accès à Relais")


def _new_password(page: Page) -> None:
    page.get_by_label("Choisissez un mot de passe").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/enrolment")


def _new_app(page: Page, relais: RunningPortal) -> str:
    """The key of the app, once its first code was accepted."""
    page.goto("/enrolment?method=app")
    key = "".join((page.locator("#secret").text_content() or "").split())
    page.locator("#code").fill(relais.code_of_key(key))
    page.locator("#code").press("Enter")
    page.wait_for_url("**/recovery-codes**")
    return key


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_simone_without_an_address_comes_back_with_the_sheet(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    simone = lost.an_account(relais, email=False)
    elsewhere = browse(java_script_enabled=script)
    lost.open_session(elsewhere, relais, simone)
    claire = browse("claire", java_script_enabled=script)
    thomas = browse("thomas", java_script_enabled=script)

    _open_as_claire(claire, relais, simone.name)
    _confirm_as_thomas(thomas, relais, "Simone Guern")
    expect(thomas.locator("main")).to_contain_text(simone.name)
    code = thomas.locator(".secret").inner_text()

    phone = browse(java_script_enabled=script)
    phone.goto("/renewal/code")
    phone.get_by_label("Votre identifiant").fill(simone.name)
    phone.get_by_label("Code de la feuille").fill(code.lower().replace("-", " "))
    phone.get_by_role("button", name="Continuer").click()
    _heading(phone, "Pas encore : revenez un peu plus tard")
    elsewhere.goto("/account")
    expect(elsewhere.locator("main")).to_contain_text(BANNER)

    lost.let_a_day_pass(relais, simone)
    phone.reload()
    _heading(phone, "Votre nouvel accès")
    expect(phone.locator("#name")).to_have_value(simone.name)
    _new_password(phone)
    key = _new_app(phone, relais)
    expect(phone.locator(".code-list code")).to_have_count(10)
    phone.get_by_role("button", name="J’ai gardé mes codes").click()
    expect(phone.locator(".person-band-name")).to_have_text("Ahmed, votre voisin")

    elsewhere.goto("/account")
    expect(elsewhere).to_have_url(re.compile("/sign-in"))
    assert len(key) == 32
    give_password(elsewhere, simone.name)
    expect(elsewhere.locator("[data-error-summary]")).to_be_visible()
    give_password(elsewhere, simone.name, NEW_PASSWORD)
    elsewhere.wait_for_url("**/sign-in/code")


def test_simone_finds_her_phone_and_stops_it_from_a_browser_still_open(
    browse: Browse, relais: RunningPortal
) -> None:
    simone = lost.an_account(relais)
    page = browse()
    lost.open_session(page, relais, simone)
    page.goto("/account")
    expect(page.locator("main")).not_to_contain_text(BANNER)
    way = lost.confirmed(relais, simone)
    for path in ("/account", "/account/comfort", f"/p/{relais.patient('Ahmed')}/"):
        page.goto(path)
        expect(page.locator("main")).to_contain_text(BANNER)
    page.get_by_role("button", name="Ce n’est pas moi : arrêter").click()
    _heading(page, "Le nouvel accès est arrêté")
    page.get_by_role("link", name="Retour à Relais").click()
    expect(page.locator("main")).not_to_contain_text(BANNER)

    lost.let_a_day_pass(relais, simone)
    thief = browse()
    thief.goto(f"/renewal/{way.token}")
    _heading(thief, "Ce nouvel accès ne peut pas servir")
    thief.goto("/renewal/code")
    lost.type_code(thief, simone, way)
    expect(thief.locator("[data-error-summary]")).to_contain_text("n’ouvrent rien")


def test_simone_stops_it_by_the_link_of_the_mail(browse: Browse, relais: RunningPortal) -> None:
    simone = lost.an_account(relais)
    lost.confirmed(relais, simone)
    link = lost.path_in_mail(relais, simone, "reproofing_confirmed")
    page = browse()
    page.goto(link)
    page.get_by_role("button", name="Arrêter").click()
    _heading(page, "Le nouvel accès est arrêté")
    page.goto(link)
    _heading(page, "Il n’y a plus rien à arrêter")


def test_the_mail_leads_simone_to_the_page_where_her_sheet_is_typed(
    browse: Browse, relais: RunningPortal
) -> None:
    simone = lost.an_account(relais)
    way = lost.confirmed(relais, simone, is_ready=True)
    page = browse()
    page.goto(lost.path_in_mail(relais, simone, "reproofing_ready"))
    lost.type_code(page, simone, way)
    _new_password(page)
    _new_app(page, relais)
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    expect(page.locator(".person-band-name")).to_have_text("Ahmed, votre voisin")


def test_an_operator_cancels_what_looks_wrong(browse: Browse, relais: RunningPortal) -> None:
    request_id = lost.opened(relais, lost.an_account(relais))
    page = browse("admin")
    page.goto("/ops/accounts")
    page.get_by_role("link", name="Nouvel accès pour une personne qui a tout perdu").click()
    expect(page.get_by_role("link", name="La personne est devant moi")).to_have_count(0)
    page.locator(f'a[href$="{request_id}"]').click()
    page.get_by_role("button", name="Annuler cette demande").click()
    expect(page.get_by_role("status").first).to_contain_text("La demande est annulée.")
    expect(page.locator("dl.details")).to_contain_text("Camille Roudaut")
