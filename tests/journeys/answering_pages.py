"""The ways to the pages of answers and requests; each family is one of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.clock import now
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.agreement import ChangeRequest, RequestKind, RequestState
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.rights import CareLink, CareLinkKind
from portal.models.series import Workshop
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

_families = count(1)


@dataclass(frozen=True)
class Family:
    """Odette and her nurse Nora; `page` is the browser of one of them."""

    page: Page
    door: str
    """Of the visit."""
    reply: str

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


def a_family(
    browse: Browse,
    relais: RunningPortal,
    *,
    status: AppointmentStatus = AppointmentStatus.PROPOSED,
    request: RequestState | None = None,
    places: int | None = None,
    as_nurse: bool = False,
    **options: Any,
) -> Family:
    """`places` are those that are left in a workshop; without it, it is a visit of the nurse."""
    with relais.writing() as (session, _keys):
        number = next(_families)
        patient, nurse, people = _circle(session, number)
        visit = _visit(session, patient, nurse, status, places)
        asked = _request(session, visit, people, request) if request else None
        user = people["nurse" if as_nurse else "odette"]
        _row, token = start_session(
            session, user_id=user.id, is_staff=as_nurse, user_agent="a phone", at=now()
        )
        door = f"/p/{patient.id}/agenda/{visit.id}"
        reply = f"{door}/requests/{asked}/reply"
    page = browse(**options)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Family(page, door, reply)


def _circle(session: Session, number: int) -> tuple[Patient, Practitioner, dict[str, User]]:
    house = Organization(name=f"Maison de santé du Large {number}", kind="msp")
    patient = Patient(given_name="Odette", family_name="Kerbrat", gender=Gender.FEMALE)
    nurse = Practitioner(
        given_name="Nora", family_name="Guivarch", gender=Gender.FEMALE, profession="infirmier"
    )
    session.add_all([house, patient, nurse])
    session.flush()
    patient.organization_id = house.id
    session.add(CareTeam(patient_id=patient.id))
    session.flush()
    session.add(CareTeamMember(patient_id=patient.id, practitioner_id=nurse.id))
    people = {
        "odette": _account(session, f"odette.answers{number}", "Odette", "Kerbrat"),
        "nurse": _account(session, f"nora.answers{number}", "Nora", "Guivarch", nurse.id),
    }
    own = CareLink(
        patient_id=patient.id,
        user_id=people["odette"].id,
        kind=CareLinkKind.SELF,
        starts_at=now(),
    )
    session.add(own)
    session.flush()
    return patient, nurse, people


def _account(
    session: Session, name: str, given: str, family: str, practitioner_id: UUID | None = None
) -> User:
    user = User(
        email=f"{name}@example.org",
        given_name=given,
        family_name=family,
        password_hash="-",
        enrolled_at=now(),
        practitioner_id=practitioner_id,
        locale=None,
    )
    session.add(user)
    session.flush()
    return user


def _visit(
    session: Session,
    patient: Patient,
    nurse: Practitioner,
    status: AppointmentStatus,
    places: int | None,
) -> Appointment:
    starts_at = in_days(4)
    visit = Appointment(
        patient_id=patient.id,
        title="Pansement de la jambe",
        kind=AppointmentKind.HOME_NURSING,
        status=status,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        practitioner_id=nurse.id,
        respond_before=(now() + timedelta(days=2)).date(),
    )
    if places is not None:
        visit.title, visit.kind = "Cuisiner sans sel", AppointmentKind.WORKSHOP
        visit.workshop_id = _workshop(session, patient, places, starts_at).id
    session.add(visit)
    session.flush()
    return visit


def _workshop(session: Session, patient: Patient, places: int, starts_at: datetime) -> Workshop:
    assert patient.organization_id is not None
    workshop = Workshop(
        organization_id=patient.organization_id,
        title="Cuisiner sans sel",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        capacity=8,
        places_taken=8 - places,
    )
    session.add(workshop)
    session.flush()
    return workshop


def _request(
    session: Session, visit: Appointment, people: dict[str, User], state: RequestState
) -> UUID:
    asked = ChangeRequest(
        patient_id=visit.patient_id,
        appointment_id=visit.id,
        kind=RequestKind.CHANGE,
        state=state,
        asked_by=people["odette"].id,
        capacity="self",
        asked_at=now(),
        parts_of_day=["afternoon"],
        moments=[f"{in_days(5):%Y-%m-%d}T14:00"],
        text="Le transport ne passe pas avant 11 h",
    )
    if state is not RequestState.OPEN:
        asked.answered_by, asked.answered_at = people["nurse"].id, now()
        asked.answer_text = "Je finis ma tournée vers 16 h"
    if state is RequestState.PROPOSED:
        asked.proposed_start = in_days(6)
    session.add(asked)
    session.flush()
    return asked.id


def in_days(days: int) -> datetime:
    return (now() + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


def a_proposal(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    return family.open(family.door)


def an_accepted_proposal(browse: Browse, relais: RunningPortal) -> Page:
    page = a_proposal(browse, relais)
    page.locator("#your-answer form button").click()
    page.wait_for_url("**done=accepted*")
    return page


def the_answer(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    return family.open(f"{family.door}/answer?answer=other")


def mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = the_answer(browse, relais)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def changed_meanwhile(browse: Browse, relais: RunningPortal) -> Page:
    page = the_answer(browse, relais)
    page.locator("main input[name='version']").evaluate("field => { field.value = '0'; }")
    page.locator("#text").fill("Plutôt le soir")
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".notice.is-alert")
    return page


def an_open_request(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais, status=AppointmentStatus.BOOKED, request=RequestState.OPEN)
    return family.open(f"{family.door}?done=asked")


def another_time(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(
        browse, relais, status=AppointmentStatus.BOOKED, request=RequestState.PROPOSED
    )
    return family.open(family.door)


def a_full_workshop(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais, places=0)
    return family.open(family.door)


def a_lost_place(browse: Browse, relais: RunningPortal) -> Page:
    """Taken by somebody else between the look and the yes."""
    family = a_family(browse, relais, places=1)
    page = family.open(family.door)
    with relais.writing() as (session, _keys):
        visit = session.get_one(Appointment, tuple(UUID(one) for one in _ids(family.door)))
        session.get_one(Workshop, visit.workshop_id).places_taken = 8
    page.locator("#your-answer form button").first.click()
    page.wait_for_selector(".notice.is-alert")
    return page


def _ids(door: str) -> tuple[str, str]:
    _, _, patient_id, _, appointment_id = door.split("/")
    return patient_id, appointment_id


def the_requests(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais, request=RequestState.OPEN, as_nurse=True)
    return family.open("/professional/requests")


def no_requests(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais, as_nurse=True)
    return family.open("/professional/requests?done=reply-moved")


def a_reply(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais, request=RequestState.OPEN, as_nurse=True)
    return family.open(family.reply)


def mistakes_in_a_reply(browse: Browse, relais: RunningPortal) -> Page:
    page = a_reply(browse, relais)
    page.locator("#day").fill("2020-01-01")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


_VISIT, _WORKSHOP = "Pansement de la jambe", "Cuisiner sans sel"
SPOTS = (
    Spot("answer-proposal", _VISIT, a_proposal),
    Spot("answer-accepted", _VISIT, an_accepted_proposal),
    Spot("answer-form", _VISIT, the_answer),
    Spot("answer-mistakes", _VISIT, mistakes),
    Spot("answer-changed", _VISIT, changed_meanwhile),
    Spot("answer-request", _VISIT, an_open_request),
    Spot("answer-other-time", _VISIT, another_time),
    Spot("answer-full", _WORKSHOP, a_full_workshop),
    Spot("answer-lost-place", _WORKSHOP, a_lost_place),
    Spot("requests", "Demandes à traiter", the_requests),
    Spot("requests-none", "Demandes à traiter", no_requests),
    Spot("request-reply", _VISIT, a_reply),
    Spot("request-mistakes", _VISIT, mistakes_in_a_reply),
)
