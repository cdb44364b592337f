"""Every way to stand before one file, all at once: each has an account and a session."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import UserSession
from portal.models.rights import CareLinkKind
from tests import factories
from tests.access.file import OF_ANOTHER, File, fill
from tests.access.world import World

DAY = timedelta(days=1)
CAPACITIES = {
    "guardian": "legal_representative",
    "parent": "legal_representative",
    "mandate on the agenda": "legal_representative",
    "nurse in the circle": "professional",
    "nurse for the agenda": "professional",
    "social worker with consent": "professional",
    "coordinator": "coordinator",
    "doctor in an emergency": "emergency",
}
"""As what the log names them; everybody else is a carer."""
RELATIVES = ("carer", "guardian", "parent", "mandate")


@dataclass(frozen=True)
class Scene:
    """Jeanne's circle with its file, and Odile's, which is nobody's business here."""

    jeanne: World
    odile: World
    file: File
    odiles_file: File

    @property
    def actors(self) -> list[str]:
        return ["anonymous", "password only", *self.jeanne.users]


def is_relative(actor: str) -> bool:
    return actor.startswith(RELATIVES)


def make_scene(session: Session, keys: KeyRing) -> Scene:
    at = clock.now()
    worlds = [
        World(session, keys, at=at - DAY, majority=datetime(at.year + 3, 1, 1, tzinfo=UTC))
        for _one in range(2)
    ]
    jeanne, odile = worlds
    for world in worlds:
        house = factories.make_organization(session)
        born = str(at.year - 15)
        patient = factories.make_patient(session, birth_date=born, organization_id=house.id)
        world.settle(patient, house)
    odile.word = OF_ANOTHER
    _add_people(jeanne)
    for actor in jeanne.users:
        odile.meet(actor, jeanne)
    _place_relatives(jeanne)
    _place_professionals(jeanne)
    odile.link("another patient", CareLinkKind.SELF)
    odile.link("carer of another", CareLinkKind.CARER)
    odile.grant("carer of another", "agenda:see", lasts=30 * DAY)
    odile.coordinate("coordinator elsewhere")
    for world in worlds:
        world.facts["now"] = at
    jeanne.open_in_emergency("doctor in an emergency")
    return Scene(jeanne, odile, fill(jeanne), fill(odile, word=OF_ANOTHER))


def _add_people(world: World) -> None:
    plain = (
        "patient",
        "another patient",
        "carer, agenda and team",
        "carer, consents",
        "carer, nothing granted",
        "carer, grant over",
        "carer, grant revoked",
        "carer, paused",
        "carer, ended",
        "carer of another",
        "carer, curator",
        "guardian",
        "parent",
        "mandate on the agenda",
        "coordinator",
        "coordinator elsewhere",
    )
    practitioners = (
        "nurse in the circle",
        "nurse for the agenda",
        "nurse who left",
        "nurse who is blocked",
        "social worker without consent",
        "social worker with consent",
        "doctor of another house",
        "doctor in an emergency",
    )
    for name in plain:
        world.add_person(name)
    for name in practitioners:
        world.add_person(name, is_practitioner=True)
    world.add_person("patient expert", is_patient_expert=True)
    world.add_person("operator", is_operator=True)
    world.add_person("privacy contact", is_privacy_contact=True)
    world.add_person("disabled")


def _place_relatives(world: World) -> None:
    world.link("patient", CareLinkKind.SELF)
    for name in world.users:
        if name.startswith("carer,"):
            world.link(name, CareLinkKind.CARER)
    for name in ("agenda and team", "grant revoked", "paused", "ended", "curator"):
        world.grant(f"carer, {name}", "agenda:act", lasts=30 * DAY)
        world.grant(f"carer, {name}", "care_team:see", lasts=30 * DAY)
    world.grant("carer, consents", "consents:see", lasts=30 * DAY)
    world.grant("carer, grant over", "agenda:act", lasts=DAY / 2)
    world.revoke("carer, grant revoked")
    world.pause("carer, paused")
    world.end_link("carer, ended")
    world.add_mandate("carer, curator", "curateur")
    for name in ("guardian", "parent", "mandate on the agenda"):
        world.link(name, CareLinkKind.LEGAL_REPRESENTATIVE)
    world.add_mandate("guardian", "tuteur_personne")
    world.add_mandate("parent", "autorite_parentale")
    world.add_mandate("mandate on the agenda", "mandat_protection_future", scope="agenda:act")
    # Whoever was disabled had every right before.
    world.link("disabled", CareLinkKind.CARER)
    world.grant("disabled", "agenda:act", lasts=30 * DAY)


def _place_professionals(world: World) -> None:
    world.coordinate("coordinator")
    for name in ("nurse in the circle", "nurse who left", "nurse who is blocked"):
        world.join(name)
    world.join("nurse for the agenda", sees="agenda")
    world.leave("nurse who left")
    world.block("nurse who is blocked")
    for name in ("social worker without consent", "social worker with consent"):
        world.join(name, is_outside=True)
    world.answer("social_services", "given", about="social worker with consent")


def close_account(scene: Scene, session: Session) -> None:
    user = scene.jeanne.users["disabled"]
    user.disabled_at = scene.jeanne.now
    session.add(user)


def age_code(session: Session, scene: Scene, actor: str) -> None:
    """The code of this browser was shown an hour ago."""
    user_id = scene.jeanne.users[actor].id
    for row in session.exec(select(UserSession).where(UserSession.user_id == user_id)):
        row.stepped_up_at = scene.jeanne.now - timedelta(hours=1)
        session.add(row)
