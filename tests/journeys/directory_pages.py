"""The ways to the pages of the directory, for `places`."""

from uuid import uuid4

from playwright.sync_api import Page, expect

from portal.models.directory import Practitioner
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

DIRECTORY = "/directory"


def the_directory(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, DIRECTORY)


def nobody_found(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, f"{DIRECTORY}?q=zzz")


def a_professional(browse: Browse, relais: RunningPortal) -> Page:
    return _entry(browse, relais, "q=haddad&what=people")


def an_organization(browse: Browse, relais: RunningPortal) -> Page:
    return _entry(browse, relais, "q=tilleuls&what=places")


def a_professional_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = _at(browse, relais, f"{DIRECTORY}/practitioners/new")
    page.locator("#rpps").fill("123")
    page.locator("#rpps").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_place_with_wrong_hours(browse: Browse, relais: RunningPortal) -> Page:
    """Of a professional of its own; the demo's keep their hours."""
    person = a_practitioner(relais)
    page = _at(browse, relais, f"{DIRECTORY}/practitioners/{person}/places/alone")
    page.locator("input[name='hours-0-days']").first.check()
    page.locator("#phone").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_place_to_choose(browse: Browse, relais: RunningPortal) -> Page:
    person = a_practitioner(relais)
    return _at(browse, relais, f"{DIRECTORY}/practitioners/{person}/places/choose?q=quimper")


def an_organization_to_change(browse: Browse, relais: RunningPortal) -> Page:
    page = an_organization(browse, relais)
    page.locator("main a[href$='/edit']").click()
    page.wait_for_url("**/edit")
    return page


def the_duplicates(browse: Browse, relais: RunningPortal) -> Page:
    a_pair(relais)
    return _at(browse, relais, f"{DIRECTORY}/duplicates")


def two_to_compare(browse: Browse, relais: RunningPortal) -> Page:
    one, other = a_pair(relais)
    return _at(browse, relais, f"{DIRECTORY}/duplicates/{one}/{other}")


def a_merge_to_confirm(browse: Browse, relais: RunningPortal) -> Page:
    page = two_to_compare(browse, relais)
    page.locator("input[name=keep]").first.check()
    page.locator("main form button").first.click()
    page.wait_for_url("**/confirm?**")
    return page


def a_practitioner(relais: RunningPortal, *, family: str = "", phone: str = "") -> str:
    """One that no circle has."""
    with relais.writing() as (session, _keys):
        row = Practitioner(
            given_name="Maëlle",
            family_name=family or "Guivarc’h",
            profession="podologue",
            phone=phone,
        )
        session.add(row)
        session.flush()
        return str(row.id)


def a_pair(relais: RunningPortal) -> tuple[str, str]:
    """Two entries of one person, under a name of their own."""
    family = f"Kervella-{uuid4().hex[:6]}"
    one = a_practitioner(relais, family=family, phone="02 61 91 07 01")
    other = a_practitioner(relais, family=family, phone="02 61 91 07 02")
    return one, other


def _entry(browse: Browse, relais: RunningPortal, query: str) -> Page:
    page = _at(browse, relais, f"{DIRECTORY}?{query}")
    page.locator("main .link-row").first.click()
    page.wait_for_url(f"**{DIRECTORY}/*/*")
    return page


def _at(browse: Browse, relais: RunningPortal, path: str) -> Page:
    page = browse("claire")
    relais.confirm_everybody()
    page.goto(path)
    return page


SPOTS = (
    Spot("directory", "Annuaire", the_directory),
    Spot("directory-nobody", "Annuaire", nobody_found),
    Spot("directory-professional", "Dr Samir Haddad", a_professional),
    Spot("directory-organization", "Maison de santé des Tilleuls", an_organization),
    Spot("directory-mistakes", "Ajouter un professionnel", a_professional_with_mistakes),
    Spot("directory-hours", "Un nouveau lieu", a_place_with_wrong_hours),
    Spot("directory-choice", "Où travaille cette personne ?", a_place_to_choose),
    Spot("directory-change", "Modifier cette fiche", an_organization_to_change),
    Spot("directory-duplicates", "Fiches peut-être en double", the_duplicates),
    Spot("directory-compare", "Est-ce la même fiche ?", two_to_compare),
    Spot("directory-merge", "Réunir ces deux fiches ?", a_merge_to_confirm),
)
