"""Jeanne has one appointment; relatives and professionals around it, each in one browser."""

import html
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentKind
from portal.models.agreement import AppointmentChange
from portal.models.care import Patient, RelatedPerson
from portal.models.rights import CareLink, CareLinkKind, GrantCategory, HiddenItem
from portal.scheduling.companions import state_of
from portal.scheduling.letters import notices
from tests import factories
from tests.pages import PageClient


@dataclass
class Told:
    """Who would be told: the calls, in their order."""

    calls: list[tuple[str, UUID | None]] = field(default_factory=list)


@dataclass
class Family:
    """`people` are accounts, `relatives` related persons, `links` links, by first name."""

    reader: PageClient
    session: Session
    keys: KeyRing
    patient: Patient
    visit: Appointment
    people: dict[str, User]
    relatives: dict[str, RelatedPerson]
    links: dict[str, CareLink]
    told: Told

    @property
    def door(self) -> str:
        return f"/p/{self.patient.id}/agenda/{self.visit.id}"

    def enter(self, name: str) -> None:
        self.session.rollback()
        self.reader.enter(self.session, self.people[name])

    def get(self, path: str = "") -> TestResponse:
        self.session.rollback()
        return self.reader.get(self.door + path)

    def text(self, path: str = "") -> str:
        """With plain spaces and apostrophes."""
        return words_of(self.get(path))

    def post(self, path: str, **data: object) -> TestResponse:
        self.session.rollback()
        return self.reader.post(self.door + path, data=data)

    def seen(self) -> dict[str, object]:
        """What a form shown now sends back."""
        row = self.stored()
        lines = self.lines()
        return {
            "version": row.version,
            "state": state_of(row),
            "seen": str(lines[-1].id) if lines else "",
        }

    def choose(self, who: str, **data: object) -> TestResponse:
        """A relative by first name, `nobody` or `wanted`."""
        value = str(self.relatives[who].id) if who in self.relatives else who
        return self.post("/companion", **({"who": value} | self.seen() | data))

    def answer(self, word: str, **data: object) -> TestResponse:
        return self.post("/companion/answer", **({"answer": word} | self.seen() | data))

    def stored(self) -> Appointment:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Appointment, (self.patient.id, self.visit.id))

    def companion(self) -> tuple[str, bool] | None:
        """Who goes along, and whether they said yes."""
        row = self.stored()
        names = {one.id: name for name, one in self.relatives.items()}
        if row.companion_id is None:
            return None
        return names[row.companion_id], row.companion_confirmed

    def lines(self) -> list[AppointmentChange]:
        self.session.rollback()
        of_visit = select(AppointmentChange).where(
            AppointmentChange.appointment_id == self.visit.id
        )
        return sorted(self.session.exec(of_visit).all(), key=lambda one: one.id)

    def put(self, **fields: object) -> None:
        """The appointment as others left it."""
        row = self.stored()
        for name, value in fields.items():
            setattr(row, name, value)
        self.session.add(row)
        self.session.commit()

    def hide_from(self, name: str) -> None:
        self.session.rollback()
        hidden = HiddenItem(
            patient_id=self.patient.id,
            category=GrantCategory.AGENDA,
            item_id=self.visit.id,
            care_link_id=self.links[name].id,
            created_at=clock.now(),
            created_by=self.people["jeanne"].id,
        )
        self.session.add(hidden)
        self.session.commit()


def words_of(answer: TestResponse) -> str:
    return html.unescape(answer.text).replace("\u00a0", " ")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """The notices themselves are tried elsewhere: here only who is told."""
    heard = Told()
    from portal.scheduling import companions

    def tell_family(_session: Session, _about: notices.About, *, keys: KeyRing) -> int:
        del keys
        heard.calls.append(("family", None))
        return 1

    def ask_companion(
        _session: Session,
        _about: notices.About,
        *,
        keys: KeyRing,
        related_person_id: UUID | None,
    ) -> int:
        del keys
        heard.calls.append(("asked", related_person_id))
        return 1

    monkeypatch.setattr(companions, "tell_family", tell_family)
    monkeypatch.setattr(companions, "ask_companion", ask_companion)
    return heard


@pytest.fixture
def family(session: Session, keys: KeyRing, reader: PageClient, told: Told) -> Family:
    """Sylvie and Paul may act, Marc only sees, Lou has an account and no right, Rose none."""
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    people, relatives, links = {}, {}, {}
    rights = {
        "sylvie": ("agenda:act", "care_team:see"),
        "paul": ("agenda:act", "care_team:see"),
        "marc": ("agenda:see",),
        "lou": ("care_team:see",),
    }
    for name, code in (("sylvie", "DAU"), ("paul", "SON"), ("marc", "BRO"), ("lou", "NBOR")):
        relatives[name] = factories.make_relative(
            session, patient=patient, given_name=name.title(), relationship=code
        )
        people[name], _ = factories.make_user(session, keys, given_name=name.title())
        links[name] = factories.make_link(
            session,
            patient=patient,
            user=people[name],
            grants=rights[name],
            related_person_id=relatives[name].id,
            relationship=code,
        )
    relatives["rose"] = factories.make_relative(
        session, patient=patient, given_name="Rose", relationship="FRND", gender="female"
    )
    people["jeanne"], _ = factories.make_user(session, keys, given_name="Jeanne")
    factories.make_link(session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF)
    people["claire"], _ = factories.make_user(session, keys, given_name="Claire")
    factories.make_coordination(session, user=people["claire"], organization_id=house.id)
    nurse = factories.make_practitioner(session)
    people["nadia"], _ = factories.make_user(
        session, keys, given_name="Nadia", practitioner_id=nurse.id
    )
    factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    starts = (clock.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    visit = factories.make_appointment(
        session,
        patient=patient,
        title="Cardiologie",
        kind=AppointmentKind.HOSPITAL,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=45),
        preparation="Ordonnance\nCarte Vitale\nPoids de ce matin",
    )
    session.commit()
    return Family(reader, session, keys, patient, visit, people, relatives, links, told)
