"""A circle that writes: Jeanne, Paul her son, Sylvie who may not read, Nadia the nurse, Claire."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.messaging.sending import NewThread, Written, start_thread
from portal.models.account import User
from portal.models.care import CareTeamMember, Patient
from portal.models.directory import Organization, Practitioner
from portal.models.messaging import Message
from portal.models.rights import CareLinkKind
from tests import factories


@dataclass(frozen=True, slots=True)
class Account:
    user: User
    secret: str

    @property
    def id(self) -> UUID:
        return self.user.id


@dataclass(frozen=True, slots=True)
class WritingCircle:
    """Everybody of it has an account."""

    patient: Patient
    organization: Organization
    jeanne: Account
    paul: Account
    """Reads and writes messages."""
    sylvie: Account
    """Sees the agenda only."""
    nadia: Account
    """A nurse of the circle."""
    haddad: Account
    """A cardiologist of the circle."""
    claire: Account
    """Coordinates."""
    nadias_place: CareTeamMember
    haddads_place: CareTeamMember


def make_circle(session: Session, keys: KeyRing) -> WritingCircle:
    house = factories.make_organization(session, name="Maison de santé des Tilleuls")
    patient = factories.make_patient(
        session, given_name="Jeanne", family_name="Morel", organization_id=house.id
    )
    accounts = {
        name: Account(*factories.make_user(session, keys, given_name=given, family_name=family))
        for name, given, family in (
            ("jeanne", "Jeanne", "Morel"),
            ("paul", "Paul", "Morel"),
            ("sylvie", "Sylvie", "Morel"),
            ("claire", "Claire", "Morvan"),
        )
    }
    factories.make_link(
        session, user=accounts["jeanne"].user, patient=patient, kind=CareLinkKind.SELF
    )
    paul = factories.make_link(
        session, user=accounts["paul"].user, patient=patient, relationship="SON"
    )
    factories.make_grant(session, link=paul, category="messages", action="act")
    sylvie = factories.make_link(
        session, user=accounts["sylvie"].user, patient=patient, relationship="DAU"
    )
    factories.make_grant(session, link=sylvie, category="agenda", action="act")
    factories.make_coordination(session, user=accounts["claire"].user, organization_id=house.id)
    nadia, nadias_place = _professional(
        session, keys, patient, given="Nadia", family="Belkacem", profession="infirmier"
    )
    haddad, haddads_place = _professional(
        session, keys, patient, given="Samir", family="Haddad", profession="medecin"
    )
    return WritingCircle(
        patient,
        house,
        nadia=nadia,
        haddad=haddad,
        nadias_place=nadias_place,
        haddads_place=haddads_place,
        **accounts,
    )


def author(account: Account, capacity: str) -> Author:
    return Author(account.id, capacity)


def family_writes(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    *,
    by: Account | None = None,
    to: CareTeamMember | None = None,
    subject: str = "Pansement",
    body: str = "Le pansement se décolle.",
    at: datetime | None = None,
    is_private: bool = False,
) -> Message:
    """A new conversation of Jeanne's, or of Paul for her; to the coordination without `to`."""
    by = by or circle.jeanne
    return start_thread(
        session,
        NewThread(member_id=to.id if to else None, subject=subject, is_private=is_private),
        Written(body=body, key=uuid4()),
        patient_id=circle.patient.id,
        by=author(by, "self" if by is circle.jeanne else "carer"),
        is_family=True,
        keys=keys,
        at=at or clock.now(),
    )


def _professional(
    session: Session,
    keys: KeyRing,
    patient: Patient,
    *,
    given: str,
    family: str,
    profession: str,
) -> tuple[Account, CareTeamMember]:
    practitioner: Practitioner = factories.make_practitioner(
        session, given_name=given, family_name=family, profession=profession
    )
    account = Account(
        *factories.make_user(
            session, keys, given_name=given, family_name=family, practitioner_id=practitioner.id
        )
    )
    place = factories.make_member(session, patient=patient, practitioner_id=practitioner.id)
    return account, place
