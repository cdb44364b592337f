"""One patient full of canary words, and every way in which a reader can stand towards them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import CareTeam, CareTeamStatus, Patient
from portal.models.directory import Organization, Practitioner
from portal.models.rights import CareLinkKind, CareLinkStatus
from tests import factories

CANARY = "zzcanaryzz"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Record:
    """The patient whose file is tried, and what stands in it."""

    patient: Patient
    organization: Organization
    practitioner: Practitioner
    appointment_id: UUID

    def paths(self) -> dict[str, str]:
        base = f"/p/{self.patient.id}"
        return {
            "home": f"{base}/",
            "agenda": f"{base}/agenda",
            "list": f"{base}/agenda?view=list",
            "past": f"{base}/agenda?view=past",
            "appointment": f"{base}/agenda/{self.appointment_id}",
            "team": f"{base}/care-team",
        }


Role = Callable[[Session, KeyRing, Record], User]


def make_record(session: Session) -> Record:
    """A patient every one of whose texts holds the canary."""
    organization = factories.make_organization(session, name=f"Structure {CANARY}")
    patient = factories.make_patient(
        session,
        given_name=f"Jeanne {CANARY}",
        family_name=f"Morel {CANARY}",
        phone=f"01 {CANARY}",
        email=f"{CANARY}@example.org",
        address=f"1 rue {CANARY}",
        organization_id=organization.id,
    )
    practitioner = factories.make_practitioner(
        session, given_name=CANARY, family_name=CANARY, phone=f"02 {CANARY}"
    )
    relative = factories.make_relative(
        session, patient=patient, given_name=CANARY, family_name=CANARY, phone=f"03 {CANARY}"
    )
    factories.make_member(session, patient=patient, related_person_id=relative.id)
    factories.make_member(
        session, patient=patient, practitioner_id=practitioner.id, contact_for=CANARY
    )
    appointment = factories.make_appointment(
        session,
        patient=patient,
        title=f"Pansement {CANARY}",
        place=CANARY,
        address=CANARY,
        phone=f"04 {CANARY}",
        instructions=CANARY,
        performer_text=CANARY,
        practitioner_id=practitioner.id,
        companion_id=relative.id,
    )
    return Record(patient, organization, practitioner, appointment.id)


def _user(session: Session, keys: KeyRing, **fields: object) -> User:
    return factories.make_user(session, keys, **fields)[0]


def linked(kind: CareLinkKind = CareLinkKind.CARER, *grants: str, **fields: object) -> Role:
    """A reader with a link of that kind, and those grants."""

    def role(session: Session, keys: KeyRing, record: Record) -> User:
        user = _user(session, keys)
        factories.make_link(
            session, patient=record.patient, user=user, kind=kind, grants=grants, **fields
        )
        return user

    return role


def carer(*grants: str, **fields: object) -> Role:
    return linked(CareLinkKind.CARER, *grants, **fields)


def granted(**fields: datetime) -> Role:
    """A carer whose one grant, on the agenda, has another period than usual."""

    def role(session: Session, keys: KeyRing, record: Record) -> User:
        user = _user(session, keys)
        link = factories.make_link(session, patient=record.patient, user=user)
        factories.make_grant(session, link=link, category="agenda", **fields)
        return user

    return role


def professional(
    *, team: dict[str, object] | None = None, is_member: bool = True, **place: object
) -> Role:
    """A practitioner with an account, with or without a place in the circle."""

    def role(session: Session, keys: KeyRing, record: Record) -> User:
        practitioner = factories.make_practitioner(session, family_name="Roux")
        if is_member:
            patient = record.patient
            factories.make_member(
                session, patient=patient, practitioner_id=practitioner.id, **place
            )
        circle = session.get_one(CareTeam, record.patient.id)
        for name, value in (team or {}).items():
            setattr(circle, name, value)
        session.add(circle)
        return _user(session, keys, practitioner_id=practitioner.id)

    return role


def coordinator(*, of_another: bool = False, ended_at: datetime | None = None) -> Role:
    def role(session: Session, keys: KeyRing, record: Record) -> User:
        user = _user(session, keys)
        organization = record.organization
        if of_another:
            organization = factories.make_organization(session, name="Une autre maison")
        row = factories.make_coordination(session, user=user, organization_id=organization.id)
        row.ended_at = ended_at
        session.add(row)
        return user

    return role


def account(**fields: object) -> Role:
    """A reader without any link to the patient."""
    return lambda session, keys, _record: _user(session, keys, **fields)


NOW = clock.now()
TODAY = date.today()  # noqa: DTZ011  # borders lie two days away from it
EVERYTHING = {"home": 200, "agenda": 200, "list": 200, "past": 200, "appointment": 200, "team": 200}
NOTHING = dict.fromkeys(EVERYTHING, 404)
DOOR_ONLY = dict.fromkeys(EVERYTHING, 403) | {"home": 200}
AGENDA = EVERYTHING | {"team": 403}
TEAM = DOOR_ONLY | {"team": 200}

ROLES: dict[str, tuple[Role, dict[str, int]]] = {
    "the patient": (linked(CareLinkKind.SELF), EVERYTHING),
    "carer, nothing granted": (carer(), DOOR_ONLY),
    "carer, agenda": (carer("agenda:see"), AGENDA),
    "carer, agenda to act": (carer("agenda:act"), AGENDA),
    "carer, team": (carer("care_team:see"), TEAM),
    "carer, team to act": (carer("care_team:act"), TEAM),
    "carer, both": (carer("agenda:see", "care_team:see"), EVERYTHING),
    "carer, education": (carer("education:act"), DOOR_ONLY),
    "carer, messages": (carer("messages:act"), DOOR_ONLY),
    "carer, transition": (carer("transition:act"), DOOR_ONLY),
    "carer, consents": (carer("consents:act"), DOOR_ONLY),
    "carer, access log": (carer("access_log:act"), DOOR_ONLY),
    "carer, documents": (carer("documents:act"), DOOR_ONLY),
    "carer, paused": (carer("agenda:see", status=CareLinkStatus.PAUSED), DOOR_ONLY),
    "carer, ended": (carer("agenda:see", status=CareLinkStatus.ENDED), NOTHING),
    "carer, over": (carer("agenda:see", ends_at=NOW - DAY), NOTHING),
    "carer, not yet": (carer("agenda:see", starts_at=NOW + DAY), NOTHING),
    "grant over": (granted(starts_at=NOW - 9 * DAY, ends_at=NOW - DAY), DOOR_ONLY),
    "grant not yet": (granted(starts_at=NOW + DAY, ends_at=NOW + 9 * DAY), DOOR_ONLY),
    "legal representative without a measure": (
        linked(CareLinkKind.LEGAL_REPRESENTATIVE, "agenda:see"),
        NOTHING,
    ),
    "professional": (professional(), EVERYTHING),
    "professional outside": (professional(is_member=False), NOTHING),
    "professional who left": (professional(period_end=NOW - DAY), NOTHING),
    "professional to come": (professional(period_start=NOW + DAY), NOTHING),
    "team inactive": (professional(team={"status": CareTeamStatus.INACTIVE}), NOTHING),
    "team suspended": (professional(team={"status": CareTeamStatus.SUSPENDED}), NOTHING),
    "team proposed": (professional(team={"status": CareTeamStatus.PROPOSED}), NOTHING),
    "team over": (professional(team={"period_end": TODAY - 2 * DAY}), NOTHING),
    "team not begun": (professional(team={"period_start": TODAY + 2 * DAY}), NOTHING),
    "coordinator": (coordinator(), EVERYTHING),
    "coordinator who left": (coordinator(ended_at=NOW - DAY), NOTHING),
    "coordinator elsewhere": (coordinator(of_another=True), NOTHING),
    "operator": (account(is_operator=True), NOTHING),
    "patient expert": (account(is_patient_expert=True), NOTHING),
    "nobody": (account(), NOTHING),
}
