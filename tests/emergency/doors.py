"""A professional of the directory, a patient whom they do not know, and the form between them."""

from dataclasses import dataclass

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import Patient
from portal.models.directory import Practitioner
from portal.models.rights import CareLinkKind, EmergencyAccess
from tests import factories
from tests.pages import PageClient

DOOR = "/professional/emergency"
ANSWERS = {
    "family_name": "Morel",
    "given_name": "Jeanne",
    "birth_date": "17/03/1945",
    "usual": "unable",
    "reason": "Malaise dans la rue",
}


@dataclass(frozen=True)
class Scene:
    """The professional is signed in as `reader`."""

    patient: Patient
    owner: User
    practitioner: Practitioner
    professional: User

    @property
    def home(self) -> str:
        return f"/p/{self.patient.id}/"


@pytest.fixture
def scene(reader: PageClient, session: Session, keys: KeyRing) -> Scene:
    patient = factories.make_patient(session, birth_date="1945-03-17")
    owner, _ = factories.make_user(session, keys, given_name="Jeanne")
    factories.make_link(session, patient=patient, user=owner, kind=CareLinkKind.SELF)
    practitioner = factories.make_practitioner(session, family_name="Roux")
    professional, _ = factories.make_user(
        session, keys, given_name="Iris", family_name="Roux", practitioner_id=practitioner.id
    )
    reader.enter(session, professional)
    return Scene(patient, owner, practitioner, professional)


def ask(reader: PageClient, **answers: str) -> TestResponse:
    return reader.post(DOOR, data=ANSWERS | answers)


def openings(session: Session) -> list[EmergencyAccess]:
    session.rollback()
    statement = select(EmergencyAccess).execution_options(populate_existing=True)
    return list(session.exec(statement).all())
