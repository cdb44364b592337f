"""Journeys: invited by those of the circle, on paper and by mail, and withdrawn."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import NEW_PASSWORD, enrol, give_password, sign_out
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.sheets import code_of, invite_relative, mailed_link


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_neighbour_without_e_mail_comes_in_by_her_sheet_and_again_by_her_name(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    claire = browse("claire", java_script_enabled=script)
    family = "Kerbrat" if script else "Tanguy"
    claire.goto(f"/p/{relais.patient('Georges')}/care-team")
    claire.get_by_role("link", name="Inviter un proche").click()
    expect(claire.get_by_role("heading", level=1)).to_have_text("Invitations")
    invite_relative(claire, relais, patient="Georges", given="Odile", family=family)
    expect(claire.locator(".invitation-sheet")).to_contain_text(f"Odile {family}")
    code = code_of(claire)

    odile = browse(java_script_enabled=script)
    odile.goto("/sign-in")
    odile.get_by_role("link", name="J’ai une feuille d’invitation").click()
    odile.get_by_label("Code de la feuille").fill(code.lower().replace("-", " "))
    odile.get_by_role("button", name="Continuer").click()
    name = f"odile.{family.lower()}"
    expect(odile.get_by_label("Votre nom d’utilisateur")).to_have_value(name)
    key = enrol(odile, relais)
    georges = relais.patient("Georges")
    expect(odile).to_have_url(f"/p/{georges}/")
    expect(odile.locator(".person-band-name")).to_contain_text("Georges")

    sign_out(odile)
    relais.forget_used_codes()
    give_password(odile, name.upper(), NEW_PASSWORD)
    odile.locator("#code").fill(relais.code_of_key(key))
    odile.get_by_role("button", name="Valider le code").click()
    expect(odile).to_have_url(f"/p/{georges}/")

    claire.goto(f"/p/{georges}/invitations")
    expect(claire.get_by_text(f"Odile {family}, voisine ou voisin")).to_contain_text("acceptée le")
    again = browse()
    again.goto("/invitation/code")
    again.get_by_label("Code de la feuille").fill(code)
    again.get_by_role("button", name="Continuer").click()
    expect(again.locator("[data-error-summary]")).to_contain_text("n’ouvre rien")


def test_jeanne_invites_a_friend_by_mail_and_changes_her_mind(
    browse: Browse, relais: RunningPortal
) -> None:
    jeanne = browse("jeanne")
    for given, email in (("Lucie", "lucie@example.org"), ("Rose", "rose@example.org")):
        invite_relative(
            jeanne, relais, patient="Jeanne", given=given, family="Le Dantec", email=email
        )
        expect(jeanne.get_by_role("status").first).to_contain_text(email)
    rose = browse()
    rose.goto(mailed_link(relais, "rose@example.org"))
    expect(rose.get_by_role("heading", level=1)).to_have_text("Bienvenue dans Relais")
    expect(rose.get_by_label("Votre prénom")).to_have_value("Rose")

    card = jeanne.locator("li.card", has_text="Rose Le Dantec")
    card.get_by_role("button", name="Retirer").click()
    expect(jeanne.get_by_role("status").first).to_contain_text("L’invitation est retirée.")
    rose.locator("#password").fill(NEW_PASSWORD)
    rose.get_by_role("button", name="Continuer").click()
    expect(rose.get_by_role("heading", level=1)).to_have_text("Cette invitation ne peut pas servir")

    lucie = browse()
    lucie.goto(mailed_link(relais, "lucie@example.org"))
    enrol(lucie, relais)
    expect(lucie).to_have_url(f"/p/{relais.patient('Jeanne')}/")
    lucie.goto(f"/p/{relais.patient('Jeanne')}/invitations")
    expect(lucie.get_by_role("heading", level=1)).to_have_text(
        "Cette partie ne vous est pas ouverte"
    )


def test_a_patient_proves_her_sheet_and_the_sheet_printed_before_is_dead(
    browse: Browse, relais: RunningPortal
) -> None:
    claire = browse("claire")
    yvonne = relais.patient("Yvonne")
    relais.confirm_everybody()
    claire.goto(f"/p/{yvonne}/invitations")
    claire.get_by_role("link", name="Inviter Yvonne dans son propre dossier").click()
    claire.get_by_label("Sur une feuille que j’imprime").check()
    claire.get_by_role("button", name="Inviter", exact=True).click()
    first = code_of(claire)
    claire.get_by_role("link", name="Terminé").click()
    claire.locator("li.card", has_text="Yvonne Kervella").get_by_role(
        "button", name="Imprimer une nouvelle feuille"
    ).click()
    second = code_of(claire)
    assert first != second

    page = browse()
    for code in (first, second):
        page.goto("/invitation/code")
        page.get_by_label("Code de la feuille").fill(code)
        page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette feuille est-elle la vôtre ?")
    page.get_by_label("Votre date de naissance").fill("14 février 1900")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("17/03/1945")
    with relais.writing() as (session, _keys):
        from portal.models.care import Patient

        year, month, day = session.get_one(Patient, yvonne).birth_date.split("-")
    page.get_by_label("Votre date de naissance").fill(f"{day}/{month}/{year}")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_label("Votre nom d’utilisateur")).to_have_value("yvonne.kervella")
    enrol(page, relais)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Yvonne")


def test_the_printed_sheet_shows_the_sheet_and_nothing_else(
    browse: Browse, relais: RunningPortal
) -> None:
    page = browse("claire")
    invite_relative(page, relais, patient="Ahmed", given="Yann", family="Cloarec")
    expect(page.get_by_role("button", name="Imprimer cette feuille")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".invitation-sheet .qr")).to_be_visible()
    expect(page.locator(".invitation-sheet .secret")).to_be_visible()
    for hidden in (".person-band", ".screen-only", ".main-nav", ".page-footer", ".button-row"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert "Ahmed" not in page.locator("#content").inner_text()
    pages = page.pdf(format="A4").count(b"/Type /Page\n")
    assert pages == 1, "one sheet is one sheet"
