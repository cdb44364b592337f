"""The ways to the pages where appointments are made; each family is one of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any

from playwright.sync_api import Page, expect
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.clock import now
from portal.models.account import Coordination, User
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.agreement import AppointmentAct, AppointmentChange
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Gender, Organization, OrganizationKind, Practitioner
from portal.models.rights import CareLink, CareLinkKind
from portal.scheduling.clocks import typed_instant_of
from portal.web import dates
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

_PARIS = "Europe/Paris"
_families = count(1)


@dataclass(frozen=True)
class Family:
    """Marguerite, or whoever coordinates for her, signed in on `page`."""

    page: Page
    door: str
    dressing: str
    """Of Nora, in five days at 9 o'clock."""
    dentist: str
    """Of the family, in five days at 15 o'clock."""
    over: str
    cancelled: str

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


def in_days(days: int) -> str:
    """As a field of a form holds it."""
    return (dates.local(now(), _PARIS).date() + timedelta(days=days)).isoformat()


def a_family(
    browse: Browse,
    relais: RunningPortal,
    *,
    coordinates: bool = False,
    script: bool = True,
    **options: Any,
) -> Family:
    with relais.writing() as (session, _keys):
        house = Organization(
            name=f"Maison de santé du Phare {next(_families)}", kind=OrganizationKind.MSP
        )
        patient = Patient(given_name="Marguerite", family_name="Le Bihan", gender=Gender.FEMALE)
        session.add_all([house, patient])
        session.flush()
        patient.organization_id = house.id
        session.add(CareTeam(patient_id=patient.id))
        session.flush()
        user = _account(session)
        if coordinates:
            session.add(Coordination(user_id=user.id, organization_id=house.id, created_at=now()))
        else:
            own = CareLinkKind.SELF
            session.add(CareLink(patient_id=patient.id, user_id=user.id, kind=own, starts_at=now()))
        nora = _nurse(session, patient)
        visits = _visits(session, patient, nora, user)
        _row, token = start_session(
            session, user_id=user.id, is_staff=coordinates, user_agent="a phone", at=now()
        )
        door = f"/p/{patient.id}/agenda"
    page = browse(java_script_enabled=script, **options)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Family(page, door, *(f"{door}/{one}" for one in visits))


def _account(session: Session) -> User:
    user = User(
        email=f"marguerite{next(_families)}@example.org",
        given_name="Marguerite",
        family_name="Le Bihan",
        password_hash="-",
        enrolled_at=now(),
        locale=None,
    )
    session.add(user)
    session.flush()
    return user


def _nurse(session: Session, patient: Patient) -> Practitioner:
    nora = Practitioner(
        given_name="Nora",
        family_name="Guivarch",
        gender=Gender.FEMALE,
        profession="infirmier",
        phone="02 61 91 00 27",
    )
    session.add(nora)
    session.flush()
    session.add(CareTeamMember(patient_id=patient.id, practitioner_id=nora.id))
    session.flush()
    return nora


def _at(days: int, hour: int) -> datetime:
    day = dates.local(now(), _PARIS).date() + timedelta(days=days)
    return typed_instant_of(datetime.combine(day, time(hour)), _PARIS)


def _visits(session: Session, patient: Patient, nora: Practitioner, user: User) -> list[str]:
    usual: dict[str, Any] = {"kind": AppointmentKind.HOME_NURSING, "practitioner_id": nora.id}

    def visit(days: int, hour: int, **fields: Any) -> Appointment:
        row = Appointment(
            patient_id=patient.id,
            starts_at=_at(days, hour),
            ends_at=_at(days, hour) + timedelta(minutes=30),
            duration_minutes=30,
            **(usual | fields),
        )
        session.add(row)
        return row

    rows = [
        visit(5, 9, title="Pansement de la jambe"),
        visit(
            5,
            15,
            title="Le dentiste",
            kind=AppointmentKind.OTHER,
            practitioner_id=None,
            source="own",
            created_by=user.id,
        ),
        visit(-2, 9, title="Prise de tension"),
        visit(6, 9, title="Pesée", status=AppointmentStatus.CANCELLED),
    ]
    rows[3].cancellation_reason = "La balance est en panne"
    session.flush()
    for row, act in ((rows[1], AppointmentAct.ADDED), (rows[3], AppointmentAct.CANCELLED)):
        fields = {"status": ["booked", "cancelled"]} if act is AppointmentAct.CANCELLED else {}
        session.add(
            AppointmentChange(
                patient_id=patient.id,
                appointment_id=row.id,
                version=1,
                at=now(),
                actor_id=user.id,
                act=act,
                fields=fields,
            )
        )
    session.flush()
    return [str(one.id) for one in rows]


def _opened(path: str, *, coordinates: bool) -> Callable[..., Page]:
    """`path` begins with the name of what a family has: `door/book`."""

    def opened(browse: Browse, relais: RunningPortal, **options: Any) -> Page:
        family = a_family(browse, relais, coordinates=coordinates, **options)
        start, _, rest = path.partition("/")
        return family.open("/".join(filter(None, (getattr(family, start), rest))))

    return opened


_a_booking = _opened("door/book", coordinates=True)
_a_move = _opened("dressing/move", coordinates=True)
_an_own_form = _opened("door/new", coordinates=False)


def mistakes(browse: Browse, relais: RunningPortal, **options: Any) -> Page:
    page = _a_booking(browse, relais, **options)
    page.locator("#title").press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    return page


def a_clash(browse: Browse, relais: RunningPortal, **options: Any) -> Page:
    page = _an_own_form(browse, relais, **options)
    page.locator("#title").fill("Le coiffeur")
    page.locator("#day").fill(in_days(5))
    page.locator("#starts").fill("09:15")
    page.locator("#starts").press("Enter")
    page.wait_for_selector("button[name='anyway']")
    return page


def changed_meanwhile(browse: Browse, relais: RunningPortal, **options: Any) -> Page:
    page = _a_move(browse, relais, **options)
    page.locator("input[name='version']").evaluate("field => { field.value = '0'; }")
    page.locator("#starts").fill("17:00")
    page.locator("#reason").press("Enter")
    page.wait_for_selector(".notice.is-alert")
    return page


def a_moved_visit(browse: Browse, relais: RunningPortal, **options: Any) -> Page:
    page = _a_move(browse, relais, **options)
    page.locator("#starts").fill("17:00")
    page.locator("#reason").press("Enter")
    page.wait_for_url("**?done=moved**")
    return page


def a_deleted_entry(browse: Browse, relais: RunningPortal, **options: Any) -> Page:
    page = _opened("dentist/delete", coordinates=False)(browse, relais, **options)
    page.locator("main form button").click()
    page.wait_for_url("**/deleted**")
    return page


SPOTS = (
    Spot("booking", "Prendre un rendez-vous pour Marguerite", _a_booking),
    Spot("booking-mistakes", "Prendre un rendez-vous pour Marguerite", mistakes),
    Spot("booking-move", "Déplacer ce rendez-vous", _a_move),
    Spot("booking-moved", "Pansement de la jambe", a_moved_visit),
    Spot("booking-meanwhile", "Déplacer ce rendez-vous", changed_meanwhile),
    Spot(
        "booking-correct",
        "Corriger les informations",
        _opened("dressing/correct", coordinates=True),
    ),
    Spot(
        "booking-cancel", "Annuler ce rendez-vous ?", _opened("dressing/cancel", coordinates=True)
    ),
    Spot("booking-cancelled", "Pesée", _opened("cancelled", coordinates=True)),
    Spot("booking-outcome", "Prise de tension", _opened("over", coordinates=True)),
    Spot("own-form", "Ajouter un rendez-vous", _an_own_form),
    Spot("own-clash", "Ajouter un rendez-vous", a_clash),
    Spot("own-visit", "Le dentiste", _opened("dentist", coordinates=False)),
    Spot("own-change", "Modifier ce rendez-vous", _opened("dentist/own", coordinates=False)),
    Spot("own-delete", "Supprimer ce rendez-vous ?", _opened("dentist/delete", coordinates=False)),
    Spot("own-deleted", "Le rendez-vous est supprimé", a_deleted_entry),
)
