"""The ways to the pages about linked calendars; each family is one of its own."""

from dataclasses import dataclass
from itertools import count

from playwright.sync_api import Page, expect

from portal.access.sessions import start_session
from portal.clock import now
from portal.crypto import new_token, token_hash
from portal.models.account import User
from portal.models.calendar import CalendarFeed
from portal.models.care import CareTeam, Patient
from portal.models.directory import Gender
from portal.models.rights import CareLink, CareLinkKind
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

DOOR = "/account/calendars"
_families = count(1)


@dataclass(frozen=True)
class Follower:
    """Yann, signed in on `page`, who follows his mother Soizic."""

    page: Page
    mother: str

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


def a_follower(
    browse: Browse,
    relais: RunningPortal,
    *,
    follows: bool = True,
    links: int = 0,
    **options: object,
) -> Follower:
    with relais.writing() as (session, _keys):
        user = User(
            email=f"yann{next(_families)}@example.org",
            given_name="Yann",
            family_name="Le Bihan",
            password_hash="-",
            enrolled_at=now(),
        )
        mother = Patient(given_name="Soizic", family_name="Le Bihan", gender=Gender.FEMALE)
        session.add_all([user, mother])
        session.flush()
        session.add(CareTeam(patient_id=mother.id))
        if follows:
            own, carer = CareLinkKind.SELF, CareLinkKind.CARER
            himself = Patient(given_name="Yann", family_name="Le Bihan", gender=Gender.MALE)
            session.add(himself)
            session.flush()
            for patient, kind in ((mother, carer), (himself, own)):
                link = CareLink(patient_id=patient.id, user_id=user.id, kind=kind, starts_at=now())
                session.add(link)
        for number in range(links):
            session.add(
                CalendarFeed(
                    user_id=user.id,
                    patient_id=mother.id if number % 2 else None,
                    name=f"Téléphone {number + 1}",
                    token_hash=token_hash(new_token()),
                    is_detailed=bool(number % 2),
                    alarm_minutes=60 if number % 2 else None,
                    created_at=now(),
                    last_fetched_at=now() if number % 2 else None,
                    last_program="Google-Calendar-Importer",
                )
            )
        _row, token = start_session(
            session, user_id=user.id, is_staff=False, user_agent="a phone", at=now()
        )
        mother_id = str(mother.id)
    page = browse(**options)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Follower(page, mother_id)


def the_links(browse: Browse, relais: RunningPortal) -> Page:
    return a_follower(browse, relais, links=2).open(f"{DOOR}?done=revoked")


def no_links(browse: Browse, relais: RunningPortal) -> Page:
    return a_follower(browse, relais).open(DOOR)


def nobody_to_follow(browse: Browse, relais: RunningPortal) -> Page:
    return a_follower(browse, relais, follows=False).open(f"{DOOR}/new")


def a_form(browse: Browse, relais: RunningPortal) -> Page:
    return a_follower(browse, relais).open(f"{DOOR}/new")


def mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_form(browse, relais)
    page.locator("#name").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def an_address(browse: Browse, relais: RunningPortal) -> Page:
    page = a_form(browse, relais)
    page.locator("#name").fill("Mon téléphone")
    page.locator("#name").press("Enter")
    page.wait_for_selector("#address")
    page.locator("summary").filter(has_text="Outlook").click()
    return page


def a_question(browse: Browse, relais: RunningPortal) -> Page:
    page = a_follower(browse, relais, links=1).open(DOOR)
    page.locator("a[href$='/revoke']").click()
    page.wait_for_url("**/revoke")
    return page


SPOTS = (
    Spot("calendars", "Mes calendriers", the_links),
    Spot("calendars-none", "Mes calendriers", no_links),
    Spot("calendar-new", "Relier un calendrier", a_form),
    Spot("calendar-nobody", "Relier un calendrier", nobody_to_follow),
    Spot("calendar-mistakes", "Relier un calendrier", mistakes),
    Spot("calendar-address", "Votre lien est prêt", an_address),
    Spot("calendar-revoke", "Retirer ce lien ?", a_question),
)
