"""The ways to the pages about a hospital's calendar file; each family is one of its own."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from playwright.sync_api import FilePayload, Page, expect

from portal.access.sessions import start_session
from portal.clock import now
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.care import CareTeam, Patient
from portal.models.directory import Gender
from portal.models.rights import CareLink, CareLinkKind
from tests.calendar_import.files import calendar, event
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

_families = count(1)


@dataclass(frozen=True)
class Family:
    """Suzanne, signed in on `page`; `door` is where her files arrive."""

    page: Page
    door: str

    def open(self, path: str = "") -> Page:
        self.page.goto(f"{self.door}{path}")
        return self.page

    def send(self, content: str) -> Page:
        page = self.open()
        payload = FilePayload(name="rdv.ics", mimeType="text/calendar", buffer=content.encode())
        page.locator("#file").set_input_files(payload)
        page.locator("main form button[type='submit']").click()
        return page

    def keep(self, content: str) -> Page:
        page = self.send(content)
        page.locator("form[action$='/keep'] button").click()
        page.wait_for_url("**/import/kept?*")
        return page


def a_family(browse: Browse, relais: RunningPortal, *, script: bool = True) -> Family:
    with relais.writing() as (session, _keys):
        patient = Patient(given_name="Suzanne", family_name="Le Bihan", gender=Gender.FEMALE)
        user = User(
            email=f"suzanne{next(_families)}@example.org",
            given_name="Suzanne",
            family_name="Le Bihan",
            password_hash="-",
            enrolled_at=now(),
            locale=None,
        )
        session.add_all([patient, user])
        session.flush()
        own = CareLinkKind.SELF
        session.add_all(
            [
                CareTeam(patient_id=patient.id),
                CareLink(patient_id=patient.id, user_id=user.id, kind=own, starts_at=now()),
                Appointment(
                    patient_id=patient.id, title="Toilette", starts_at=_day(9), ends_at=_day(9, 1)
                ),
            ]
        )
        session.flush()
        _row, token = start_session(
            session, user_id=user.id, is_staff=False, user_agent="a phone", at=now()
        )
        door = f"/p/{patient.id}/agenda/import"
    page = browse(java_script_enabled=script)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Family(page, door)


def _day(days: int, hours: int = 0) -> object:
    start = (now() + timedelta(days=days)).replace(hour=8, minute=0, second=0, microsecond=0)
    return start + timedelta(hours=hours)


def _told(days: int, *, minutes: int = 0) -> str:
    moment = (now() + timedelta(days=days)).replace(hour=8, minute=minutes, second=0)
    return f"DTSTART:{moment:%Y%m%dT%H%M%SZ}"


def from_a_hospital(*lines: str) -> str:
    """A consultation that something else is planned at, a stay, and a time on no clock."""
    organizer = 'ORGANIZER;CN="CHU de Rennes, cardiologie":mailto:cardio@example.org'
    consultation = event(
        _told(9, minutes=30),
        "DURATION:PT30M",
        "SUMMARY:Consultation de cardiologie",
        "LOCATION:Hôpital Pontchaillou\\, bâtiment B",
        "DESCRIPTION:Venir à jeun.\\nApporter la carte Vitale.",
        organizer,
        *lines,
        uid="consultation",
    )
    day = (now() + timedelta(days=20)).date()
    stay = event(
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=3):%Y%m%d}",
        "SUMMARY:Hospitalisation",
        organizer,
        uid="stay",
    )
    floating = event(_told(11)[:-1], "SUMMARY:Scanner", uid="scanner")
    over = event(_told(-9), "SUMMARY:Prise de sang", uid="over")
    return calendar(consultation, stay, floating, over)


def a_form(browse: Browse, relais: RunningPortal) -> Page:
    return a_family(browse, relais).open()


def a_refused_file(browse: Browse, relais: RunningPortal) -> Page:
    page = a_family(browse, relais).send("%PDF-1.7")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_preview(browse: Browse, relais: RunningPortal) -> Page:
    return a_family(browse, relais).send(from_a_hospital())


def nothing_ticked(browse: Browse, relais: RunningPortal) -> Page:
    page = a_preview(browse, relais)
    for box in page.locator("input[name='chosen']").all():
        box.uncheck()
    page.locator("form[action$='/keep'] button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_newer_file(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    family.keep(from_a_hospital())
    return family.send(from_a_hospital("SEQUENCE:1", _told(10)).replace("Scanner", "IRM"))


def kept(browse: Browse, relais: RunningPortal) -> Page:
    return a_family(browse, relais).keep(from_a_hospital())


def taken_out(browse: Browse, relais: RunningPortal) -> Page:
    page = kept(browse, relais)
    page.locator("form[action$='/undo'] button").click()
    page.wait_for_url("**/import?removed=*")
    return page


SPOTS = (
    Spot("calendar-file", "Ajouter un fichier de l’hôpital", a_form),
    Spot("calendar-file-refused", "Ajouter un fichier de l’hôpital", a_refused_file),
    Spot("calendar-file-preview", "Ce que dit le fichier", a_preview),
    Spot("calendar-file-nothing", "Ce que dit le fichier", nothing_ticked),
    Spot("calendar-file-newer", "Ce que dit le fichier", a_newer_file),
    Spot("calendar-file-kept", "Votre fichier est dans l’agenda", kept),
    Spot("calendar-file-taken-out", "Ajouter un fichier de l’hôpital", taken_out),
)
