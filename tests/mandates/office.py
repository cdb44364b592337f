"""A coordinator, a patient of their house, and a relative with a paper in hand."""

from dataclasses import dataclass

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import Patient
from portal.models.directory import Organization
from portal.models.rights import CareLink, CareLinkKind, Mandate
from tests import factories
from tests.pages import PageClient

ANSWERS = {
    "status": "tuteur_personne",
    "proof": "jugement",
    "issued_by": "Tribunal judiciaire de Quimper",
    "reference": "RG 26/01234",
    "issued_on": "03/02/2026",
    "first_day": "05/02/2026",
    "last_day": "04/02/2031",
    "is_seen": "on",
}


@dataclass(frozen=True)
class Office:
    """The coordinator is signed in as `reader`."""

    reader: PageClient
    session: Session
    house: Organization
    patient: Patient
    owner: User
    coordinator: User
    relative: User
    link: CareLink

    @property
    def home(self) -> str:
        return f"/p/{self.patient.id}/"

    @property
    def door(self) -> str:
        return f"{self.home}mandates"

    def record(self, **answers: str) -> TestResponse:
        return self.reader.post(f"{self.door}/of/{self.link.id}", data=ANSWERS | answers)

    def end(self, mandate: Mandate) -> TestResponse:
        return self.reader.post(f"{self.door}/{mandate.id}/end")

    def enter(self, user: User) -> None:
        self.session.rollback()
        self.reader.enter(self.session, user)

    def mandates(self) -> list[Mandate]:
        self._forget()
        return list(self.session.exec(select(Mandate)).all())

    def kind(self) -> CareLinkKind:
        self._forget()
        link = self.session.get_one(CareLink, (self.patient.id, self.link.id))
        return link.kind

    def _forget(self) -> None:
        """The pages write by a session of their own."""
        self.session.rollback()
        self.session.expire_all()


@pytest.fixture
def office(reader: PageClient, session: Session, keys: KeyRing) -> Office:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, birth_date="1945-03-17", organization_id=house.id)
    owner, _ = factories.make_user(session, keys, given_name="Jeanne")
    factories.make_link(session, patient=patient, user=owner, kind=CareLinkKind.SELF)
    coordinator, _ = factories.make_user(session, keys, given_name="Claire", family_name="Morvan")
    factories.make_coordination(session, user=coordinator, organization_id=house.id)
    relative, _ = factories.make_user(session, keys, given_name="Sylvie")
    link = factories.make_link(
        session, patient=patient, user=relative, grants=("agenda:see",), relationship="DAU"
    )
    reader.enter(session, coordinator)
    return Office(reader, session, house, patient, owner, coordinator, relative, link)
