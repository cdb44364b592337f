"""The ways to the pages about workshops."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot
from tests.journeys.workday_pages import Office, an_office, tomorrow

DOOR = "/professional/workshops"


def the_list(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais).open(DOOR)


def no_past(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais).open(f"{DOOR}?view=past")


def a_workshop(browse: Browse, relais: RunningPortal) -> Page:
    office = an_office(browse, relais)
    return office.open(f"{DOOR}/{office.workshop}")


def a_form(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais).open(f"{DOOR}/new")


def nowhere_to_work(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais, works=False).open(f"{DOOR}/new")


def mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_form(browse, relais)
    page.locator("#title").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_change(browse: Browse, relais: RunningPortal) -> Page:
    office = an_office(browse, relais)
    return office.open(f"{DOOR}/{office.workshop}/change")


def changed_meanwhile(browse: Browse, relais: RunningPortal) -> Page:
    page = a_change(browse, relais)
    page.locator("input[name='version']").evaluate("field => { field.value = '0'; }")
    page.locator("#capacity").fill("12")
    page.locator("#capacity").press("Enter")
    page.wait_for_selector(".notice.is-alert")
    return page


def a_question(browse: Browse, relais: RunningPortal) -> Page:
    office = an_office(browse, relais)
    return office.open(f"{DOOR}/{office.workshop}/cancel")


def a_cancelled_one(browse: Browse, relais: RunningPortal) -> Page:
    page = a_question(browse, relais)
    page.locator("#reason").fill("La salle est inondée")
    page.locator("#reason").press("Enter")
    page.wait_for_url("**?done=cancelled*")
    return page


def some_patients(browse: Browse, relais: RunningPortal) -> Page:
    office = an_office(browse, relais)
    return office.open(f"{DOOR}/{office.workshop}/propose")


def nobody_chosen(browse: Browse, relais: RunningPortal) -> Page:
    page = some_patients(browse, relais)
    page.locator("main form[method=post] button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_proposal(browse: Browse, relais: RunningPortal) -> Page:
    page = some_patients(browse, relais)
    page.locator("input[name=patient]").first.check()
    page.locator("main form[method=post] button").click()
    page.wait_for_url("**?done=proposed*")
    return page


def fill(office: Office, title: str) -> None:
    """Open the form and write what has no answer yet."""
    page = office.open(f"{DOOR}/new")
    page.locator("#title").fill(title)
    page.locator("#day").fill(f"{tomorrow():%d/%m/%Y}")
    page.locator("#starts").fill("10:00")
    page.locator("#ends").fill("11:30")


SPOTS = (
    Spot("workshops", "Ateliers", the_list),
    Spot("workshops-past-none", "Ateliers", no_past),
    Spot("workshop", "Bien manger après l’hôpital", a_workshop),
    Spot("workshop-form", "Préparer un atelier", a_form),
    Spot("workshop-nowhere", "Préparer un atelier", nowhere_to_work),
    Spot("workshop-mistakes", "Préparer un atelier", mistakes),
    Spot("workshop-change", "Modifier l’atelier", a_change),
    Spot("workshop-changed", "Modifier l’atelier", changed_meanwhile),
    Spot("workshop-cancel", "Annuler l’atelier ?", a_question),
    Spot("workshop-cancelled", "Bien manger après l’hôpital", a_cancelled_one),
    Spot("workshop-propose", "Le proposer à des patients", some_patients),
    Spot("workshop-nobody-chosen", "Le proposer à des patients", nobody_chosen),
    Spot("workshop-proposed", "Bien manger après l’hôpital", a_proposal),
)
