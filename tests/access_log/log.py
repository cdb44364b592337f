"""A log that somebody left: lines written as the guard writes them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.access.audit import Access, record
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.audit import AccessDecision, AccessEvent, Capacity
from portal.models.care import Patient
from portal.models.rights import CareLink, CareLinkKind, LegalStatus, Mandate
from tests import factories


def write(session: Session, patient: Patient, actor: User, *, count: int = 1, **fields: Any) -> int:
    """Equal lines, one after the other; the number of the last one."""
    values: dict[str, Any] = {
        "at": now(),
        "capacity": Capacity.PROFESSIONAL,
        "category": "agenda",
        "action": "see",
        "item_id": None,
        "decision": AccessDecision.ALLOWED,
        "reason": "shares_care",
        "request_id": "R-1",
    }
    access = Access(patient_id=patient.id, actor_id=actor.id, **(values | fields))
    for _line in range(count):
        record(session, [access])
    return lines_of(session, patient.id)[-1].sequence


def write_many(session: Session, patient: Patient, actor: User, *, count: int) -> None:
    """Lines without their chain, at once: for pages that do not read it."""
    session.add_all(
        AccessEvent(
            patient_id=patient.id,
            sequence=number,
            at=now(),
            actor_id=actor.id,
            capacity=Capacity.PROFESSIONAL,
            category="agenda",
            action="see",
            decision=AccessDecision.ALLOWED,
            reason="shares_care",
            request_id="R-1",
            previous_hash=b"",
            hash=b"",
        )
        for number in range(1, count + 1)
    )
    session.flush()


def lines_of(session: Session, patient_id: UUID) -> list[AccessEvent]:
    statement = (
        select(AccessEvent)
        .where(AccessEvent.patient_id == patient_id)
        .order_by(col(AccessEvent.sequence))
    )
    return list(session.exec(statement).all())


def patient_with_account(session: Session, keys: KeyRing, **fields: Any) -> tuple[Patient, User]:
    patient = factories.make_patient(session, **fields)
    user, _ = factories.make_user(session, keys, given_name="Jeanne", family_name="Morel")
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    return patient, user


def nurse(session: Session, keys: KeyRing, patient: Patient, **fields: Any) -> User:
    """Nadia Belkacem, in the circle."""
    practitioner = factories.make_practitioner(session, **fields)
    factories.make_member(session, patient=patient, practitioner_id=practitioner.id)
    return factories.make_user(session, keys, practitioner_id=practitioner.id)[0]


def guardian(session: Session, keys: KeyRing, patient: Patient) -> tuple[User, CareLink]:
    """Who represents the patient by law."""
    user, _ = factories.make_user(session, keys, given_name="Hugo", family_name="Tuteur")
    link = factories.make_link(
        session, patient=patient, user=user, kind=CareLinkKind.LEGAL_REPRESENTATIVE
    )
    session.add(
        Mandate(
            patient_id=patient.id,
            care_link_id=link.id,
            status=LegalStatus.TUTEUR_PERSONNE,
            proof_kind="jugement",
            issued_by="tribunal",
            issued_on=datetime(2020, 1, 1).date(),  # noqa: DTZ001  # a day
            starts_at=factories.LONG_AGO,
            verified_by=user.id,
            verified_at=factories.LONG_AGO,
        )
    )
    session.flush()
    return user, link
