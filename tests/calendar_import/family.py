"""Jeanne, her relatives and her nurse, with calendar files in their hands."""

import html
import re
from dataclasses import dataclass
from io import BytesIO

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.agreement import AppointmentAct, AppointmentChange
from portal.models.care import Patient, RelatedPerson
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient

_SEALED = re.compile(r'name="sealed" value="([^"]+)"')
_BOX = re.compile(r'name="chosen" value="(\d+)"( checked)?')


@dataclass(frozen=True)
class Preview:
    """What the page shows and offers."""

    answer: TestResponse

    @property
    def text(self) -> str:
        return html.unescape(self.answer.text).replace("\u00a0", " ").replace("\u202f", " ")

    @property
    def sealed(self) -> str:
        found = _SEALED.search(self.answer.text)
        assert found
        return found[1]

    @property
    def boxes(self) -> dict[str, bool]:
        """By number: whether it is ticked."""
        return {number: bool(ticked) for number, ticked in _BOX.findall(self.answer.text)}


@dataclass(frozen=True)
class Family:
    """`people` are accounts by first name; `reader` is one browser."""

    reader: PageClient
    session: Session
    patient: Patient
    people: dict[str, User]
    son: RelatedPerson

    @property
    def door(self) -> str:
        return f"/p/{self.patient.id}/agenda/import"

    def enter(self, name: str) -> None:
        self.session.rollback()
        self.reader.enter(self.session, self.people[name])

    def send(self, content: str | bytes, name: str = "rendez-vous.ics") -> Preview:
        self.session.rollback()
        sent = content.encode() if isinstance(content, str) else content
        return Preview(self.reader.post(self.door, data={"file": (BytesIO(sent), name)}))

    def keep(self, preview: Preview, *numbers: str) -> TestResponse:
        """What is ticked, unless numbers are given."""
        self.session.rollback()
        ticked = [number for number, is_ticked in preview.boxes.items() if is_ticked]
        data = {"sealed": preview.sealed, "chosen": list(numbers) or ticked}
        return self.reader.post(f"{self.door}/keep", data=data)

    def take(self, content: str | bytes) -> TestResponse:
        """Sent and kept as it is offered; the page that follows."""
        answer = self.keep(self.send(content))
        assert answer.status_code == 303
        return self.reader.get(answer.location)

    def rows(self) -> list[Appointment]:
        self.session.rollback()
        self.session.expire_all()
        found = self.session.exec(select(Appointment)).all()
        return sorted(found, key=lambda row: (row.starts_at is None, row.starts_at, row.id))

    def row(self) -> Appointment:
        (row,) = self.rows()
        return row

    def acts(self) -> list[AppointmentAct]:
        self.session.rollback()
        lines = self.session.exec(select(AppointmentChange)).all()
        return [line.act for line in sorted(lines, key=lambda line: line.id)]


@pytest.fixture
def family(session: Session, keys: KeyRing, reader: PageClient) -> Family:
    patient = factories.make_patient(session)
    son = factories.make_relative(
        session, patient=patient, given_name="Paul", relationship="SON", gender="male"
    )
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    people = {
        name: factories.make_user(session, keys, given_name=name.title())[0]
        for name in ("jeanne", "paul", "sylvie")
    }
    people["nadia"], _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    factories.make_link(session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF)
    factories.make_link(
        session,
        patient=patient,
        user=people["paul"],
        grants=("agenda:act",),
        related_person_id=son.id,
        relationship="SON",
    )
    factories.make_link(session, patient=patient, user=people["sylvie"], grants=("agenda:see",))
    session.commit()
    return Family(reader, session, patient, people, son)
