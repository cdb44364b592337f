"""Journey: from an invitation to the second visit, with a lost phone."""

import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password, sign_out
from tests.journeys.conftest import Browse
from tests.journeys.places import NEW_PASSWORD, an_app_enrolment, an_invitation
from tests.journeys.server import RunningPortal

EMAIL = "odile@example.org"


def open_by_recovery(page: Page, code: str) -> None:
    give_password(page, EMAIL, NEW_PASSWORD)
    page.get_by_text("Je n’ai pas mon téléphone").click()
    page.get_by_role("link", name="Entrer un code de secours").click()
    page.get_by_label("Code de secours").fill(code)
    page.get_by_role("button", name="Valider le code").click()


def key_on(page: Page) -> str:
    page.get_by_text("Recopier la clé à la main").click()
    key = "".join(page.locator("#secret").inner_text().split())
    link = page.get_by_role("link", name="Ouvrir mon application").get_attribute("href") or ""
    address = urlsplit(link)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query)["secret"] == [key], "the app and the hand get the same key"
    return key


def test_a_neighbour_is_invited_enrols_loses_her_phone_and_comes_back(
    browse: Browse, relais: RunningPortal
) -> None:
    ahmed = str(relais.patient("Ahmed"))
    link = relais.command("invite", EMAIL, "--carer-of", ahmed, "--relationship", "NBOR")
    page = browse()
    page.goto(link)
    page.get_by_label("Votre prénom").fill("Odile")
    page.get_by_label("Votre nom").fill("Kerbrat")
    page.get_by_label("Choisissez un mot de passe").fill("motdepasse2024")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("facile à deviner")
    expect(page.get_by_label("Votre prénom")).to_have_value("Odile")
    expect(page.get_by_label("Votre nom")).to_have_value("Kerbrat")
    page.get_by_label("Choisissez un mot de passe").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Continuer").click()

    page.get_by_role("link", name="Mon téléphone, avec une application").click()
    expect(page.get_by_role("img", name="Carré à scanner")).to_be_visible()
    page.get_by_label("Entrez le code affiché").fill(relais.code_of_key(key_on(page)))
    page.get_by_role("button", name="Vérifier et terminer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Gardez vos codes de secours")
    expect(page.get_by_role("button", name="Imprimer cette feuille")).to_be_visible()
    codes = page.locator(".code-list code").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    expect(page).to_have_url(f"/p/{ahmed}/")
    expect(page.locator(".person-band-name")).to_have_text("Ahmed, votre voisin")

    sign_out(page)
    open_by_recovery(page, codes[0].lower().replace("-", " "))
    page.get_by_role("link", name="Non, continuer").click()
    expect(page).to_have_url(f"/p/{ahmed}/")
    sign_out(page)
    open_by_recovery(page, codes[0])
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_label("Code de secours")).to_be_visible()
    page.goto("/account")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette invitation ne peut pas servir")


def test_the_square_on_the_page_holds_the_address_of_the_link(
    browse: Browse, relais: RunningPortal
) -> None:
    reader = pytest.importorskip("zxingcpp", reason="no reader of QR codes is installed")
    image = pytest.importorskip("PIL.Image", reason="the square cannot be read without Pillow")
    page = an_app_enrolment(browse, relais)
    link = page.get_by_role("link", name="Ouvrir mon application").get_attribute("href")
    square = image.open(BytesIO(page.locator(".qr").screenshot()))
    assert [one.text for one in reader.read_barcodes(square)] == [link]


def test_the_password_can_be_shown_and_hidden(browse: Browse, relais: RunningPortal) -> None:
    page = an_invitation(browse, relais)
    field = page.locator("#password")
    field.fill("violon")
    page.get_by_role("button", name="Montrer le mot de passe").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Cacher le mot de passe").click()
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value("violon")
