"""The ways to the pages of emergencies, hidden appointments and legal statuses, for `places`."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import delete

from portal.clock import now
from portal.models.agenda import Appointment
from portal.models.care import Patient
from portal.models.credential import RateLimit
from portal.models.rights import EmergencyAccess
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

DOOR = "/professional/emergency"
_TO_END = "a[href$='/end']"
PILLS = {"title": "Préparation du pilulier", "status": "booked"}


def a_door(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "haddad", DOOR)


def a_door_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_door(browse, relais)
    page.locator("#family_name").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def an_unread_opening(browse: Browse, relais: RunningPortal) -> Page:
    open_file_of_paul(browse, relais)
    return _at(browse, relais, "paul", f"/p/{relais.patient('Paul')}/")


def a_door_that_stays_closed(browse: Browse, relais: RunningPortal) -> Page:
    page = ask_for_paul(browse, relais, family="Kermeur")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def an_opening_just_read(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "paul", f"/p/{relais.patient('Paul')}/?read=1")


def a_choice_of_relatives(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "jeanne", _hiding(relais))


def a_saved_choice(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "jeanne", f"{_hiding(relais)}?saved=1")


def a_hidden_visit(browse: Browse, relais: RunningPortal) -> Page:
    """One of its own, long ago: other journeys need those of the demo."""
    patient_id, begins = relais.patient("Jeanne"), now() - timedelta(days=500)
    with relais.writing() as (session, _keys):
        visit = Appointment(patient_id=patient_id, title="Prise de sang", starts_at=begins)
        session.add(visit)
        session.flush()
        visit_id = visit.id
    page = _at(browse, relais, "jeanne", f"/p/{patient_id}/agenda/{visit_id}/hidden")
    page.locator("input[name=links]").first.check()
    page.locator("main form button").click()
    page.wait_for_url("**/hidden?saved=1")
    page.goto(page.url.partition("/hidden")[0])
    return page


def nobody_to_hide_from(browse: Browse, relais: RunningPortal) -> Page:
    page = browse("monique")
    page.goto(f"/p/{relais.patient('Monique')}/agenda?view=list")
    page.locator(".visit-title a").first.click()
    page.locator("main a[href$='/hidden']").click()
    return page


def the_statuses(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "claire", f"/p/{relais.patient('Jeanne')}/mandates")


def no_relative_yet(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "claire", f"/p/{relais.patient('Yvonne')}/mandates")


def a_status_form(browse: Browse, relais: RunningPortal) -> Page:
    page = the_statuses(browse, relais)
    page.locator("li.card", has_text="Sylvie").locator("a[href*='/of/']").click()
    page.wait_for_url("**/mandates/of/*")
    return page


def a_status_form_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_status_form(browse, relais)
    page.locator("#issued_by").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_recorded_status(browse: Browse, relais: RunningPortal) -> Page:
    """Of a curator: it changes nothing of what Sylvie sees in other journeys."""
    page = the_statuses(browse, relais)
    if page.locator(_TO_END).count():
        page.goto(f"/p/{relais.patient('Jeanne')}/mandates?done=recorded")
        return page
    page = a_status_form(browse, relais)
    page.locator("input[name=status][value=curateur]").check()
    page.locator("#proof").select_option("jugement")
    texts = {"issued_by": "Quimper", "reference": "RG 26/01234"}
    days = {"issued_on": "03/02/2026", "first_day": "05/02/2026", "last_day": "04/02/2046"}
    for field, value in (texts | days).items():
        page.locator(f"#{field}").fill(value)
    page.locator("#is_seen").check()
    page.locator("main form button").click()
    page.wait_for_url("**/mandates?done=recorded")
    return page


def a_status_to_end(browse: Browse, relais: RunningPortal) -> Page:
    page = a_recorded_status(browse, relais)
    page.locator(_TO_END).first.click()
    return page


def open_file_of_paul(browse: Browse, relais: RunningPortal) -> Page:
    """The cardiologist is not in the circle of Paul."""
    page = ask_for_paul(browse, relais, family="Morel")
    expect(page).to_have_url(f"/p/{relais.patient('Paul')}/")
    return page


def ask_for_paul(browse: Browse, relais: RunningPortal, *, family: str) -> Page:
    with relais.writing() as (session, _keys):
        born = session.get_one(Patient, relais.patient("Paul")).birth_date
        # As on the first day: each try is one of ten, and a reason keeps its language.
        session.execute(delete(RateLimit))
        session.execute(delete(EmergencyAccess))
    page = _at(browse, relais, "haddad", "/professional/patients")
    page.locator(f"a[href='{DOOR}']").click()
    page.locator("#family_name").fill(family)
    page.locator("#given_name").fill("Paul")
    page.locator("#birth_date").fill("/".join(reversed(born.split("-"))))
    page.locator("input[name=usual]").first.check()
    page.locator("main form button").click()
    return page


def _hiding(relais: RunningPortal) -> str:
    visit = relais.visit("Jeanne", **PILLS)
    return f"/p/{relais.patient('Jeanne')}/agenda/{visit}/hidden"


def _at(browse: Browse, relais: RunningPortal, persona: str, path: str) -> Page:
    page = browse(persona)
    relais.confirm_everybody()
    page.goto(path)
    return page


SPOTS = (
    Spot("emergency", "Ouvrir un dossier en urgence", a_door),
    Spot("emergency-mistakes", "Ouvrir un dossier en urgence", a_door_with_mistakes),
    Spot("emergency-refused", "Ouvrir un dossier en urgence", a_door_that_stays_closed),
    Spot("emergency-opened", "Aujourd’hui pour Paul", open_file_of_paul),
    Spot("emergency-unread", "Bonjour Paul", an_unread_opening),
    Spot("emergency-read", "Bonjour Paul", an_opening_just_read),
    Spot("hide", "Qui ne voit pas ce rendez-vous ?", a_choice_of_relatives),
    Spot("hide-saved", "Qui ne voit pas ce rendez-vous ?", a_saved_choice),
    Spot("hide-nobody", "Qui ne voit pas ce rendez-vous ?", nobody_to_hide_from),
    Spot("visit-hidden", "Prise de sang", a_hidden_visit),
    Spot("statuses", "Statuts légaux", the_statuses),
    Spot("statuses-none", "Statuts légaux", no_relative_yet),
    Spot("statuses-recorded", "Statuts légaux", a_recorded_status),
    Spot("status-form", "Noter un statut légal", a_status_form),
    Spot("status-mistakes", "Noter un statut légal", a_status_form_with_mistakes),
    Spot("status-end", "Terminer ce statut légal ?", a_status_to_end),
)
