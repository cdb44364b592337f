"""The ways to the pages about a circle; each is of a house of its own."""

from datetime import timedelta
from itertools import count

from playwright.sync_api import Page, expect
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.blueprints.circle.days import end_of
from portal.clock import now
from portal.models.account import Coordination, User
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.need import Need, NeedChange
from portal.web import dates
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

_houses = count(1)


def a_house(
    browse: Browse, relais: RunningPortal, *, is_empty: bool = False, script: bool = True
) -> tuple[Page, str]:
    """Rose's circle with a nurse whose place ends soon; signed in as its coordinator."""
    number, at = next(_houses), now()
    with relais.writing() as (session, _keys):
        house = Organization(name=f"Maison de santé du Bourg {number}")
        nurse = Practitioner(
            given_name="Yann", family_name=f"Cariou {number}", profession="infirmier"
        )
        keeper = User(
            email=f"keeper{number}@example.org",
            given_name="Maël",
            family_name="Prigent",
            password_hash="-",
            enrolled_at=at,
            locale=None,
        )
        session.add_all([house, nurse, keeper])
        session.flush()
        patient = Patient(
            given_name="Rose",
            family_name="Le Bihan",
            gender=Gender.FEMALE,
            organization_id=house.id,
        )
        session.add(patient)
        session.add(Coordination(user_id=keeper.id, organization_id=house.id, created_at=at))
        session.flush()
        session.add(CareTeam(patient_id=patient.id))
        session.flush()
        if not is_empty:
            _fill(session, patient, nurse)
        _row, token = start_session(
            session, user_id=keeper.id, is_staff=True, user_agent="test", at=at
        )
        patient_id = patient.id
    page = browse(java_script_enabled=script)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return page, f"/p/{patient_id}/circle"


def a_circle(browse: Browse, relais: RunningPortal) -> Page:
    page, door = a_house(browse, relais)
    page.goto(door)
    return page


def nobody_yet(browse: Browse, relais: RunningPortal) -> Page:
    page, door = a_house(browse, relais, is_empty=True)
    page.goto(door)
    return page


def a_longer_place(browse: Browse, relais: RunningPortal) -> Page:
    page = a_circle(browse, relais)
    page.locator("form[action$='/extend'] button").first.click()
    page.wait_for_url("**/circle?done=extended*")
    return page


def people_found(browse: Browse, relais: RunningPortal) -> Page:
    page, door = a_house(browse, relais)
    page.goto(f"{door}/add?q=diallo")
    return page


def nobody_found(browse: Browse, relais: RunningPortal) -> Page:
    page, door = a_house(browse, relais)
    page.goto(f"{door}/add?q=zzzz")
    return page


def a_new_place(browse: Browse, relais: RunningPortal) -> Page:
    page = people_found(browse, relais)
    page.locator("a[href*='/add/place']").first.click()
    page.wait_for_url("**/add/place?who=*")
    return page


def a_new_place_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_new_place(browse, relais)
    page.locator("#contact_for").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_place_to_change(browse: Browse, relais: RunningPortal) -> Page:
    page = a_circle(browse, relais)
    page.locator("tr", has_text="Yann").locator("a").first.click()
    page.wait_for_url("**/circle/*")
    return page


def a_place_to_end(browse: Browse, relais: RunningPortal) -> Page:
    page = a_circle(browse, relais)
    page.locator("tr", has_text="Yann").locator("a[href$='/end']").click()
    page.wait_for_url("**/end")
    return page


def an_ended_place(browse: Browse, relais: RunningPortal) -> Page:
    page = a_place_to_end(browse, relais)
    page.locator("input[name=reason][value=care_over]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/circle?done=ended*")
    return page


def a_circle_to_leave(browse: Browse, relais: RunningPortal) -> Page:
    page = browse("nadia")
    page.goto(f"/p/{relais.patient('Jeanne')}/circle/leave")
    return page


def _fill(session: Session, patient: Patient, nurse: Practitioner) -> None:
    """A nurse whose place ends soon, and who answers for something."""
    at = now()
    today = dates.local(at, patient.time_zone).date()
    member = CareTeamMember(
        patient_id=patient.id,
        practitioner_id=nurse.id,
        contact_for="Les pansements",
        period_start=at - timedelta(days=90),
        period_end=end_of(today + timedelta(days=6), time_zone=patient.time_zone),
    )
    session.add(member)
    session.flush()
    need = Need(patient_id=patient.id, code="dressing", owner_id=member.id)
    session.add(need)
    session.flush()
    line = NeedChange(patient_id=patient.id, need_id=need.id, version=1, at=at, owner_id=member.id)
    session.add(line)


_CIRCLE = "Le cercle de Rose Le Bihan"
SPOTS = (
    Spot("circle", _CIRCLE, a_circle),
    Spot("circle-empty", _CIRCLE, nobody_yet),
    Spot("circle-extended", _CIRCLE, a_longer_place),
    Spot("circle-ended", _CIRCLE, an_ended_place),
    Spot("circle-search", "Ajouter quelqu’un", people_found),
    Spot("circle-search-nobody", "Ajouter quelqu’un", nobody_found),
    Spot("circle-add-mistakes", "Une place dans le cercle", a_new_place_with_mistakes),
    Spot("circle-change", "Modifier cette place", a_place_to_change),
    Spot("circle-end", "Terminer cette place ?", a_place_to_end),
    Spot("circle-leave", "Quitter ce cercle ?", a_circle_to_leave),
)
