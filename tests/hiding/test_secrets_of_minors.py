"""A minor keeps one appointment for themself: to their parents it does not exist."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Uuid, bindparam
from sqlmodel import Session, select

from portal import clock
from portal.access.facts import is_hidden
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.audit import AccessEvent
from portal.models.care import Patient
from portal.models.rights import CareLinkKind, HiddenItem, LegalStatus, Mandate
from tests import factories
from tests.pages import PageClient

_event = columns(AccessEvent)


@dataclass(frozen=True)
class Home:
    """Léa is 16; her mother has parental authority, her neighbour sees the agenda."""

    patient: Patient
    lea: User
    mother: User
    neighbour: User
    visit: Appointment

    @property
    def agenda(self) -> str:
        return f"/p/{self.patient.id}/agenda"

    @property
    def door(self) -> str:
        return f"{self.agenda}/{self.visit.id}/hidden"


@pytest.fixture
def home(session: Session, keys: KeyRing) -> Home:
    today = clock.now().date()
    patient = factories.make_patient(
        session, given_name="Léa", birth_date=date(today.year - 16, 1, 1).isoformat()
    )
    lea, mother, neighbour = (
        factories.make_user(session, keys, given_name=name)[0] for name in ("Léa", "Anne", "Odile")
    )
    factories.make_link(session, patient=patient, user=lea, kind=CareLinkKind.SELF)
    link = factories.make_link(
        session, patient=patient, user=mother, kind=CareLinkKind.LEGAL_REPRESENTATIVE
    )
    factories.make_link(session, patient=patient, user=neighbour, grants=("agenda:see",))
    session.add(
        Mandate(
            patient_id=patient.id,
            care_link_id=link.id,
            status=LegalStatus.AUTORITE_PARENTALE,
            proof_kind="livret_de_famille",
            issued_by="Mairie",
            issued_on=today,
            starts_at=factories.LONG_AGO,
            verified_by=mother.id,
            verified_at=factories.LONG_AGO,
        )
    )
    visit = factories.make_appointment(session, patient=patient, title="Planning familial")
    session.commit()
    return Home(patient, lea, mother, neighbour, visit)


def _keep_secret(reader: PageClient, session: Session, home: Home) -> None:
    reader.enter(session, home.lea)
    assert "Garder pour moi" in reader.get(home.door).text
    assert reader.post(home.door, data={"is_secret": "on"}).status_code == 303


def test_neither_a_parent_nor_any_carer_sees_it(
    reader: PageClient, session: Session, home: Home
) -> None:
    _keep_secret(reader, session, home)
    assert "Caché à tous les proches" in reader.get(f"{home.agenda}/{home.visit.id}").text
    for user in (home.mother, home.neighbour):
        reader.enter(session, user)
        assert reader.get(f"{home.agenda}/{home.visit.id}").status_code == 404
        for path in (f"/p/{home.patient.id}/", home.agenda, f"{home.agenda}?view=list"):
            answer = reader.get(path)
            assert answer.status_code == 200
            assert "Planning familial" not in answer.text


def test_a_parent_cannot_find_nor_undo_the_secret(
    reader: PageClient, session: Session, home: Home
) -> None:
    _keep_secret(reader, session, home)
    reader.enter(session, home.mother)
    assert reader.get(home.door).status_code == 404
    assert reader.post(home.door, data={}).status_code == 404
    session.rollback()
    assert len(session.exec(select(HiddenItem)).all()) == 1


def test_a_parent_hides_from_a_carer_but_keeps_no_secret(
    reader: PageClient, session: Session, home: Home
) -> None:
    reader.enter(session, home.mother)
    page = reader.get(home.door).text
    assert "Odile ne voit pas ce rendez-vous" in page
    assert "Garder pour moi" not in page
    assert reader.post(home.door, data={"is_secret": "on"}).status_code == 303
    session.rollback()
    assert session.exec(select(HiddenItem)).all() == []


def test_the_minor_tells_it_again(reader: PageClient, session: Session, home: Home) -> None:
    _keep_secret(reader, session, home)
    assert reader.post(home.door, data={}).status_code == 303
    reader.enter(session, home.mother)
    assert "Planning familial" in reader.get(f"{home.agenda}?view=list").text


def test_an_adult_has_no_such_choice_but_can_still_undo_an_old_one(
    reader: PageClient, session: Session, home: Home
) -> None:
    _keep_secret(reader, session, home)
    grown = session.get_one(Patient, home.patient.id)
    grown.birth_date = "1980-01-01"
    session.add(grown)
    session.commit()
    assert "Garder pour moi" in reader.get(home.door).text
    assert reader.post(home.door, data={}).status_code == 303
    assert "Garder pour moi" not in reader.get(home.door).text
    assert reader.post(home.door, data={"is_secret": "on"}).status_code == 303
    session.rollback()
    assert session.exec(select(HiddenItem)).all() == []


def test_lines_of_the_log_about_a_secret_can_be_kept_from_the_parent(
    reader: PageClient, session: Session, keys: KeyRing, home: Home
) -> None:
    """What the page of the log asks, of each line: `is_hidden` of its item for its reader."""
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=home.patient, practitioner_id=nurse.id)
    professional, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    _keep_secret(reader, session, home)
    reader.enter(session, professional)
    assert reader.get(f"{home.agenda}/{home.visit.id}").status_code == 200
    session.rollback()
    hidden = select(_event.sequence).where(
        is_hidden(_event.patient_id, _event.item_id, bindparam("viewer_id", type_=Uuid))
    )
    for user, count in ((home.mother, 1), (home.neighbour, 1), (home.lea, 0), (professional, 0)):
        rows = session.execute(hidden, {"viewer_id": user.id, "now": clock.now()}).all()
        assert len(rows) == count, user.given_name
