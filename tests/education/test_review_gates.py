"""The gates of publishing, tried on the service: what lacks one of them is read by nobody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.gates import Gate
from portal.errors import PublishingRefusedError
from portal.models import columns
from portal.models.education import (
    ModuleAnswer,
    ModuleQuestion,
    ModuleSource,
    ModuleVersion,
    VersionState,
)
from tests.education.modules import Desk, approve_draft, make_desk, make_draft, make_module


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def approved(session: Session, desk: Desk) -> ModuleVersion:
    version = make_draft(session, desk, make_module(session, desk))
    approve_draft(session, desk, version)
    return version


def without_source(session: Session, version: ModuleVersion) -> None:
    session.execute(delete(ModuleSource).where(columns(ModuleSource).version_id == version.id))


def without_questions(session: Session, version: ModuleVersion) -> None:
    for part in (ModuleAnswer, ModuleQuestion):
        session.execute(delete(part).where(columns(part).version_id == version.id))


def without_review(session: Session, version: ModuleVersion) -> None:
    version.reviewer_id = None
    session.flush()


def without_review_date(session: Session, version: ModuleVersion) -> None:
    version.review_due = None
    session.flush()


def past_its_review_date(session: Session, version: ModuleVersion) -> None:
    version.review_due = now().date() - timedelta(days=1)
    session.flush()


def not_approved(session: Session, version: ModuleVersion) -> None:
    version.state = VersionState.SUBMITTED
    session.flush()


GATES: dict[str, tuple[Callable[[Session, ModuleVersion], None], Gate]] = {
    "no source": (without_source, Gate.NO_SOURCE),
    "no question": (without_questions, Gate.NO_QUESTION),
    "no review": (without_review, Gate.NO_REVIEW),
    "no review date": (without_review_date, Gate.NO_REVIEW_DATE),
    "past its review date": (past_its_review_date, Gate.NO_REVIEW_DATE),
    "not approved": (not_approved, Gate.WRONG_STATE),
}


@pytest.mark.parametrize("case", GATES)
def test_the_service_publishes_nothing_that_lacks_a_gate(
    session: Session, approved: ModuleVersion, case: str
) -> None:
    take_away, gate = GATES[case]
    take_away(session, approved)
    session.expire_all()
    with pytest.raises(PublishingRefusedError) as refused:
        review.publish(session, approved, at=now())
    assert refused.value.reasons == (gate,)
    assert approved.published_at is None


UNEXPLAINED: dict[str, Callable[[], Any]] = {
    "an answer": lambda: update(ModuleAnswer).values(explanation=""),
    "the second round": lambda: (
        update(ModuleQuestion).where(columns(ModuleQuestion).round == 1).values(explanation="")
    ),
}


@pytest.mark.parametrize("case", UNEXPLAINED)
def test_sql_keeps_no_question_unexplained_so_that_none_is_published(
    session: Session, approved: ModuleVersion, case: str
) -> None:
    with pytest.raises(DBAPIError, match="explained"), session.begin_nested():
        session.execute(UNEXPLAINED[case]())
