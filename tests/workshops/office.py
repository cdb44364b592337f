"""A house with its coordinator, a nurse who holds workshops, and the patients of both."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.agreement import AppointmentChange
from portal.models.audit import AccessEvent
from portal.models.care import Patient
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.series import Workshop
from tests import factories
from tests.pages import PageClient

DOOR = "/professional/workshops"


@dataclass
class Office:
    reader: PageClient
    session: Session
    keys: KeyRing
    house: Organization
    nurse: Practitioner
    people: dict[str, User]
    """`nadia` works in the house, `karim` too, `claire` coordinates it, `yves` works elsewhere."""

    def enter(self, name: str) -> None:
        self.session.rollback()
        self.reader.enter(self.session, self.people[name])

    def get(self, path: str = "") -> TestResponse:
        self.session.rollback()
        return self.reader.get(f"{DOOR}{path}")

    def text(self, path: str = "") -> str:
        answer = self.get(path)
        assert answer.status_code == 200
        return plain(answer)

    def post(self, path: str, **data: object) -> TestResponse:
        self.session.rollback()
        return self.reader.post(f"{DOOR}{path}", data=data)

    def patient(self, name: str, *, nurse: bool = True, house: bool = True) -> Patient:
        patient = factories.make_patient(
            self.session,
            family_name=name,
            organization_id=self.house.id if house else None,
        )
        if nurse:
            factories.make_member(self.session, patient=patient, practitioner_id=self.nurse.id)
        self.session.commit()
        return patient

    def workshop(self, **fields: object) -> Workshop:
        starts_at = soon()
        values: dict[str, object] = {
            "organization_id": self.house.id,
            "title": "Bien manger",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "capacity": 8,
            "place": "Salle des Tilleuls",
            "created_by": self.people["nadia"].id,
        }
        workshop = Workshop(**(values | fields))
        self.session.add(workshop)
        self.session.commit()
        return workshop

    def guest(
        self,
        workshop: Workshop,
        patient: Patient,
        status: AppointmentStatus = AppointmentStatus.PROPOSED,
    ) -> Appointment:
        row = factories.make_appointment(
            self.session,
            patient=patient,
            workshop_id=workshop.id,
            title=workshop.title,
            kind=AppointmentKind.WORKSHOP,
            status=status,
            starts_at=workshop.starts_at,
            ends_at=workshop.ends_at,
            place=workshop.place,
            organization_id=workshop.organization_id,
        )
        if status is AppointmentStatus.BOOKED:
            workshop.places_taken += 1
        self.session.commit()
        return row

    def answers(self, **data: object) -> dict[str, object]:
        """Of a form that was filled in."""
        day = (clock.now() + timedelta(days=20)).date()
        return {
            "workshop_id": str(uuid4()),
            "organization": str(self.house.id),
            "title": "Bien dormir",
            "day": f"{day:%d/%m/%Y}",
            "starts": "14:30",
            "ends": "16 h",
            "time_zone": "Europe/Paris",
            "place": "",
            "address": "",
            "phone": "",
            "host": str(self.nurse.id),
            "host_text": "Odile, patiente experte",
            "capacity": "8",
            "respond_before": "",
            "description": "Venir avec un carnet\nDurée : une heure et demie",
        } | data

    def stored(self, workshop_id: UUID) -> Workshop:
        self._fresh()
        return self.session.get_one(Workshop, workshop_id)

    def workshops(self) -> list[Workshop]:
        self._fresh()
        return list(self.session.exec(select(Workshop)).all())

    def guests(self, workshop_id: UUID) -> list[Appointment]:
        self._fresh()
        statement = select(Appointment).where(Appointment.workshop_id == workshop_id)
        return list(self.session.exec(statement).all())

    def acts(self, workshop_id: UUID) -> list[str]:
        """What stands in the histories of its places, in the order of the acts."""
        ids = {one.id for one in self.guests(workshop_id)}
        changes = self.session.exec(select(AppointmentChange)).all()
        known = sorted((one for one in changes if one.appointment_id in ids), key=lambda c: c.id)
        return [one.act.value for one in known]

    def lines(self, patient: Patient) -> list[tuple[str, str, str]]:
        self._fresh()
        found = self.session.exec(
            select(AccessEvent).where(AccessEvent.patient_id == patient.id)
        ).all()
        return [(one.category, one.action, one.capacity) for one in found]

    def _fresh(self) -> None:
        self.session.rollback()
        self.session.expire_all()


def plain(answer: TestResponse) -> str:
    return answer.text.replace("\xa0", " ").replace("\u202f", " ")


def soon(days: int = 20, hour: int = 14) -> datetime:
    zone = ZoneInfo("Europe/Paris")
    day = clock.now().astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, 30), zone).astimezone(UTC)


@pytest.fixture
def office(session: Session, keys: KeyRing, reader: PageClient) -> Office:
    house = factories.make_organization(session, address="3 rue du Port", phone="02 61 91 00 27")
    elsewhere = factories.make_organization(session, name="Ailleurs")
    people = {}
    nurses = {}
    for name, place in (("nadia", house), ("karim", house), ("yves", elsewhere)):
        nurses[name] = factories.make_practitioner(session, given_name=name.title())
        session.add(PractitionerRole(practitioner_id=nurses[name].id, organization_id=place.id))
        people[name], _ = factories.make_user(
            session, keys, given_name=name.title(), practitioner_id=nurses[name].id
        )
    people["claire"], _ = factories.make_user(session, keys, given_name="Claire")
    people["paul"], _ = factories.make_user(session, keys)
    factories.make_coordination(session, user=people["claire"], organization_id=house.id)
    session.commit()
    return Office(reader, session, keys, house, nurses["nadia"], people)
