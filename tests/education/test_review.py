"""Nothing is read that no expert wrote, no other professional reviewed, and no source bears."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.gates import Gate
from portal.education.storing import store, text_of
from portal.errors import ChangedMeanwhileError, NotFoundError, PublishingRefusedError
from portal.models import columns
from portal.models.base import new_id
from portal.models.education import (
    ModuleAnswer,
    ModuleProgress,
    ModuleQuestion,
    ModuleSource,
    ModuleStep,
    ModuleVersion,
    VersionState,
)
from tests import factories
from tests.education.modules import (
    Desk,
    a_text,
    approve_draft,
    in_a_year,
    make_desk,
    make_draft,
    make_module,
    make_published,
    make_remark,
)


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def draft(session: Session, desk: Desk) -> ModuleVersion:
    return make_draft(session, desk, make_module(session, desk))


def _refused(act: Callable[[], Any]) -> tuple[str, ...]:
    with pytest.raises(PublishingRefusedError) as refused:
        act()
    return refused.value.reasons


def test_what_is_stored_is_what_was_written(session: Session, draft: ModuleVersion) -> None:
    session.expire_all()
    assert text_of(session, draft) == a_text()


def test_from_draft_to_published(session: Session, desk: Desk, draft: ModuleVersion) -> None:
    review.submit(session, draft, by=desk.author.id, at=now())
    review.read_as_peer(session, draft, by=desk.peer, at=now())
    review.approve(session, draft, by=desk.reviewer, review_due=in_a_year(), at=now())
    review.publish(session, draft, at=now())
    session.expire_all()
    assert draft.state is VersionState.PUBLISHED
    assert draft.readability is not None
    assert (draft.peer_id, draft.reviewer_id) == (desk.peer.id, desk.reviewer.id)


def test_a_text_without_sources_or_questions_is_not_sent_to_review(
    session: Session, desk: Desk
) -> None:
    draft = make_draft(
        session, desk, make_module(session, desk), text=a_text(sources=(), questions=())
    )
    reasons = _refused(lambda: review.submit(session, draft, by=desk.author.id, at=now()))
    assert reasons == (Gate.NO_QUESTION, Gate.NO_SOURCE)
    assert draft.state is VersionState.DRAFT


def test_only_the_author_sends_it_to_review(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    with pytest.raises(NotFoundError):
        review.submit(session, draft, by=desk.peer.id, at=now())


def test_nobody_reviews_what_they_wrote(
    session: Session, keys: KeyRing, desk: Desk, draft: ModuleVersion
) -> None:
    place = factories.make_practitioner(session, family_name="Double")
    desk.author.practitioner_id = place.id
    review.submit(session, draft, by=desk.author.id, at=now())
    assert _refused(lambda: review.read_as_peer(session, draft, by=desk.author, at=now())) == (
        Gate.OWN_TEXT,
    )
    assert _refused(
        lambda: review.approve(session, draft, by=desk.author, review_due=in_a_year(), at=now())
    ) == (Gate.OWN_TEXT,)


def test_a_peer_is_no_professional_and_a_professional_no_peer(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    review.submit(session, draft, by=desk.author.id, at=now())
    assert _refused(
        lambda: review.approve(session, draft, by=desk.peer, review_due=in_a_year(), at=now())
    ) == (Gate.NOT_PROFESSIONAL,)
    assert _refused(lambda: review.read_as_peer(session, draft, by=desk.reviewer, at=now())) == (
        Gate.NOT_EXPERT,
    )


def test_a_review_date_lies_ahead(session: Session, desk: Desk, draft: ModuleVersion) -> None:
    review.submit(session, draft, by=desk.author.id, at=now())
    today = now().date()
    reasons = _refused(
        lambda: review.approve(session, draft, by=desk.reviewer, review_due=today, at=now())
    )
    assert reasons == (Gate.NO_REVIEW_DATE,)


def test_changes_asked_for_bring_it_back_and_a_new_text_is_reviewed_anew(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    review.submit(session, draft, by=desk.author.id, at=now())
    review.read_as_peer(session, draft, by=desk.peer, at=now())
    assert _refused(lambda: review.request_changes(session, draft, by=desk.reviewer, at=now())) == (
        Gate.NO_OPEN_REMARK,
    )
    make_remark(session, draft, desk.reviewer)
    review.request_changes(session, draft, by=desk.reviewer, at=now())
    assert draft.state is VersionState.CHANGES_REQUESTED
    assert _refused(lambda: review.publish(session, draft, at=now())) == (Gate.WRONG_STATE,)
    store(session, draft, a_text(title="Se peser le matin"))
    review.submit(session, draft, by=desk.author.id, at=now())
    assert draft.peer_id is None


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    session: Session, draft: ModuleVersion
) -> None:
    seen = draft.revision
    store(session, draft, a_text(title="Autre titre"))
    with pytest.raises(ChangedMeanwhileError):
        review.locked(session, draft.id, revision=seen)


def test_a_newer_version_replaces_the_older_and_readers_keep_theirs(
    session: Session, keys: KeyRing, desk: Desk
) -> None:
    module = make_module(session, desk)
    first = make_published(session, desk, module)
    reading = _reader(session, keys, first)
    second = make_published(session, desk, module, number=2)
    session.expire_all()
    assert (first.state, second.state) == (VersionState.REPLACED, VersionState.PUBLISHED)
    assert (reading.version_id, reading.step) == (first.id, 2)


def test_an_urgent_correction_reaches_whoever_reads_the_older(
    session: Session, keys: KeyRing, desk: Desk
) -> None:
    module = make_module(session, desk)
    reading = _reader(session, keys, make_published(session, desk, module))
    second = make_published(session, desk, module, number=2, is_urgent=True)
    session.expire_all()
    assert (reading.version_id, reading.step, reading.finished_at) == (second.id, 0, None)


def test_past_its_review_date_it_is_withdrawn_once(session: Session, desk: Desk) -> None:
    version = make_published(session, desk, make_module(session, desk))
    assert version.review_due is not None
    assert review.withdraw_overdue(session, today=version.review_due) == []
    late = version.review_due + timedelta(days=1)
    assert review.withdraw_overdue(session, today=late) == [version.id]
    assert review.withdraw_overdue(session, today=late) == []
    assert version.state is VersionState.WITHDRAWN


def test_a_retracted_module_is_read_no_longer_and_says_why(session: Session, desk: Desk) -> None:
    module = make_module(session, desk)
    version = make_published(session, desk, module)
    review.retract(session, module, by=desk.reviewer.id, reason="La dose a changé.", at=now())
    session.flush()
    assert version.state is VersionState.WITHDRAWN
    assert module.retraction_reason == "La dose a changé."


def _reader(session: Session, keys: KeyRing, version: ModuleVersion) -> ModuleProgress:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    row = ModuleProgress(
        patient_id=patient.id,
        user_id=user.id,
        module_id=version.module_id,
        version_id=version.id,
        step=2,
        started_at=now(),
        updated_at=now(),
        finished_at=now(),
    )
    session.add(row)
    session.flush()
    return row


# By SQL alone: the same holds for whoever goes past the service.


def _refused_by_sql(session: Session, statement: Any, *, because: str) -> None:
    with pytest.raises(DBAPIError, match=because), session.begin_nested():
        session.execute(statement)


def _publishing(version: ModuleVersion) -> Any:
    table = columns(ModuleVersion)
    return (
        update(ModuleVersion)
        .where(table.id == version.id)
        .values(published_at=now(), state=VersionState.PUBLISHED)
    )


def test_sql_publishes_what_was_approved(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    approve_draft(session, desk, draft)
    session.execute(_publishing(draft))


@pytest.mark.parametrize("field", ["reviewer_id", "reviewed_at", "review_due", "readability"])
def test_sql_publishes_nothing_without_its_provenance(
    session: Session, desk: Desk, draft: ModuleVersion, field: str
) -> None:
    approve_draft(session, desk, draft)
    table = columns(ModuleVersion)
    session.execute(update(ModuleVersion).where(table.id == draft.id).values({field: None}))
    _refused_by_sql(
        session, _publishing(draft), because="published_with_provenance|review of a professional"
    )


def test_sql_refuses_the_author_as_reviewer_and_as_peer(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    table = columns(ModuleVersion)
    for field in ("reviewer_id", "peer_id"):
        own = update(ModuleVersion).where(table.id == draft.id).values({field: desk.author.id})
        _refused_by_sql(session, own, because="another_")


@pytest.mark.parametrize("part", [ModuleSource, ModuleStep])
def test_sql_publishes_nothing_without_sources_or_steps(
    session: Session, desk: Desk, draft: ModuleVersion, part: type[Any]
) -> None:
    approve_draft(session, desk, draft)
    session.execute(delete(part).where(columns(part).version_id == draft.id))
    _refused_by_sql(session, _publishing(draft), because="with sources only|something to read")


def test_sql_publishes_no_question_without_a_right_answer_or_without_its_other_words(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    approve_draft(session, desk, draft)
    answer, question = columns(ModuleAnswer), columns(ModuleQuestion)
    with session.begin_nested() as tried:
        session.execute(delete(ModuleAnswer).where(answer.version_id == draft.id, answer.is_right))
        _refused_by_sql(session, _publishing(draft), because="asked again differently")
        tried.rollback()
    session.execute(delete(ModuleAnswer).where(answer.version_id == draft.id, answer.round == 1))
    session.execute(
        delete(ModuleQuestion).where(question.version_id == draft.id, question.round == 1)
    )
    _refused_by_sql(session, _publishing(draft), because="asked again differently")


def test_sql_publishes_nothing_without_questions(session: Session, desk: Desk) -> None:
    draft = make_draft(session, desk, make_module(session, desk))
    approve_draft(session, desk, draft)
    for part in (ModuleAnswer, ModuleQuestion):
        session.execute(delete(part).where(columns(part).version_id == draft.id))
    _refused_by_sql(session, _publishing(draft), because="asked again differently")


def test_sql_refuses_an_answer_without_an_explanation(
    session: Session, draft: ModuleVersion
) -> None:
    answer = columns(ModuleAnswer)
    _refused_by_sql(
        session,
        update(ModuleAnswer).where(answer.version_id == draft.id).values(explanation=""),
        because="explained",
    )


def test_sql_publishes_only_what_an_expert_wrote_and_a_professional_reviewed(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    approve_draft(session, desk, draft)
    for user, field, value in (
        (desk.author, "is_patient_expert", False),
        (desk.reviewer, "practitioner_id", None),
    ):
        before = getattr(user, field)
        setattr(user, field, value)
        session.add(user)
        session.flush()
        _refused_by_sql(
            session, _publishing(draft), because="patient expert only|review of a professional"
        )
        setattr(user, field, before)
        session.add(user)
        session.flush()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE module_version SET title = 'Autre' WHERE published_at IS NOT NULL",
        "UPDATE module_version SET published_at = NULL, state = 'draft'",
        "DELETE FROM module_version",
        "UPDATE module_step SET body = 'Autre'",
        "UPDATE module_answer SET explanation = 'Autre'",
        "DELETE FROM module_answer",
        "DELETE FROM module_source",
        "UPDATE module_term SET meaning = 'Autre'",
        "INSERT INTO module_term (version_id, term, meaning)"
        " SELECT id, 'sel', 'Du sel' FROM module_version",
        "INSERT INTO module_step (version_id, number, title, body, easy_body)"
        " SELECT id, 9, 'Plus', 'Plus', '' FROM module_version",
    ],
)
def test_sql_changes_nothing_that_was_published(
    session: Session, desk: Desk, statement: str
) -> None:
    make_published(session, desk, make_module(session, desk))
    _refused_by_sql(session, text(statement), because="never changes")


def test_sql_writes_no_version_that_is_published_already(session: Session, desk: Desk) -> None:
    version = make_published(session, desk, make_module(session, desk))
    row = version.model_dump() | {"id": new_id(), "number": 7, "locale": "en"}
    _refused_by_sql(session, insert(ModuleVersion).values(row), because="after it was written")
