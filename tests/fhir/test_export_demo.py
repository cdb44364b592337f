"""Every circle of the demo leaves and comes back: nothing changes, and all of it arrives."""

from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.demo import seed
from portal.fhir import Outcome
from portal.models.care import Patient
from tests.emptying import delete_everything
from tests.fhir.circles import exported
from tests.fhir.conftest import Import


@pytest.fixture
def patients(session: Session) -> list[UUID]:
    seed(session, keys=KeyRing.generate(), now=now(), password_hash="a-hash")
    session.commit()
    session.expunge_all()
    session.info.clear()
    return list(session.exec(select(Patient.id).order_by(col(Patient.id))))


@pytest.mark.parametrize("profile", ["french", "hl7"])
def test_all_circles_of_the_demo_in_one_command(
    take: Import, session: Session, patients: list[UUID], profile: str
) -> None:
    assert len(patients) > 5
    bundles = [exported(session, one, profile) for one in patients]
    before = take.tables()
    report = take(*bundles)
    said = [(entry.label, entry.piece, entry.reason) for entry in report.entries]
    assert {entry.outcome for entry in report.entries} == {Outcome.UNCHANGED}, said
    assert take.tables() == before
    delete_everything(session.connection())
    session.commit()
    take(*bundles)
    assert [exported(session, one, profile) for one in patients] == bundles
