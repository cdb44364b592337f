"""Whatever circle people typed: it comes back unchanged, and arrives whole."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import delete
from sqlmodel import Session

from portal.fhir import Outcome
from portal.models import metadata
from tests.fhir.circles import exported
from tests.fhir.conftest import Import
from tests.fhir.drawn_circles import CIRCLES, write_circle


def _empty(session: Session) -> None:
    session.rollback()
    session.info.clear()
    session.expunge_all()
    for table in reversed(metadata.sorted_tables):
        session.execute(delete(table))
    session.commit()


@pytest.mark.parametrize("profile", ["french", "hl7"])
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes here
    suppress_health_check=list(HealthCheck),
)
@given(circle=CIRCLES)
def test_any_circle_comes_back_unchanged_and_arrives_whole(
    take: Import, session: Session, profile: str, circle: dict[str, Any]
) -> None:
    _empty(session)
    patient_id = write_circle(session, circle).id
    bundle = exported(session, patient_id, profile)
    before = take.tables()
    report = take(bundle)
    said = [(entry.label, entry.piece, entry.reason) for entry in report.entries]
    assert {entry.outcome for entry in report.entries} == {Outcome.UNCHANGED}, said
    assert take.tables() == before
    _empty(session)
    take(bundle)
    assert exported(session, patient_id, profile) == bundle
