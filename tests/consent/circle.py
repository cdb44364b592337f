"""What these tests repeat: Jeanne, who decides, and those who may see her file."""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.consents.texts import current_text
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import Patient
from portal.models.consent import ConsentDecision, ConsentPurpose
from portal.models.directory import Practitioner
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient

COORDINATION = "coordination"


@dataclass(frozen=True)
class Professional:
    practitioner: Practitioner
    user: User

    @property
    def key(self) -> str:
        return str(self.practitioner.id)


@dataclass(frozen=True)
class Circle:
    patient: Patient
    jeanne: User
    claire: User
    nadia: Professional
    """A nurse of the équipe de soins."""
    lucie: Professional
    """A dietitian outside it."""
    odile: Professional
    """A home helper outside it."""

    @property
    def path(self) -> str:
        return f"/p/{self.patient.id}/consents"

    @property
    def home(self) -> str:
        return f"/p/{self.patient.id}/"


def make_circle(session: Session, keys: KeyRing) -> Circle:
    organization = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=organization.id)
    jeanne, _ = factories.make_user(session, keys, given_name="Jeanne")
    factories.make_link(session, patient=patient, user=jeanne, kind=CareLinkKind.SELF)
    claire, _ = factories.make_user(session, keys, given_name="Claire", family_name="Morvan")
    factories.make_coordination(session, user=claire, organization_id=organization.id)
    circle = Circle(
        patient,
        jeanne,
        claire,
        nadia=_professional(session, keys, patient, is_outside=False),
        lucie=_professional(
            session, keys, patient, is_outside=True, given_name="Lucie", profession="dieteticien"
        ),
        odile=_professional(
            session, keys, patient, is_outside=True, given_name="Odile", profession="aes"
        ),
    )
    session.commit()
    return circle


def make_carer(session: Session, keys: KeyRing, circle: Circle, *grants: str) -> User:
    paul, _ = factories.make_user(session, keys, given_name="Paul")
    factories.make_link(session, patient=circle.patient, user=paul, grants=grants)
    session.commit()
    return paul


def entered(app: Flask, session: Session, user: User) -> PageClient:
    reader = PageClient(app)
    reader.enter(session, user)
    return reader


def say_no(reader: PageClient, circle: Circle, key: str) -> TestResponse:
    """As the form does when that one switch was moved to no."""
    return reader.post(circle.path, data={"shown": [key]})


def say_yes(
    reader: PageClient, circle: Circle, key: str, *, purpose: ConsentPurpose, **fields: str
) -> TestResponse:
    """The button under the text."""
    mark = current_text(purpose, locale="fr").sha256
    return reader.post(f"{circle.path}/yes", data={"about": key, "text": mark} | fields)


def paper(reader: PageClient, circle: Circle, key: str, answer: str, day: str) -> TestResponse:
    fields = {"about": key, "answer": answer, "signed_on": day, "note": "À domicile, avec Paul"}
    return reader.post(f"{circle.path}/paper", data=fields)


def decisions(session: Session, patient_id: UUID) -> list[ConsentDecision]:
    session.rollback()
    statement = (
        select(ConsentDecision)
        .where(ConsentDecision.patient_id == patient_id)
        .order_by(ConsentDecision.id)
    )
    return list(session.exec(statement))


def _professional(
    session: Session, keys: KeyRing, patient: Patient, *, is_outside: bool, **fields: str
) -> Professional:
    practitioner = factories.make_practitioner(session, **fields)
    factories.make_member(
        session,
        patient=patient,
        practitioner_id=practitioner.id,
        is_outside_care_team=is_outside,
    )
    names = {"given_name": practitioner.given_name, "family_name": practitioner.family_name}
    user, _ = factories.make_user(session, keys, practitioner_id=practitioner.id, **names)
    return Professional(practitioner, user)
