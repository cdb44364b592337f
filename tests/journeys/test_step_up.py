"""Journeys: a code is asked again before a sensitive act, and what was typed is kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import sign_in
from tests.journeys.conftest import Browse
from tests.journeys.places import SPOTS
from tests.journeys.server import RunningPortal

SECURITY = "/account/security"


def _confirm(page: Page, relais: RunningPortal) -> None:
    relais.forget_used_codes()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez que c’est bien vous")
    page.get_by_label("Code à 6 chiffres").fill(relais.code("legoff@example.org"))
    page.get_by_role("button", name="Valider le code").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_after_five_minutes_a_code_is_asked_and_the_way_goes_on(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = browse(java_script_enabled=script)
    sign_in(page, relais, "legoff")
    page.goto(f"{SECURITY}/recovery-codes")
    expect(page).to_have_url(f"{SECURITY}/recovery-codes")
    relais.let_confirmations_lapse()
    page.goto(f"{SECURITY}/recovery-codes")
    expect(page).to_have_url(re.compile("/sign-in/confirm"))
    page.get_by_label("Code à 6 chiffres").fill("000 000")
    page.get_by_role("button", name="Valider le code").click()
    expect(page.locator(".field-error")).to_contain_text("Ce code n’est pas le bon")
    _confirm(page, relais)
    expect(page).to_have_url(f"{SECURITY}/recovery-codes")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_what_was_typed_waits_while_the_code_is_given_in_another_tab(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    page = browse(java_script_enabled=script)
    sign_in(page, relais, "legoff")
    page.goto(SECURITY)
    _add_second_app(relais)
    page.reload()
    page.get_by_role("link", name="Renommer Tablette").click()
    page.get_by_label("Nom de cette application").fill("Tablette de la cuisine")
    relais.let_confirmations_lapse()
    page.get_by_role("button", name="Enregistrer le nom").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez que c’est bien vous")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Confirmer avec un code").click()
    _confirm(opened.value, relais)
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("C’est confirmé")
    opened.value.close()
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.locator("main")).to_contain_text("Le nouveau nom est enregistré.")
    expect(page.locator("main")).to_contain_text("Tablette de la cuisine")
    _forget_second_app(relais)


def test_the_demonstration_shows_the_code_here_too(browse: Browse, relais: RunningPortal) -> None:
    spot = next(spot for spot in SPOTS if spot.name == "confirm")
    page = browse()
    sign_in(page, relais, "legoff")
    relais.let_confirmations_lapse()
    relais.forget_used_codes()
    page.goto(f"/sign-in/confirm?next={SECURITY}")
    expect(page.get_by_role("heading", level=1)).to_have_text(spot.heading)
    page.get_by_role("button", name="Utiliser ce code").click()
    expect(page).to_have_url(SECURITY)


def _add_second_app(relais: RunningPortal) -> None:
    from portal.identity import queries
    from tests import factories

    with relais.writing() as (session, keys):
        user = queries.user_of_email(session, "legoff@example.org")
        assert user is not None
        factories.make_app(session, keys, user, name="Tablette")


def _forget_second_app(relais: RunningPortal) -> None:
    from sqlalchemy import delete

    from portal.models import columns
    from portal.models.credential import TotpDevice

    with relais.writing() as (session, _keys):
        name = columns(TotpDevice).name
        session.connection().execute(delete(TotpDevice).where(name.like("Tablette%")))
