"""Jeanne's circle with what it has to see to, and the accounts of those who read it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import CareTeamMember, Patient
from portal.models.directory import Absence, Organization, Practitioner, PractitionerRole
from portal.models.need import Need
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient

ALWAYS = [
    {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}
]


@dataclass(frozen=True)
class Circle:
    """`people` are accounts by first name; `house` keeps the circle."""

    reader: PageClient
    session: Session
    patient: Patient
    house: Organization
    people: dict[str, User]

    @property
    def door(self) -> str:
        return f"/p/{self.patient.id}/care-team"

    def professional(self, given: str, **fields: Any) -> tuple[Practitioner, CareTeamMember]:
        """With a place in the circle, reachable day and night."""
        own = {"family_name": "Test", "phone": "06 39 98 00 01"} | fields.pop("person", {})
        one = factories.make_practitioner(self.session, given_name=given, **own)
        self.works(one)
        seat = factories.make_member(
            self.session, patient=self.patient, practitioner_id=one.id, **fields
        )
        return one, seat

    def works(self, one: Practitioner, **fields: Any) -> None:
        values = {"hours": ALWAYS, "is_open_on_holidays": True} | fields
        self.session.add(PractitionerRole(practitioner_id=one.id, **values))
        self.session.flush()

    def is_away(self, who: Practitioner, by: Practitioner | None = None, **fields: Any) -> None:
        today = clock.now().date()
        values = {
            "starts_on": today - timedelta(days=2),
            "ends_on": today + timedelta(days=3),
        } | fields
        replacement = by.id if by else None
        self.session.add(Absence(practitioner_id=who.id, replacement_id=replacement, **values))
        self.session.flush()

    def need(self, **fields: Any) -> Need:
        one = Need(patient_id=self.patient.id, **({"code": "dressing"} | fields))
        self.session.add(one)
        self.session.flush()
        return one

    def read(self, name: str, path: str = "") -> str:
        self.session.commit()
        self.reader.enter(self.session, self.people[name])
        answer = self.reader.get(f"{self.door}{path}")
        assert answer.status_code == 200, answer.status
        return answer.text.replace("\xa0", " ")

    def read_home(self, name: str) -> str:
        self.session.commit()
        self.reader.enter(self.session, self.people[name])
        return self.reader.get(f"/p/{self.patient.id}/").text.replace("\xa0", " ")


@pytest.fixture
def circle(session: Session, keys: KeyRing, reader: PageClient) -> Circle:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    people = {
        name: factories.make_user(session, keys, given_name=name.title())[0]
        for name in ("jeanne", "paul", "marc", "sylvie", "claire")
    }
    factories.make_link(session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF)
    for name, grants in (
        ("paul", ("care_team:see",)),
        ("marc", ("care_team:act",)),
        ("sylvie", ("agenda:see",)),
    ):
        factories.make_link(session, patient=patient, user=people[name], grants=grants)
    factories.make_coordination(session, user=people["claire"], organization_id=house.id)
    session.commit()
    return Circle(reader, session, patient, house, people)
