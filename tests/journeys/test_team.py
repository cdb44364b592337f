"""Journeys: whom to call now, found on a phone in two taps, and on the fridge."""

from collections.abc import Iterator
from io import BytesIO
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlmodel import Session, select

from portal.clock import now
from portal.models.account import User
from portal.models.care import Patient
from portal.models.rights import CareLink
from tests import factories
from tests.journeys import axe
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.team_pages import REPLACEMENT_PHONE, SPOTS, a_circle

CALL = "tel:+33639985502"


@pytest.fixture
def aunt(relais: RunningPortal) -> Iterator[UUID]:
    """A patient whose nurse is away; Paul sees her team until the journey is over."""
    patient_id = a_circle(relais, given="Soizic")
    with relais.writing() as (session, _keys):
        paul = session.exec(select(User).where(User.email == "paul@example.org")).one()
        link = session.exec(
            select(CareLink).where(CareLink.patient_id == patient_id, CareLink.user_id == paul.id)
        ).first()
        if link is None:
            patient = session.get_one(Patient, patient_id)
            factories.make_link(session, patient=patient, user=paul, grants=("care_team:see",))
        else:
            link.ends_at = None
            session.add(link)
        user_id = paul.id
    yield patient_id
    with relais.writing() as (session, _keys):
        link = session.get_one(CareLink, (patient_id, _link_of(session, patient_id, user_id)))
        link.ends_at = now()
        session.add(link)


def _link_of(session: Session, patient_id: UUID, user_id: UUID) -> UUID:
    found = select(CareLink.id).where(
        CareLink.patient_id == patient_id, CareLink.user_id == user_id
    )
    return session.exec(found).one()


def _calls(page: Page) -> list[str]:
    links = page.locator("main a[href^='tel:']").all()
    return [link.get_attribute("href") or "" for link in links]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_paul_calls_who_replaces_the_nurse_in_two_taps_from_the_first_page(
    browse: Browse, aunt: UUID, script: bool
) -> None:
    page = browse("paul", java_script_enabled=script)
    page.goto(f"/p/{aunt}/")
    # One tap, on the first page itself.
    call = page.get_by_role("link", name=f"Appeler Rozenn Le Bihan, {REPLACEMENT_PHONE}")
    expect(call).to_be_visible()
    assert call.get_attribute("href") == CALL
    # Or two, by the team.
    page.get_by_role("link", name="Qui fait quoi dans l’équipe ?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui fait quoi pour Soizic ?")
    assert _calls(page)[0] == CALL
    needs = page.get_by_role("region", name="Pour quoi, qui appeler ?")
    expect(needs).to_contain_text("Odette Le Bihan est absente jusqu’au")
    expect(needs).to_contain_text("Rozenn Le Bihan la remplace, joignable jour et nuit.")
    expect(needs.locator(f"a.is-primary[href='{CALL}']")).to_be_visible()


def test_the_keyboard_reaches_the_number_before_anything_else_of_the_page(
    browse: Browse, aunt: UUID
) -> None:
    page = browse("paul")
    page.goto(f"/p/{aunt}/care-team")
    page.locator("main").focus()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", CALL)
    assert "Rozenn Le Bihan" in (page.locator(":focus").text_content() or "")
    assert axe.violations(page) == []


_SHEETS = {spot.name: spot for spot in SPOTS if spot.name.startswith("sheet")}


@pytest.mark.parametrize("name", _SHEETS)
def test_the_sheet_for_the_fridge_is_one_side_of_paper(
    browse: Browse, relais: RunningPortal, name: str
) -> None:
    page = _SHEETS[name].opened(browse, relais)
    paper = PdfReader(BytesIO(page.pdf(format="A4")))
    assert len(paper.pages) == 1
    text = paper.pages[0].extract_text().replace("\xa0", " ")
    for number in ("15", "112", "114", "116 117", "02 61 91 01 99"):
        assert number in text, number
    assert "Imprimé le" in text
    if name == "sheet":
        assert "06 39 98 12 07" in text
    if name == "sheet-large":
        assert REPLACEMENT_PHONE in text
        assert "et 11 autres sur Relais" in text
        assert "et 14 autres sur Relais" in text


def test_the_sheet_is_printed_by_a_button_that_needs_a_script(
    browse: Browse, relais: RunningPortal
) -> None:
    for script in (True, False):
        page = browse("paul", java_script_enabled=script)
        page.goto(f"/p/{relais.patient('Jeanne')}/care-team/sheet")
        button = page.get_by_role("button", name="Imprimer cette feuille")
        expect(button).to_have_count(1 if script else 0)
