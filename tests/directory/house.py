"""A coordinator with the directory before them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.blueprints.directory.service import version_of
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User, UserSession
from portal.models.care import CareTeamMember, Patient
from portal.models.directory import Organization, Practitioner
from tests import factories
from tests.pages import PageClient

DIRECTORY = "/directory"
PERSON = {
    "prefix": "Dr",
    "given_name": "Anne",
    "family_name": "Martin",
    "gender": "female",
    "profession": "medecin",
    "profession_text": "Médecin généraliste",
    "rpps": "",
    "phone": "0261910177",
    "email": "",
}
PLACE = {
    "name": "Cabinet du Port",
    "kind": "cabinet",
    "kind_text": "",
    "finess": "",
    "phone": "+33 2 61 91 01 78",
    "email": "",
    "address": "3 quai du Port, 29900 Concarneau",
    "time_zone": "Europe/Paris",
    "holiday_region": "",
    "on_call_phone": "",
    "on_call_text": "",
}
RPPS = "10101985272"
OTHER_RPPS = "10100000016"


@dataclass
class House:
    """Who coordinates what; the reader is signed in as `coordinator`."""

    reader: PageClient
    session: Session
    keys: KeyRing
    organization: Organization
    coordinator: User
    at: datetime = field(default_factory=now)

    def get(self, path: str = "") -> str:
        answer = self.reader.get(f"{DIRECTORY}{path}")
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def post(self, path: str, **form: Any) -> TestResponse:
        return self.reader.post(f"{DIRECTORY}{path}", data=form)

    def enter(self, user: User) -> None:
        self.forget()
        self.reader.enter(self.session, user)

    def forget(self) -> None:
        """The pages write by a session of their own."""
        self.session.commit()
        self.session.expire_all()

    def let_confirmation_lapse(self) -> None:
        self.forget()
        self.session.execute(update(UserSession).values(stepped_up_at=self.at - timedelta(hours=2)))
        self.session.commit()

    def practitioner(self, **fields: Any) -> Practitioner:
        self.forget()
        values = {"given_name": "Anne", "family_name": "Martin", "profession": "medecin"}
        row = factories.make_practitioner(self.session, **(values | {"phone": ""} | fields))
        self.session.commit()
        return row

    def place(self, **fields: Any) -> Organization:
        self.forget()
        row = factories.make_organization(self.session, **fields)
        self.session.commit()
        return row

    def patient(self, *, kept: bool = True) -> Patient:
        """Of the coordinator's own organization, unless `kept` is false."""
        self.forget()
        where = self.organization.id if kept else None
        row = factories.make_patient(self.session, organization_id=where)
        self.session.commit()
        return row

    def member(self, patient: Patient, practitioner: Practitioner, **fields: Any) -> CareTeamMember:
        self.forget()
        row = factories.make_member(
            self.session, patient=patient, practitioner_id=practitioner.id, **fields
        )
        self.session.commit()
        return row

    def account(self, practitioner: Practitioner | None = None, **fields: Any) -> User:
        self.forget()
        of = practitioner.id if practitioner else None
        user, _ = factories.make_user(self.session, self.keys, practitioner_id=of, **fields)
        self.session.commit()
        return user

    def merge(self, kept: Any, gone: Any, *, version: str = "", **chosen: str) -> TestResponse:
        """`chosen`: by field, `first` for the one that stays, `second` for the other."""
        version = version or self.version(kept.id, gone.id)
        return self.post(
            f"/duplicates/{kept.id}/{gone.id}/confirm", keep="first", version=version, **chosen
        )

    def version(self, kept_id: UUID, gone_id: UUID) -> str:
        self.forget()
        table = Practitioner if self.session.get(Practitioner, kept_id) else Organization
        rows = [self.session.get_one(table, one) for one in (kept_id, gone_id)]
        return version_of(*rows)


@pytest.fixture
def house(reader: PageClient, session: Session, keys: KeyRing) -> Iterator[House]:
    organization = factories.make_organization(session)
    coordinator, _ = factories.make_user(session, keys, given_name="Claire", family_name="Morvan")
    factories.make_coordination(session, user=coordinator, organization_id=organization.id)
    reader.enter(session, coordinator)
    yield House(reader, session, keys, organization, coordinator)
    session.rollback()
