"""Jeanne, those who book for her, and those who read her agenda."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.agreement import AppointmentChange
from portal.models.care import CareTeamMember, Patient
from portal.models.directory import Organization
from portal.models.rights import CareLink, CareLinkKind, GrantCategory, HiddenItem
from portal.scheduling.clocks import typed_instant_of
from portal.scheduling.wanted import beside_version
from portal.web import dates
from tests import factories
from tests.pages import PageClient

PARIS = "Europe/Paris"


@dataclass(frozen=True)
class Circle:
    """`people` are accounts, `places` members and `links` carers, by first name."""

    reader: PageClient
    session: Session
    keys: KeyRing
    patient: Patient
    house: Organization
    people: dict[str, User]
    places: dict[str, CareTeamMember]
    links: dict[str, CareLink]

    @property
    def door(self) -> str:
        return f"/p/{self.patient.id}/agenda"

    @property
    def day(self) -> date:
        """Ten days ahead, where Jeanne lives."""
        return dates.local(clock.now(), PARIS).date() + timedelta(days=10)

    def at(self, hour: int, minute: int = 0, *, days: int = 0) -> datetime:
        day = self.day + timedelta(days=days)
        return typed_instant_of(datetime.combine(day, time(hour, minute)), PARIS)

    def enter(self, name: str) -> None:
        self.session.rollback()
        self.reader.enter(self.session, self.people[name])

    def get(self, path: str) -> TestResponse:
        self.session.rollback()
        return self.reader.get(f"{self.door}/{path}")

    def post(self, path: str, **data: object) -> TestResponse:
        self.session.rollback()
        return self.reader.post(f"{self.door}/{path}", data=data)

    def act(self, appointment: Appointment, act: str, **data: object) -> TestResponse:
        """On what the reader saw: as it is now, unless something else is given."""
        stored = self.stored(appointment.id)
        seen = {"version": stored.version, "beside": beside_version(stored)}
        self.session.rollback()
        return self.post(f"{appointment.id}/{act}", **(seen | data))

    def timing(self, **data: object) -> dict[str, object]:
        return {
            "timing": "exact",
            "day": self.day.isoformat(),
            "starts": "14:30",
            "ends": "",
            "last_day": "",
            "duration": "30",
            "time_zone": PARIS,
        } | data

    def answers(self, **data: object) -> dict[str, object]:
        """Of a booking form that was filled in by the coordinator."""
        return {
            **self.timing(),
            "appointment_id": str(uuid4()),
            "kind": "cabinet",
            "title": "Consultation de suivi",
            "who": str(self.places["nadia"].id),
            "repeats": "once",
            "state": "booked",
            "place": "Cabinet des Tilleuls",
        } | data

    def visit(self, **fields: object) -> Appointment:
        """Of Nadia, ten days ahead at 9 o'clock."""
        values = {
            "starts_at": self.at(9),
            "ends_at": self.at(9, 30),
            "duration_minutes": 30,
            "practitioner_id": self.places["nadia"].practitioner_id,
        }
        self.session.rollback()
        row = factories.make_appointment(self.session, patient=self.patient, **(values | fields))
        self.session.commit()
        return row

    def own(self, who: str = "paul", **fields: object) -> Appointment:
        values = {"source": "own", "created_by": self.people[who].id, "title": "Le dentiste"}
        return self.visit(**(values | {"practitioner_id": None, "kind": "other"} | fields))

    def hide(self, appointment: Appointment, name: str) -> None:
        self.session.rollback()
        self.session.add(
            HiddenItem(
                patient_id=self.patient.id,
                item_id=appointment.id,
                care_link_id=self.links[name].id,
                category=GrantCategory.AGENDA,
                created_at=clock.now(),
                created_by=self.people["jeanne"].id,
            )
        )
        self.session.commit()

    def stored(self, appointment_id: UUID) -> Appointment:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Appointment, (self.patient.id, appointment_id))

    def all(self) -> list[Appointment]:
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.exec(select(Appointment).order_by(Appointment.starts_at)).all())  # type: ignore[arg-type]  # a column

    def changes(self, appointment: Appointment) -> list[AppointmentChange]:
        self.session.rollback()
        of_it = select(AppointmentChange).where(AppointmentChange.appointment_id == appointment.id)
        return sorted(self.session.exec(of_it).all(), key=lambda one: one.id)


@pytest.fixture
def circle(session: Session, keys: KeyRing, reader: PageClient) -> Circle:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    people, places, links = {}, {}, {}
    for name in ("nadia", "julie"):
        nurse = factories.make_practitioner(session, given_name=name.title())
        people[name], _ = factories.make_user(
            session, keys, given_name=name.title(), practitioner_id=nurse.id
        )
        places[name] = factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    for name in ("jeanne", "paul", "sylvie", "claire"):
        people[name], _ = factories.make_user(session, keys, given_name=name.title())
    factories.make_link(session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF)
    for name, right in (("paul", "agenda:act"), ("sylvie", "agenda:see")):
        links[name] = factories.make_link(
            session, patient=patient, user=people[name], grants=(right,)
        )
    factories.make_coordination(session, user=people["claire"], organization_id=house.id)
    session.commit()
    return Circle(reader, session, keys, patient, house, people, places, links)
