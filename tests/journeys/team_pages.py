"""The ways to the pages that say whom to call, for `places`."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page
from sqlmodel import Session, select

from portal.clock import now
from portal.models.care import Patient
from portal.models.directory import Absence, Organization, Practitioner, PractitionerRole
from portal.models.need import Need, NeedCode
from tests import factories
from tests.journeys.conftest import Browse
from tests.journeys.consent_pages import an_outsider
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

FAMILY_NAME = "Kermarrec"
"""Of no other journey: each family is one of its own."""
REPLACEMENT_PHONE = "06 39 98 55 02"
_ALWAYS = [
    {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}
]
_LONG = "La jambe gauche, le matin avant la toilette et après le petit déjeuner"


def a_circle(relais: RunningPortal, *, given: str, size: int = 1, unowned: bool = False) -> UUID:
    """Odette is away and Rozenn replaces her, day and night; made once, by that given name.

    `size` counts the professionals, and the needs. Claire coordinates it.
    """
    with relais.writing() as (session, _keys):
        named = select(Patient).where(
            Patient.given_name == given, Patient.family_name == FAMILY_NAME
        )
        known = session.exec(named).first()
        if known is not None:
            return known.id
        house = session.exec(
            select(Organization)
            .where(Organization.name == "Maison de santé des Tilleuls")
            .order_by(Organization.id)  # type: ignore[arg-type]  # the demo's own came first
        ).first()
        assert house is not None
        patient = factories.make_patient(
            session, given_name=given, family_name=FAMILY_NAME, organization_id=house.id
        )
        odette, rozenn = _nurse(session, "Odette", "01"), _nurse(session, "Rozenn", "02")
        seat = factories.make_member(
            session, patient=patient, practitioner_id=odette.id, contact_for="Les pansements."
        )
        for number in range(3, size + 2):
            other = _nurse(session, "Marie-Antoinette de Kergariou", f"{number:02}")
            factories.make_member(session, patient=patient, practitioner_id=other.id)
        owner_id = None if unowned else seat.id
        session.add_all(
            Need(patient_id=patient.id, code=code, detail=_LONG, owner_id=owner_id)
            for code in list(NeedCode)[:size]
        )
        _send_away(session, odette, rozenn)
        return patient.id


def _nurse(session: Session, given: str, number: str) -> Practitioner:
    one = factories.make_practitioner(
        session, given_name=given, family_name="Le Bihan", phone=f"06 39 98 55 {number}"
    )
    session.add(PractitionerRole(practitioner_id=one.id, hours=_ALWAYS, is_open_on_holidays=True))
    return one


def _send_away(session: Session, who: Practitioner, by: Practitioner) -> None:
    today = now().date()
    session.add(
        Absence(
            practitioner_id=who.id,
            replacement_id=by.id,
            starts_on=today - timedelta(days=3),
            ends_on=today + timedelta(days=6),
        )
    )


def _own(path: str, **circle: object) -> Callable[[Browse, RunningPortal], Page]:
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        patient_id = a_circle(relais, **circle)  # type: ignore[arg-type]  # its own names
        page = browse("claire")
        page.goto(f"/p/{patient_id}/{path}")
        return page

    return opened


def _waiting(path: str) -> Callable[[Browse, RunningPortal], Page]:
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        an_outsider(relais, family="Gourvil")
        page = browse("jeanne")
        page.goto(f"/p/{relais.patient('Jeanne')}/{path}")
        return page

    return opened


def _sheet(persona: str, given: str) -> Callable[[Browse, RunningPortal], Page]:
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        page = browse(persona)
        page.goto(f"/p/{relais.patient(given)}/care-team/sheet")
        return page

    return opened


SPOTS = (
    Spot("team-replaced", "Qui fait quoi pour Soizic ?", _own("care-team", given="Soizic")),
    Spot("team-large", "Qui fait quoi pour Gwenola ?", _own("care-team", given="Gwenola", size=20)),
    Spot("team-waiting", "Qui fait quoi pour vous ?", _waiting("care-team")),
    Spot("home-waiting", "Bonjour Jeanne", _waiting("")),
    Spot(
        "home-alarms",
        "Aujourd’hui pour Maïwenn",
        _own("", given="Maïwenn", size=2, unowned=True),
    ),
    Spot("sheet", "Qui appeler pour Jeanne Morel", _sheet("paul", "Jeanne")),
    Spot(
        "sheet-large",
        "Qui appeler pour Gwenola Kermarrec",
        _own("care-team/sheet", given="Gwenola", size=20),
    ),
    Spot("sheet-empty", "Qui appeler pour Yvonne Kervella", _sheet("claire", "Yvonne")),
)
