"""Jeanne at home, the nurse who comes to her, and those who look at her agenda."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal import clock
from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.care import Patient
from portal.models.directory import Practitioner
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLink, CareLinkKind
from portal.models.series import AppointmentSeries
from tests import factories
from tests.pages import PageClient
from tests.series.ahead import rows_of, started


@dataclass(frozen=True)
class Home:
    """`people` are accounts by first name; `reader` is one browser."""

    reader: PageClient
    session: Session
    keys: KeyRing
    patient: Patient
    people: dict[str, User]
    nurse: Practitioner
    link: CareLink

    @property
    def door(self) -> str:
        return f"/p/{self.patient.id}/agenda/series"

    def series(self, **fields: object) -> AppointmentSeries:
        """Booked by the nurse, on Mondays and Thursdays at eight."""
        by = Author(self.people["nadia"].id, "professional")
        values = {"practitioner_id": self.nurse.id, "created_by": by.user_id} | fields
        series = started(self.session, self.patient, by, **values)
        self.session.commit()
        return series

    def enter(self, name: str) -> None:
        self.session.rollback()
        self.reader.enter(self.session, self.people[name])

    def get(self, series: AppointmentSeries, path: str = "") -> TestResponse:
        self.session.rollback()
        return self.reader.get(f"{self.door}/{series.id}{path}")

    def post(self, series: AppointmentSeries, act: str, **data: object) -> TestResponse:
        """What the form sends, with the version of now unless another is given."""
        self.session.rollback()
        version = self.stored(series.id).version
        self.session.rollback()
        return self.reader.post(f"{self.door}/{series.id}/{act}", data={"version": version} | data)

    def change(self, series: AppointmentSeries, number: int, **data: object) -> TestResponse:
        """From the date of that number on, at nine instead of eight."""
        typed = {
            "from_id": self.rows(series)[number].id,
            "starts": "09:00",
            "duration": "30",
            "repeats": "weekly",
            "weekdays": ["0", "3"],
            "every": "1",
            "monthly_by": "day",
            "ends_how": "never",
        }
        return self.post(series, "change", **(typed | data))

    def stored(self, series_id: UUID) -> AppointmentSeries:
        self.session.expire_all()
        return self.session.get_one(AppointmentSeries, (self.patient.id, series_id))

    def rows(self, series: AppointmentSeries) -> list[Appointment]:
        self.session.rollback()
        found = rows_of(self.session, series)
        self.session.rollback()
        return found

    def letters(self) -> int:
        self.session.rollback()
        return self.session.query(OutboxMessage).count()


@pytest.fixture
def home(session: Session, keys: KeyRing, reader: PageClient) -> Home:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    nurse = factories.make_practitioner(session)
    other = factories.make_practitioner(session, given_name="Thomas", family_name="Roux")
    people = {
        "jeanne": factories.make_user(session, keys, given_name="Jeanne")[0],
        "paul": factories.make_user(session, keys, given_name="Paul")[0],
        "nadia": factories.make_user(session, keys, practitioner_id=nurse.id)[0],
        "thomas": factories.make_user(session, keys, practitioner_id=other.id)[0],
        "claire": factories.make_user(session, keys, given_name="Claire")[0],
        "stranger": factories.make_user(session, keys, given_name="Odile")[0],
    }
    factories.make_link(session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF)
    link = factories.make_link(
        session, patient=patient, user=people["paul"], grants=("agenda:see",)
    )
    for one in (nurse, other):
        factories.make_member(
            session, patient=patient, practitioner_id=one.id, period_start=clock.now()
        )
    factories.make_coordination(session, user=people["claire"], organization_id=house.id)
    session.commit()
    return Home(reader, session, keys, patient, people, nurse, link)
