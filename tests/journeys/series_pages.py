"""The ways to the pages of a series; each home is one of its own, and so is its nurse."""

from dataclasses import dataclass
from datetime import time, timedelta
from itertools import count

from playwright.sync_api import Page, expect
from sqlmodel import Session

from portal.access.audit import Author
from portal.access.sessions import start_session
from portal.clock import now
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Gender, Practitioner
from portal.models.rights import CareLink, CareLinkKind
from portal.models.series import AppointmentSeries
from portal.scheduling.series.dates import start_series
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

_homes = count(1)


@dataclass(frozen=True)
class Visits:
    """Yvon's dressing on Mondays and Thursdays, looked at on `page`."""

    page: Page
    door: str

    def open(self, path: str = "") -> Page:
        self.page.goto(self.door + path)
        return self.page


def visits(
    browse: Browse, relais: RunningPortal, *, is_keeper: bool = True, script: bool = True
) -> Visits:
    """As the nurse who comes sees them, or as Yvon himself does."""
    with relais.writing() as (session, _keys):
        number = next(_homes)
        patient = Patient(given_name="Yvon", family_name="Le Bihan", gender=Gender.MALE)
        session.add(patient)
        session.flush()
        session.add(CareTeam(patient_id=patient.id))
        nurse = Practitioner(
            given_name="Nolwenn",
            family_name="Prigent",
            gender=Gender.FEMALE,
            profession="infirmier",
            phone="02 61 91 00 31",
        )
        session.add(nurse)
        session.flush()
        session.add(CareTeamMember(patient_id=patient.id, practitioner_id=nurse.id))
        user = _account(session, number, nurse if is_keeper else None)
        if not is_keeper:
            own = CareLinkKind.SELF
            session.add(CareLink(patient_id=patient.id, user_id=user.id, kind=own, starts_at=now()))
        series = _series(session, patient, nurse, user)
        _row, token = start_session(
            session, user_id=user.id, is_staff=is_keeper, user_agent="a phone", at=now()
        )
        door = f"/p/{patient.id}/agenda/series/{series.id}"
    page = browse(java_script_enabled=script)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Visits(page, door)


def _account(session: Session, number: int, nurse: Practitioner | None) -> User:
    user = User(
        email=f"nolwenn{number}@example.org",
        given_name="Nolwenn" if nurse else "Yvon",
        family_name="Prigent" if nurse else "Le Bihan",
        password_hash="-",
        enrolled_at=now(),
        locale=None,
        practitioner_id=nurse.id if nurse else None,
    )
    session.add(user)
    session.flush()
    return user


def _series(
    session: Session, patient: Patient, nurse: Practitioner, user: User
) -> AppointmentSeries:
    series = AppointmentSeries(
        patient_id=patient.id,
        rrule="FREQ=WEEKLY;BYDAY=MO,TH",
        first_day=now().date() + timedelta(days=1),
        at=time(7),
        window_minutes=120,
        duration_minutes=20,
        skips_holidays=True,
        title="Pansement de la jambe",
        kind=AppointmentKind.HOME_NURSING,
        practitioner_id=nurse.id,
        created_by=user.id,
    )
    start_series(session, series, by=Author(user.id, "professional"), at=now())
    rows = session.query(Appointment).filter_by(series_id=series.id)
    off, put_off = rows.order_by("recurrence_start")[3:5]
    off.status, off.cancellation_reason = AppointmentStatus.CANCELLED, "Vacances"
    put_off.starts_at += timedelta(hours=26)
    put_off.ends_at += timedelta(hours=26)
    session.flush()
    return series


def the_series(browse: Browse, relais: RunningPortal) -> Page:
    return visits(browse, relais, is_keeper=False).open()


def the_kept_series(browse: Browse, relais: RunningPortal) -> Page:
    return visits(browse, relais).open()


def the_change(browse: Browse, relais: RunningPortal) -> Page:
    return visits(browse, relais).open("/change")


def mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = the_change(browse, relais)
    page.locator("#duration").fill("longtemps")
    page.locator("#duration").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def changed_meanwhile(browse: Browse, relais: RunningPortal) -> Page:
    page = the_change(browse, relais)
    page.locator("input[name='version']").evaluate("field => { field.value = '0'; }")
    page.locator("#duration").press("Enter")
    page.wait_for_selector(".notice.is-alert")
    return page


def changed(browse: Browse, relais: RunningPortal) -> Page:
    page = the_change(browse, relais)
    page.locator("#starts").fill("08:00")
    page.locator("#ends").fill("10:00")
    page.locator("#ends").press("Enter")
    page.wait_for_url("**done=changed*")
    return page


def the_end(browse: Browse, relais: RunningPortal) -> Page:
    return visits(browse, relais).open("/end")


def ended(browse: Browse, relais: RunningPortal) -> Page:
    page = the_end(browse, relais)
    page.locator("#reason").fill("La plaie est guérie")
    page.locator("#reason").press("Enter")
    page.wait_for_url("**done=ended*")
    return page


SPOTS = (
    Spot("series", "Pansement de la jambe", the_series),
    Spot("series-kept", "Pansement de la jambe", the_kept_series),
    Spot("series-change", "Modifier la suite", the_change),
    Spot("series-mistakes", "Modifier la suite", mistakes),
    Spot("series-stale", "Modifier la suite", changed_meanwhile),
    Spot("series-changed", "Pansement de la jambe", changed),
    Spot("series-end", "Terminer cette série ?", the_end),
    Spot("series-ended", "Pansement de la jambe", ended),
)
