"""Jeanne's agenda, her nurse, her coordinator, and relatives who may act, only see, or neither."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from portal import clock
from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.agreement import (
    AppointmentChange,
    ChangeRequest,
    RequestKind,
    RequestState,
)
from portal.models.care import Patient
from portal.models.directory import Organization, Practitioner
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLinkKind, GrantCategory, HiddenItem
from portal.models.series import Workshop
from tests import factories
from tests.pages import PageClient


@dataclass(frozen=True)
class Circle:
    """`people` are accounts by first name; `reader` is one browser."""

    reader: PageClient
    session: Session
    keys: KeyRing
    patient: Patient
    house: Organization
    nurse: Practitioner
    doctor: Practitioner
    """Has no account."""
    people: dict[str, User]

    def enter(self, name: str) -> None:
        self.session.rollback()
        self.reader.enter(self.session, self.people[name])

    def visit(self, **fields: Any) -> Appointment:
        values = {"practitioner_id": self.nurse.id, "starts_at": in_days(3)} | fields
        row = factories.make_appointment(self.session, patient=self.patient, **values)
        self.session.commit()
        return row

    def proposal(self, **fields: Any) -> Appointment:
        return self.visit(**({"status": AppointmentStatus.PROPOSED} | fields))

    def workshop(self, *, capacity: int = 8, taken: int = 0) -> Workshop:
        row = Workshop(
            organization_id=self.house.id,
            title="Cuisiner sans sel",
            starts_at=in_days(5),
            ends_at=in_days(5) + timedelta(hours=2),
            capacity=capacity,
            places_taken=taken,
        )
        self.session.add(row)
        self.session.commit()
        return row

    def place(self, workshop: Workshop, **fields: Any) -> Appointment:
        values = {
            "kind": AppointmentKind.WORKSHOP,
            "workshop_id": workshop.id,
            "starts_at": workshop.starts_at,
            "ends_at": workshop.ends_at,
        }
        return self.proposal(**(values | fields))

    def asked(self, visit: Appointment, **fields: Any) -> ChangeRequest:
        values = {
            "kind": RequestKind.CHANGE,
            "asked_by": self.people["paul"].id,
            "capacity": "carer",
            "asked_at": clock.now(),
            "text": "Le transport ne passe pas avant 11 h",
        } | fields
        row = ChangeRequest(patient_id=visit.patient_id, appointment_id=visit.id, **values)
        self.session.add(row)
        self.session.commit()
        return row

    def door(self, visit: Appointment) -> str:
        return f"/p/{visit.patient_id}/agenda/{visit.id}"

    def reply_door(self, request: ChangeRequest) -> str:
        root = f"/p/{request.patient_id}/agenda/{request.appointment_id}"
        return f"{root}/requests/{request.id}/reply"

    def get(self, visit: Appointment, path: str = "") -> TestResponse:
        door = self.door(visit)
        self.session.rollback()
        return self.reader.get(door + path)

    def post(self, visit: Appointment, path: str, **data: object) -> TestResponse:
        """An act on what the reader saw: the version of now, unless another is given."""
        door, version = self.door(visit), self.stored(visit).version
        self.session.rollback()
        return self.reader.post(door + path, data={"version": version} | data)

    def answer(self, visit: Appointment, answer: str, **data: object) -> TestResponse:
        return self.post(visit, "/answer", answer=answer, **data)

    def reply(self, request: ChangeRequest, answer: str, **data: object) -> TestResponse:
        visit = self.session.get_one(Appointment, (request.patient_id, request.appointment_id))
        path = f"/requests/{request.id}/reply"
        return self.post(visit, path, answer=answer, **data)

    def stored(self, visit: Appointment) -> Appointment:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Appointment, (visit.patient_id, visit.id))

    def request(self, visit: Appointment) -> ChangeRequest:
        """What was asked last."""
        return self.requests(visit)[-1]

    def requests(self, visit: Appointment) -> list[ChangeRequest]:
        self.session.rollback()
        self.session.expire_all()
        of_visit = select(ChangeRequest).where(ChangeRequest.appointment_id == visit.id)
        return sorted(self.session.exec(of_visit).all(), key=lambda one: one.id)

    def state(self, visit: Appointment) -> RequestState:
        return self.request(visit).state

    def acts(self, visit: Appointment) -> list[str]:
        self.session.rollback()
        of_visit = select(AppointmentChange).where(AppointmentChange.appointment_id == visit.id)
        lines = sorted(self.session.exec(of_visit).all(), key=lambda one: one.id)
        return [one.act.value for one in lines]

    def places_taken(self, workshop: Workshop) -> int:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Workshop, workshop.id).places_taken

    def told(self) -> set[UUID | None]:
        """Whose accounts a letter is queued for."""
        self.session.rollback()
        return set(self.session.exec(select(col(OutboxMessage.user_id))).all())

    def author(self, name: str, capacity: str = "carer") -> Author:
        return Author(self.people[name].id, capacity)

    def hide(self, visit: Appointment) -> None:
        """From every relative."""
        self.session.add(
            HiddenItem(
                patient_id=visit.patient_id,
                category=GrantCategory.AGENDA,
                item_id=visit.id,
                created_by=self.people["jeanne"].id,
                created_at=clock.now(),
            )
        )
        self.session.commit()


def in_days(days: int, *, hour: int = 9) -> datetime:
    """At that hour, UTC, so many days from today."""
    day = clock.now() + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def words_of(answer: TestResponse) -> str:
    """What the page says, with plain spaces."""
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def circle(session: Session, keys: KeyRing, reader: PageClient) -> Circle:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    nurse = factories.make_practitioner(session)
    colleague = factories.make_practitioner(session, given_name="Julie", family_name="Roux")
    doctor = factories.make_practitioner(
        session, prefix="Dr", given_name="Samir", family_name="Haddad", gender="male"
    )
    people = {}
    for name, own in (("nadia", nurse), ("julie", colleague)):
        people[name], _ = factories.make_user(
            session,
            keys,
            given_name=name.title(),
            family_name=own.family_name,
            practitioner_id=own.id,
        )
    for one in (nurse, colleague, doctor):
        factories.make_member(session, patient=patient, practitioner_id=one.id)
    for name, family in (("jeanne", "Morel"), ("paul", "Morel"), ("eve", "Morel")):
        people[name], _ = factories.make_user(
            session, keys, given_name=name.title(), family_name=family
        )
    people["claire"], _ = factories.make_user(
        session, keys, given_name="Claire", family_name="Morvan"
    )
    factories.make_link(session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF)
    factories.make_link(session, patient=patient, user=people["paul"], grants=("agenda:act",))
    factories.make_link(session, patient=patient, user=people["eve"], grants=("agenda:see",))
    factories.make_coordination(session, user=people["claire"], organization_id=house.id)
    session.commit()
    return Circle(reader, session, keys, patient, house, nurse, doctor, people)
