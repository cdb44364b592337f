"""Jeanne, her son and her daughter, who follow her."""

from dataclasses import dataclass

from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import Patient
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLink, CareLinkKind, Grant
from tests import factories


@dataclass(frozen=True)
class Family:
    patient: Patient
    jeanne: User
    paul: User
    sylvie: User
    of_paul: CareLink
    of_sylvie: CareLink

    @property
    def carers(self) -> str:
        return f"/p/{self.patient.id}/carers"

    @property
    def agenda(self) -> str:
        return f"/p/{self.patient.id}/agenda"

    @property
    def mine(self) -> str:
        return f"{self.carers}/mine"


def make_family(session: Session, keys: KeyRing) -> Family:
    patient = factories.make_patient(session)
    jeanne, _ = factories.make_user(session, keys, given_name="Jeanne")
    paul, _ = factories.make_user(session, keys, given_name="Paul")
    sylvie, _ = factories.make_user(session, keys, given_name="Sylvie")
    factories.make_link(session, patient=patient, user=jeanne, kind=CareLinkKind.SELF)
    of_paul = factories.make_link(
        session,
        patient=patient,
        user=paul,
        grants=("agenda:act", "care_team:see"),
        relationship="SON",
    )
    of_sylvie = factories.make_link(
        session, patient=patient, user=sylvie, grants=("agenda:see",), relationship="DAU"
    )
    session.commit()
    return Family(patient, jeanne, paul, sylvie, of_paul, of_sylvie)


def rights(session: Session, link: CareLink) -> list[str]:
    """What stands in the table now, in force or not yet over."""
    from portal.clock import now

    session.rollback()
    session.expire_all()
    found = session.exec(select(Grant).where(Grant.care_link_id == link.id))
    return sorted(f"{one.category}:{one.action}" for one in found if one.ends_at > now())


def letters(session: Session) -> list[tuple[str, str]]:
    """Letter and reader of each mail that waits."""
    session.rollback()
    return sorted((one.letter, one.recipient) for one in session.exec(select(OutboxMessage)))
