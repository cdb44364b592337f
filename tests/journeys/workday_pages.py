"""The ways to the days of a professional; each office is one of its own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from playwright.sync_api import Page
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.clock import now
from portal.models.account import Coordination, User
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.agreement import ChangeRequest, RequestKind
from portal.models.care import CareTeam, CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Gender, Organization, Practitioner, PractitionerRole
from portal.models.series import Workshop
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

DOOR = "/professional/agenda"
PARIS = ZoneInfo("Europe/Paris")
_offices = count(1)


@dataclass(frozen=True)
class Office:
    """Gwenn, a nurse, or Rozenn, who coordinates her house, signed in on `page`."""

    page: Page
    nurse: str
    workshop: str
    patients: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


def tomorrow() -> date:
    """A day on which nothing is over yet, whatever time the tests run."""
    return now().astimezone(PARIS).date() + timedelta(days=1)


def an_office(
    browse: Browse,
    relais: RunningPortal,
    *,
    has_visits: bool = True,
    coordinates: bool = False,
    works: bool = True,
    script: bool = True,
) -> Office:
    with relais.writing() as (session, _keys):
        number = next(_offices)
        house = Organization(
            name=f"Maison de santé de la Pointe {number}", kind="msp", address="3 rue du Port"
        )
        nurse = Practitioner(
            given_name="Gwenn",
            family_name="Tanguy",
            gender=Gender.FEMALE,
            profession="infirmier",
            phone="02 61 91 00 27",
        )
        session.add_all([house, nurse])
        session.flush()
        if works:
            session.add(PractitionerRole(practitioner_id=nurse.id, organization_id=house.id))
        user = _account(session, number, None if coordinates else nurse)
        if coordinates:
            session.add(Coordination(user_id=user.id, organization_id=house.id, created_at=now()))
        patients = [
            _patient(session, house, nurse, *name)
            for name in (("Odette", "Kerbrat"), ("Marcel", "Le Bras"), ("Fanch", "Omnès"))
        ]
        workshop = _workshop(session, house, nurse, user)
        if has_visits:
            _visits(session, patients, nurse, user)
            _guests(session, patients, workshop)
        _row, token = start_session(
            session, user_id=user.id, is_staff=True, user_agent="a phone", at=now()
        )
        keys = [str(one.id) for one in patients]
        made = (str(nurse.id), str(workshop.id), keys)
    page = browse(java_script_enabled=script)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Office(page, *made)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    day = tomorrow() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), PARIS).astimezone(UTC)


def _account(session: Session, number: int, nurse: Practitioner | None) -> User:
    user = User(
        email=f"bureau{number}@example.org",
        given_name="Gwenn" if nurse else "Rozenn",
        family_name="Tanguy",
        password_hash="-",
        enrolled_at=now(),
        practitioner_id=nurse.id if nurse else None,
    )
    session.add(user)
    session.flush()
    return user


def _patient(
    session: Session, house: Organization, nurse: Practitioner, given: str, family: str
) -> Patient:
    patient = Patient(
        given_name=given,
        family_name=family,
        phone="02 61 91 04 12",
        address="4 venelle du Phare",
        organization_id=house.id,
    )
    session.add(patient)
    session.flush()
    session.add(CareTeam(patient_id=patient.id))
    session.flush()
    session.add(CareTeamMember(patient_id=patient.id, practitioner_id=nurse.id))
    session.flush()
    return patient


def _visits(session: Session, patients: list[Patient], nurse: Practitioner, user: User) -> None:
    odette, marcel, fanch = patients
    sister = RelatedPerson(
        patient_id=odette.id, given_name="Yvonne", family_name="Kerbrat", relationship="SIS"
    )
    session.add(sister)
    session.flush()
    visits = [
        _visit(odette, nurse, "Pansement de la jambe", at(7, 30), at(9), companion_id=sister.id),
        _visit(marcel, nurse, "Prise de sang", at(9, 30), preparation="Rester à jeun\nOrdonnance"),
        _visit(fanch, nurse, "Toilette", at(11), status=AppointmentStatus.PROPOSED),
        _visit(marcel, nurse, "Pilulier", at(17), status=AppointmentStatus.CANCELLED),
        _visit(fanch, nurse, "Toilette", at(11, days=1)),
    ]
    session.add_all(visits)
    session.flush()
    session.add(
        ChangeRequest(
            patient_id=marcel.id,
            appointment_id=visits[1].id,
            kind=RequestKind.CHANGE,
            asked_by=user.id,
            capacity="carer",
            asked_at=now(),
        )
    )
    # Marcel's neighbour left the nurse's circle: a time is all that is left.
    gone = Patient(given_name="Perrine", family_name="Closier")
    session.add(gone)
    session.flush()
    session.add(_visit(gone, nurse, "Soin", at(10, 15)))
    session.flush()


def _visit(
    patient: Patient,
    nurse: Practitioner,
    title: str,
    starts_at: datetime,
    until: datetime | None = None,
    **fields: object,
) -> Appointment:
    return Appointment(
        patient_id=patient.id,
        practitioner_id=nurse.id,
        title=title,
        kind=AppointmentKind.HOME_NURSING,
        starts_at=starts_at,
        ends_at=until,
        is_window=until is not None,
        address="4 venelle du Phare",
        **fields,
    )


def _workshop(session: Session, house: Organization, nurse: Practitioner, user: User) -> Workshop:
    workshop = Workshop(
        organization_id=house.id,
        title="Bien manger après l’hôpital",
        description="Venir avec un carnet\nUn goûter est servi",
        starts_at=at(14, 30),
        ends_at=at(16),
        place="Salle des fêtes",
        address="1 quai de l’Aber",
        practitioner_id=nurse.id,
        host_text="Odile, patiente experte",
        capacity=8,
        created_by=user.id,
    )
    session.add(workshop)
    session.flush()
    return workshop


def _guests(session: Session, patients: list[Patient], workshop: Workshop) -> None:
    states = (AppointmentStatus.BOOKED, AppointmentStatus.PROPOSED)
    for patient, status in zip(patients, states, strict=False):
        session.add(
            Appointment(
                patient_id=patient.id,
                workshop_id=workshop.id,
                organization_id=workshop.organization_id,
                practitioner_id=workshop.practitioner_id,
                title=workshop.title,
                kind=AppointmentKind.WORKSHOP,
                status=status,
                starts_at=workshop.starts_at,
                ends_at=workshop.ends_at,
                place=workshop.place,
            )
        )
    workshop.places_taken = 1
    session.flush()


def a_day(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais).open(f"{DOOR}?day={tomorrow()}")


def no_visits(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais, has_visits=False).open(DOOR)


def a_week(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais).open(f"{DOOR}?view=week&day={tomorrow()}")


def a_sheet(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais).open(f"{DOOR}/sheet?day={tomorrow()}")


def a_choice(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais, coordinates=True).open(DOOR)


def nobody_to_choose(browse: Browse, relais: RunningPortal) -> Page:
    return an_office(browse, relais, coordinates=True, works=False).open(DOOR)


def a_day_of_a_colleague(browse: Browse, relais: RunningPortal) -> Page:
    office = an_office(browse, relais, coordinates=True)
    return office.open(f"{DOOR}?day={tomorrow()}&of={office.nurse}")


SPOTS = (
    Spot("workday", "Ma journée", a_day),
    Spot("workday-none", "Ma journée", no_visits),
    Spot("workweek", "Ma semaine", a_week),
    Spot("workday-sheet", "Patients du jour", a_sheet),
    Spot("workday-choice", "Agendas de l’équipe", a_choice),
    Spot("workday-nobody", "Agendas de l’équipe", nobody_to_choose),
    Spot("workday-colleague", "Agenda : Gwenn Tanguy", a_day_of_a_colleague),
)
