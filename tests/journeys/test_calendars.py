"""Journeys: a phone subscribes to an agenda, and stops."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import icalendar
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.calendar_pages import a_follower
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

_PHONE = "iOS/18.1 (22B83) dataaccessd/1.0"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_calendar_is_linked_used_and_taken_back(
    browse: Browse, relais: RunningPortal, script: bool
) -> None:
    follower = a_follower(browse, relais, java_script_enabled=script)
    page = follower.open("/account")
    page.get_by_role("link", name="Mes calendriers").click()
    page.get_by_role("link", name="Relier un calendrier").click()
    page.get_by_label("Nom de l’appareil").fill("Le téléphone de Yann")
    page.get_by_label("Ceux de Soizic").check()
    page.get_by_label("Rappel").select_option("1 h avant")
    page.get_by_role("button", name="Créer le lien").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Votre lien est prêt")
    address = page.locator("#address").inner_text()
    subscribe = page.get_by_role("link", name="Ajouter à mon calendrier")
    expect(subscribe).to_have_attribute("href", address.replace("http:", "webcal:"))
    calendar = icalendar.Calendar.from_ical(_fetched(address))
    assert str(calendar["X-WR-CALNAME"]) == "Rendez-vous"

    page.get_by_role("link", name="C’est fait : voir mes calendriers").click()
    card = page.get_by_role("listitem").filter(has_text="Le téléphone de Yann")
    expect(card).to_contain_text("Soizic Le Bihan")
    expect(card).to_contain_text("le calendrier d’Apple")
    expect(page.get_by_text(address)).to_have_count(0)

    card.get_by_role("link", name="Retirer ce lien").click()
    page.get_by_role("button", name="Retirer ce lien").click()
    expect(page.get_by_role("status").first).to_contain_text("Le lien est retiré")
    with pytest.raises(HTTPError, match="404"):
        _fetched(address)


def test_the_address_can_be_copied(browse: Browse, relais: RunningPortal) -> None:
    follower = a_follower(browse, relais, permissions=["clipboard-read", "clipboard-write"])
    page = follower.open(f"/account/calendars/new?patient={follower.mother}")
    page.get_by_label("Nom de l’appareil").fill("Ordinateur")
    page.get_by_role("button", name="Créer le lien").click()
    page.get_by_role("button", name="Copier l’adresse").click()
    expect(page.get_by_text("Copié.")).to_be_visible()
    assert _clipboard(page) == page.locator("#address").inner_text()


def test_one_visit_is_taken_along(browse: Browse, relais: RunningPortal) -> None:
    patient = relais.patient("Jeanne")
    visit = relais.visit("Jeanne", "Préparation du pilulier", "booked")
    page = browse("paul")
    page.goto(f"/p/{patient}/agenda/{visit}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Ajouter à mon calendrier").click()
    assert download.value.suggested_filename == "rendez-vous.ics"
    (event,) = icalendar.Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")
    assert "Préparation du pilulier" in str(event["SUMMARY"])


def _fetched(address: str) -> bytes:
    """As a phone does, without cookies."""
    with urlopen(Request(address, headers={"User-Agent": _PHONE})) as answer:  # noqa: S310 # ours
        body: bytes = answer.read()
        return body


def _clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text
