"""Journeys: somebody reads, Jeanne sees it in words, asks about it, and reads the answer."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.readings import CONTACT
from tests.journeys.server import RunningPortal


@pytest.mark.parametrize(
    ("reader", "name", "script"),
    [
        ("nadia", "Nadia Belkacem, infirmière à domicile", True),
        ("legoff", "Dr Anne Le Goff, médecin", False),
    ],
    ids=["script", "no-script"],
)
def test_jeanne_is_surprised_and_is_answered(
    browse: Browse, relais: RunningPortal, reader: str, name: str, script: bool
) -> None:
    jeanne_id = relais.patient("Jeanne")
    page = browse(reader, java_script_enabled=script)
    page.goto(f"/p/{jeanne_id}/agenda")
    page.goto(f"/p/{jeanne_id}/care-team")

    jeanne = browse("jeanne", java_script_enabled=script)
    jeanne.goto(f"/p/{jeanne_id}/access-log")
    expect(jeanne.get_by_role("heading", level=1)).to_have_text("Qui a consulté mon dossier")
    entry = jeanne.locator(".log-entry", has_text=name).filter(has_text="A lu").first
    expect(entry).to_contain_text("équipe, agenda")
    entry.get_by_role("link", name="Cela me surprend").click()
    jeanne.get_by_label("Voulez-vous ajouter quelque chose ?").fill("Pourquoi aujourd’hui ?")
    jeanne.get_by_role("button", name="Demander pourquoi").click()
    expect(jeanne.get_by_role("status").first).to_contain_text("Votre question est envoyée.")
    own_page = jeanne.url

    contact = browse(CONTACT, java_script_enabled=script)
    contact.goto("/privacy/questions")
    contact.get_by_role("link", name="Jeanne Morel").last.click()
    expect(contact.locator("#content")).to_contain_text("Pourquoi aujourd’hui ?")
    expect(contact.locator("#content")).to_contain_text(name.split(",")[0])
    contact.get_by_label("Votre réponse").fill("Un pansement à refaire.")
    contact.get_by_role("button", name="Envoyer la réponse").click()
    expect(contact.get_by_role("status").first).to_contain_text("Votre réponse est envoyée.")

    jeanne.goto(f"/p/{jeanne_id}/access-log")
    jeanne.get_by_role("link", name="Lire la réponse à votre question").first.click()
    expect(jeanne).to_have_url(own_page.partition("?")[0])
    expect(jeanne.locator("#content")).to_contain_text("Un pansement à refaire.")
