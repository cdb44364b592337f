"""Jeanne's circle, who keeps it, and those who could join it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal import clock
from portal.blueprints.circle.days import end_of
from portal.blueprints.circle.writing import version_of
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.need import Need, NeedChange
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLinkKind
from portal.web import dates
from tests import factories
from tests.pages import PageClient

RPPS = "10003456786"
"""Its last digit fits the others."""


@dataclass(frozen=True)
class Office:
    """`people` are accounts, `staff` professionals and `places` members, by first name."""

    reader: PageClient
    session: Session
    patient: Patient
    house: Organization
    pharmacy: Organization
    son: RelatedPerson
    people: dict[str, User]
    staff: dict[str, Practitioner]
    places: dict[str, CareTeamMember]

    @property
    def door(self) -> str:
        return f"/p/{self.patient.id}/circle"

    @property
    def today(self) -> date:
        return dates.local(clock.now(), self.patient.time_zone).date()

    def day(self, days: int) -> str:
        return (self.today + timedelta(days=days)).strftime("%d/%m/%Y")

    def end(self, days: int) -> datetime:
        return end_of(self.today + timedelta(days=days), time_zone=self.patient.time_zone)

    def enter(self, name: str) -> None:
        self.session.rollback()
        self.reader.enter(self.session, self.people[name])

    def get(self, path: str = "") -> TestResponse:
        self.session.rollback()
        return self.reader.get(f"{self.door}{path}")

    def post(self, path: str, **data: object) -> TestResponse:
        self.session.rollback()
        return self.reader.post(f"{self.door}{path}", data=data)

    def follow(self, answer: TestResponse) -> str:
        assert answer.status_code == 303, answer.text
        return str(self.reader.get(answer.location).text)

    def answers(self, who: str, **data: object) -> dict[str, object]:
        """Of a form that was filled in: somebody of the équipe de soins, for half a year."""
        values = {"who": who, "place_id": str(uuid4()), "contact_for": "Les pansements"}
        values |= {"sees": "all", "is_in_care_team": "inside", "until": self.day(180)}
        return {key: value for key, value in (values | data).items() if value is not None}

    def add(self, who: str, **data: object) -> TestResponse:
        return self.post("/add/place", **self.answers(who, **data))

    def change(self, name: str, **data: object) -> TestResponse:
        values = {"version": self.version(name), "contact_for": "La marche", "sees": "all"}
        return self.post(f"/{self.places[name].id}", **(values | {"until": self.day(90)} | data))

    def finish(self, name: str, **data: object) -> TestResponse:
        values = {"version": self.version(name), "reason": "care_over", "when": "now"}
        return self.post(f"/{self.places[name].id}/end", **(values | data))

    def version(self, name: str) -> str:
        return version_of(self.stored(name))

    def stored(self, name: str) -> CareTeamMember:
        self._forget()
        return self.session.get_one(CareTeamMember, (self.patient.id, self.places[name].id))

    def put(self, name: str, **fields: object) -> None:
        """As it was written before the test."""
        member = self.stored(name)
        for field, value in fields.items():
            setattr(member, field, value)
        self.session.add(member)
        self.session.commit()

    def members(self) -> list[CareTeamMember]:
        self._forget()
        found = self.session.exec(select(CareTeamMember)).all()
        return sorted(found, key=lambda one: (one.position, one.id))

    def need(self, owner: str, **fields: object) -> Need:
        """With its first line of history."""
        need = Need(
            patient_id=self.patient.id, code="dressing", owner_id=self.places[owner].id, **fields
        )
        self.session.add(need)
        self.session.flush()
        line = NeedChange(
            patient_id=need.patient_id,
            need_id=need.id,
            version=1,
            at=need.created_at,
            owner_id=need.owner_id,
            deputy_id=need.deputy_id,
        )
        self.session.add(line)
        self.session.commit()
        return need

    def stored_need(self, need: Need) -> Need:
        self._forget()
        return self.session.get_one(Need, (need.patient_id, need.id))

    def letters(self) -> list[tuple[str, str]]:
        """Letter and first name of who gets it."""
        self._forget()
        names = {user.id: name for name, user in self.people.items()}
        rows = self.session.exec(select(OutboxMessage)).all()
        return sorted((str(one.letter), names[one.user_id]) for one in rows if one.user_id)

    def _forget(self) -> None:
        """The pages write by a session of their own."""
        self.session.rollback()
        self.session.expire_all()


@pytest.fixture
def office(session: Session, keys: KeyRing, reader: PageClient) -> Office:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    pharmacy = factories.make_organization(session, name="Pharmacie du Port", kind="pharmacie")
    son = factories.make_relative(
        session, patient=patient, given_name="Paul", relationship="SON", gender="male"
    )
    people, staff, places = {}, {}, {}
    for rank, name in enumerate(("nadia", "julie", "lucie", "anne"), start=1):
        values = {"profession": "medecin", "rpps": RPPS} if name == "anne" else {}
        staff[name] = factories.make_practitioner(session, given_name=name.title(), **values)
        people[name], _ = factories.make_user(
            session, keys, given_name=name.title(), practitioner_id=staff[name].id
        )
        if name in ("nadia", "julie"):
            places[name] = factories.make_member(
                session, patient=patient, practitioner_id=staff[name].id, position=10 * rank
            )
    session.add(PractitionerRole(practitioner_id=staff["anne"].id, organization_id=house.id))
    for name in ("jeanne", "claire", "marc", "paul"):
        people[name], _ = factories.make_user(session, keys, given_name=name.title())
    factories.make_link(session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF)
    factories.make_link(session, patient=patient, user=people["paul"], grants=("care_team:see",))
    for name in ("claire", "marc"):
        factories.make_coordination(session, user=people[name], organization_id=house.id)
    session.commit()
    return Office(reader, session, patient, house, pharmacy, son, people, staff, places)
