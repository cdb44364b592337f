"""What people do at the door, again and again."""

from playwright.sync_api import Page, expect

from portal.demo import DEMO_PASSWORD
from tests.journeys.server import RunningPortal

NEW_PASSWORD = "violon brouette cascade noisette"


def sign_in(page: Page, relais: RunningPortal, persona: str) -> None:
    """Three taps; the first opens the page."""
    relais.forget_used_codes()
    page.goto("/sign-in")
    finish_sign_in(page, persona)


def finish_sign_in(page: Page, persona: str) -> None:
    page.get_by_role("button", name=f"{persona}@example.org").click()
    page.get_by_role("button", name="Utiliser ce code").click()
    expect(page).not_to_have_url("**/sign-in/**")


def give_password(page: Page, email: str, password: str = DEMO_PASSWORD) -> None:
    page.goto("/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")


def sign_out(page: Page) -> None:
    page.locator(".page-footer").get_by_role("button", name="Me déconnecter").click()
    expect(page).to_have_url("/sign-in?signed_out=1")


def open_switcher(page: Page) -> None:
    page.locator(".person-switcher > summary").click()


def enrol(page: Page, relais: RunningPortal) -> str:
    """Choose a password, copy the key into an app, keep the codes; returns the key."""
    page.locator("#password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Mon téléphone, avec une application").click()
    key = (page.locator("#secret").text_content() or "").replace(" ", "")
    page.locator("#code").fill(relais.code_of_key(key))
    page.get_by_role("button", name="Vérifier et terminer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gardez vos codes de secours")
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    return key
