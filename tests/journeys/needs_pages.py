"""The ways to the pages about needs; each family is one of its own, and so is its house."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from playwright.sync_api import Page, expect
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.clock import now
from portal.models.account import Coordination, User
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.need import Need, NeedChange, NeedType
from portal.models.rights import CareLink, CareLinkKind
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

Opener = Callable[[Browse, RunningPortal], Page]
_families = count(1)


@dataclass(frozen=True)
class Family:
    """Odette, signed in on `page`; what she needs, and where it stands."""

    page: Page
    door: str
    dressing: str
    """Of Nora, and still far from its review."""
    meals: str
    """Of nobody."""

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


def a_family(
    browse: Browse,
    relais: RunningPortal,
    *,
    has_needs: bool = True,
    coordinates: bool = False,
    script: bool = True,
) -> Family:
    with relais.writing() as (session, _keys):
        number = next(_families)
        house = Organization(name=f"Maison de santé de l’Île {number}", kind="msp")
        patient = Patient(given_name="Odette", family_name="Kerbrat", gender=Gender.FEMALE)
        session.add_all([house, patient])
        session.flush()
        patient.organization_id = house.id
        session.add(CareTeam(patient_id=patient.id))
        session.flush()
        user = _account(session, number)
        if coordinates:
            session.add(Coordination(user_id=user.id, organization_id=house.id, created_at=now()))
            session.add(NeedType(organization_id=house.id, label="Lecture du courrier"))
            session.add(NeedType(organization_id=house.id, label="Jardin", retired_at=now()))
        else:
            own = CareLinkKind.SELF
            session.add(CareLink(patient_id=patient.id, user_id=user.id, kind=own, starts_at=now()))
        places = _circle(session, patient)
        needs = _needs(session, patient, places, user) if has_needs else {}
        _row, token = start_session(
            session, user_id=user.id, is_staff=coordinates, user_agent="a phone", at=now()
        )
        door = f"/p/{patient.id}/needs"
    page = browse(java_script_enabled=script)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Family(page, door, f"{door}/{needs.get('dressing')}", f"{door}/{needs.get('meals')}")


def _account(session: Session, number: int) -> User:
    user = User(
        email=f"yvonne{number}@example.org",
        given_name="Odette",
        family_name="Kerbrat",
        password_hash="-",
        enrolled_at=now(),
        locale=None,
    )
    session.add(user)
    session.flush()
    return user


def _circle(session: Session, patient: Patient) -> list[CareTeamMember]:
    people = [
        Practitioner(
            given_name=name,
            family_name="Guivarch",
            gender=Gender.FEMALE,
            profession="infirmier",
            phone="02 61 91 00 27",
        )
        for name in ("Nora", "Maïwenn")
    ]
    session.add_all(people)
    session.flush()
    places = [CareTeamMember(patient_id=patient.id, practitioner_id=one.id) for one in people]
    session.add_all(places)
    session.flush()
    return places


def _needs(
    session: Session, patient: Patient, places: list[CareTeamMember], user: User
) -> dict[str, str]:
    nora, maiwenn = (one.id for one in places)
    ahead, late = now().date() + timedelta(days=60), now().date() - timedelta(days=9)
    needs = {
        "dressing": Need(
            patient_id=patient.id,
            code="dressing",
            detail="La jambe gauche",
            owner_id=nora,
            deputy_id=maiwenn,
            frequency="3 fois par semaine",
            review_on=ahead,
        ),
        "meals": Need(patient_id=patient.id, code="meals", review_on=ahead),
        "late": Need(patient_id=patient.id, code="pill_box", owner_id=nora, review_on=late),
        "over": Need(
            patient_id=patient.id,
            code="blood_tests",
            ended_at=now(),
            end_reason="Le traitement est fini",
        ),
    }
    session.add_all(needs.values())
    session.flush()
    for one in needs.values():
        session.add(
            NeedChange(
                patient_id=patient.id,
                need_id=one.id,
                version=1,
                at=now(),
                actor_id=user.id,
                capacity="self",
                owner_id=one.owner_id,
                owner_name="Nora Guivarch" if one.owner_id else "",
                detail=one.detail,
                frequency=one.frequency,
                review_on=one.review_on,
                is_ended=one.ended_at is not None,
                end_reason=one.end_reason,
            )
        )
    session.flush()
    return {name: str(one.id) for name, one in needs.items()}


def the_needs(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    return family.open(family.door)


def no_needs(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais, has_needs=False)
    return family.open(family.door)


def a_settled_need(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    page = family.open(family.door)
    page.locator("form[action$='/confirm'] button").click()
    page.wait_for_url("**/needs?done=confirmed*")
    return page


def a_need(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    return family.open(family.dressing)


def an_ended_need(browse: Browse, relais: RunningPortal) -> Page:
    page = a_question_of_the_end(browse, relais)
    page.locator("#reason").fill("La plaie est guérie")
    page.locator("main form button").click()
    page.wait_for_url("**?done=ended")
    return page


def a_question_of_the_end(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    return family.open(f"{family.dressing}/end")


def a_form(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    return family.open(f"{family.door}/new")


def mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_form(browse, relais)
    page.locator("#review_on").fill("bientôt")
    page.locator("#review_on").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def changed_meanwhile(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais)
    page = family.open(f"{family.dressing}/change")
    page.locator("input[name='version']").evaluate("field => { field.value = '0'; }")
    page.locator("#frequency").fill("Le lundi")
    page.locator("#frequency").press("Enter")
    page.wait_for_selector(".notice.is-alert")
    return page


def the_catalogue(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais, has_needs=False, coordinates=True)
    return family.open("/professional/need-types?done=added")


SPOTS = (
    Spot("needs", "Mes besoins", the_needs),
    Spot("needs-none", "Mes besoins", no_needs),
    Spot("needs-settled", "Mes besoins", a_settled_need),
    Spot("need", "Pansement", a_need),
    Spot("need-ended", "Pansement", an_ended_need),
    Spot("need-end", "Est-ce terminé ?", a_question_of_the_end),
    Spot("need-form", "Ajouter un besoin", a_form),
    Spot("need-mistakes", "Ajouter un besoin", mistakes),
    Spot("need-changed", "Modifier ce besoin", changed_meanwhile),
    Spot("need-types", "Catalogue des besoins", the_catalogue),
)
