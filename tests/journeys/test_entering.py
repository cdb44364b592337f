"""Journeys: the door, with three taps and by hand."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import give_password, sign_in
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

INSIDE = {
    "jeanne": ("Bonjour Jeanne", "Votre espace"),
    "paul": ("Pour qui consultez-vous ?", "Votre compte"),
    "sylvie": ("Aujourd’hui pour Jeanne", "Vous consultez pour"),
    "claire": ("Mes patients", "Espace professionnel"),
    "nadia": ("Mes patients", "Espace professionnel"),
    "monique": ("Bonjour Monique", "Votre espace"),
    "admin": ("Comptes", "Votre compte"),
}


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


@pytest.mark.parametrize("persona", INSIDE)
def test_three_taps_lead_inside(browse: Browse, relais: RunningPortal, persona: str) -> None:
    page = browse()
    sign_in(page, relais, persona)
    title, band = INSIDE[persona]
    heading(page, title)
    expect(page.locator(".person-band-mode")).to_contain_text(band)


def test_sylvie_sees_the_agenda_and_nothing_of_the_team(
    browse: Browse, relais: RunningPortal
) -> None:
    page, jeanne = browse("sylvie"), relais.patient("Jeanne")
    page.goto(f"/p/{jeanne}/")
    tabs = page.locator(".main-nav-link")
    assert tabs.all_inner_texts() == ["Accueil", "Agenda"]
    answer = page.goto(f"/p/{jeanne}/care-team")
    assert answer is not None
    assert answer.status == 403
    heading(page, "Cette partie ne vous est pas ouverte")
    for secret in ("Jeanne", "Morel", "Haddad", "Le Goff", "Belkacem", "tel:06", str(jeanne)):
        assert secret not in page.content()


def test_nadia_opens_a_patient_as_a_professional(browse: Browse) -> None:
    page = browse("nadia")
    page.goto("/")
    heading(page, "Mes patients")
    page.get_by_role("link", name="Louise Bernard").click()
    band = page.locator(".person-band")
    expect(band).to_contain_text("Espace professionnel · Nadia Belkacem")
    expect(band).to_contain_text("Dossier de Louise Bernard")
    expect(page).to_have_title("Aujourd’hui — pour Louise — Relais")
    for tab, title in (("Agenda", "Agenda de Louise"), ("Équipe", "Qui fait quoi pour Louise ?")):
        page.locator(".main-nav").get_by_role("link", name=tab).click()
        heading(page, title)
        expect(band).to_contain_text("Dossier de Louise Bernard")


def test_the_operator_sees_accounts_and_no_file(browse: Browse, relais: RunningPortal) -> None:
    page = browse("admin")
    page.goto("/")
    for name in ("jeanne", "paul", "sylvie", "claire", "nadia", "monique", "admin"):
        row = page.get_by_role("row").filter(has_text=f"{name}@example.org")
        expect(row).to_have_count(1)
    tabs = page.locator(".main-nav-link").all_inner_texts()
    assert tabs == ["Comptes", "E-mails", "Mon compte"]
    answer = page.goto(f"/p/{relais.patient('Jeanne')}/")
    assert answer is not None
    assert answer.status == 404
    assert "Jeanne" not in page.content()


def test_the_keyboard_alone_leads_inside(browse: Browse, relais: RunningPortal) -> None:
    page = browse()
    relais.forget_used_codes()
    page.goto("/sign-in")
    _tab_to(page, "email")
    page.keyboard.type("legoff@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("relais-demo-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code")
    _tab_to(page, "code")
    page.keyboard.type(relais.code("legoff@example.org"))
    page.keyboard.press("Enter")
    heading(page, "Mes patients")


def _tab_to(page: Page, field: str) -> None:
    for _press in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            return
    raise AssertionError(f"twenty tabs do not reach {field}")


def test_a_wrong_password_says_so_first_and_keeps_the_address(browse: Browse) -> None:
    page = browse()
    give_password(page, "haddad@example.org", "not my password")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("L’adresse, le nom d’utilisateur ou le mot de passe est faux")
    assert page.title().startswith("Erreur")
    expect(page.get_by_label("Adresse e-mail")).to_have_value("haddad@example.org")
    expect(page.get_by_label("Mot de passe", exact=True)).to_have_value("")


def test_a_wrong_code_is_refused(browse: Browse, relais: RunningPortal) -> None:
    page = browse()
    give_password(page, "haddad@example.org")
    right = relais.code("haddad@example.org")
    page.get_by_label("Code à 6 chiffres").fill(f"{(int(right) + 333_333) % 1_000_000:06}")
    page.get_by_role("button", name="Valider le code").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("[data-error-summary]")).to_contain_text("Ce code n’est pas le bon")
    assert page.title().startswith("Erreur")


def test_a_code_serves_once(browse: Browse, relais: RunningPortal) -> None:
    relais.forget_used_codes()
    code, first, second = relais.code("haddad@example.org"), browse(), browse()
    for page in (first, second):
        give_password(page, "haddad@example.org")
        page.get_by_label("Code à 6 chiffres").fill(code)
        page.get_by_role("button", name="Valider le code").click()
    heading(first, "Mes patients")
    expect(second.locator("[data-error-summary]")).to_contain_text("Ce code a déjà servi")
