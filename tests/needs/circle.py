"""Jeanne, her circle, and the accounts of those who keep it current."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import CareTeamMember, Patient
from portal.models.directory import Organization
from portal.models.need import Need, NeedChange
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLink, CareLinkKind
from portal.outbox import Letter
from portal.web import dates
from tests import factories
from tests.pages import PageClient


@dataclass(frozen=True)
class Circle:
    """`people` are accounts and `places` members, by first name; `reader` is one browser."""

    reader: PageClient
    session: Session
    keys: KeyRing
    patient: Patient
    house: Organization
    people: dict[str, User]
    places: dict[str, CareTeamMember]
    link: CareLink

    @property
    def door(self) -> str:
        return f"/p/{self.patient.id}/needs"

    @property
    def today(self) -> date:
        return dates.local(clock.now(), self.patient.time_zone).date()

    def enter(self, name: str) -> None:
        self.session.rollback()
        self.reader.enter(self.session, self.people[name])

    def need(self, **fields: object) -> Need:
        """With its first line of history."""
        values = {"code": "dressing", "review_on": self.today + timedelta(days=40)} | fields
        need = Need(patient_id=self.patient.id, **values)
        self.session.add(need)
        self.session.flush()
        kept = ("owner_id", "deputy_id", "detail", "contact_text", "frequency", "review_on")
        self.session.add(
            NeedChange(
                patient_id=need.patient_id,
                need_id=need.id,
                version=1,
                at=need.created_at,
                actor_id=self.people["claire"].id,
                capacity="coordinator",
                **{name: getattr(need, name) for name in kept},
            )
        )
        self.session.commit()
        return need

    def get(self, need: Need | None = None, path: str = "") -> TestResponse:
        self.session.rollback()
        return self.reader.get(f"{self.door}/{need.id}{path}" if need else f"{self.door}{path}")

    def post(self, need: Need, act: str, **data: object) -> TestResponse:
        """An act on what the reader saw: its version of now, unless another is given."""
        self.session.rollback()
        version = self.stored(need).version
        self.session.rollback()
        return self.reader.post(f"{self.door}/{need.id}/{act}", data={"version": version} | data)

    def add(self, **data: object) -> TestResponse:
        self.session.rollback()
        return self.reader.post(f"{self.door}/new", data=self.answers(**data))

    def answers(self, **data: object) -> dict[str, object]:
        """Of a form that was filled in."""
        day = self.today + timedelta(days=30)
        return {
            "need_id": str(uuid4()),
            "kind": "dressing",
            "detail": "La jambe gauche",
            "owner": str(self.places["nadia"].id),
            "deputy": str(self.places["julie"].id),
            "contact_text": "",
            "frequency": "3 fois par semaine",
            "review_on": day.strftime("%d/%m/%Y"),
        } | data

    def stored(self, need: Need) -> Need:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Need, (need.patient_id, need.id))

    def needs(self) -> list[Need]:
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.exec(select(Need).order_by(Need.id)).all())  # type: ignore[arg-type]  # a column

    def changes(self, need: Need) -> list[NeedChange]:
        self.session.rollback()
        of_need = select(NeedChange).where(NeedChange.need_id == need.id)
        return sorted(self.session.exec(of_need).all(), key=lambda one: one.version)

    def letters(self) -> list[OutboxMessage]:
        self.session.rollback()
        entrusted = OutboxMessage.letter == Letter.NEED_ENTRUSTED
        return list(self.session.exec(select(OutboxMessage).where(entrusted)).all())


@pytest.fixture
def circle(session: Session, keys: KeyRing, reader: PageClient) -> Circle:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    people, places = {}, {}
    for name in ("nadia", "julie"):
        nurse = factories.make_practitioner(session, given_name=name.title())
        people[name], _ = factories.make_user(
            session, keys, given_name=name.title(), practitioner_id=nurse.id
        )
        places[name] = factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    pharmacy = factories.make_organization(session, name="Pharmacie du Port", kind="")
    places["pharmacy"] = factories.make_member(
        session, patient=patient, organization_id=pharmacy.id
    )
    son = factories.make_relative(
        session, patient=patient, given_name="Paul", relationship="SON", gender="male"
    )
    places["paul"] = factories.make_member(session, patient=patient, related_person_id=son.id)
    for name in ("jeanne", "paul", "claire"):
        people[name], _ = factories.make_user(session, keys, given_name=name.title())
    factories.make_link(session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF)
    link = factories.make_link(
        session,
        patient=patient,
        user=people["paul"],
        grants=("care_team:act",),
        related_person_id=son.id,
        relationship="SON",
    )
    factories.make_coordination(session, user=people["claire"], organization_id=house.id)
    session.commit()
    return Circle(reader, session, keys, patient, house, people, places, link)
