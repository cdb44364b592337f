"""Who reviews: an active reviewer of the organization, a professional, and nobody who wrote it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.gates import LONGEST_REVIEW, Gate
from portal.education.requests import ask_review, reviewers_for
from portal.education.standing import find_standing, standing_towards
from portal.errors import NotFoundError, PublishingRefusedError
from portal.models import columns
from portal.models.account import User
from portal.models.directory import Practitioner, Profession
from portal.models.education import ModuleVersion, VersionState
from portal.models.education_writing import (
    EducationMember,
    EducationRole,
    ModuleCoauthor,
    ModuleRevision,
)
from tests import factories
from tests.education.modules import (
    Desk,
    approve_draft,
    in_a_year,
    make_desk,
    make_draft,
    make_education_member,
    make_module,
    make_remark,
)


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def draft(session: Session, desk: Desk) -> ModuleVersion:
    return make_draft(session, desk, make_module(session, desk))


@pytest.fixture
def sent(session: Session, desk: Desk, draft: ModuleVersion) -> ModuleVersion:
    review.submit(session, draft, by=desk.author.id, at=now())
    return draft


def _refused(act: Callable[[], Any]) -> tuple[str, ...]:
    with pytest.raises(PublishingRefusedError) as refused:
        act()
    return refused.value.reasons


def _writes_along(session: Session, desk: Desk, version: ModuleVersion, user: User) -> None:
    session.add(
        ModuleCoauthor(
            module_id=version.module_id, user_id=user.id, added_by=desk.author.id, added_at=now()
        )
    )
    session.flush()


def _wrote_a_draft(session: Session, _desk: Desk, version: ModuleVersion, user: User) -> None:
    session.add(
        ModuleRevision(
            version_id=version.id,
            number=1,
            written_by=user.id,
            began_at=now(),
            written_at=now(),
            content="{}",
        )
    )
    session.flush()


def _is_an_expert(session: Session, _desk: Desk, _version: ModuleVersion, user: User) -> None:
    entry = session.get_one(Practitioner, user.practitioner_id)
    entry.profession = Profession.PATIENT_EXPERT
    session.flush()


def _left_the_directory(session: Session, _desk: Desk, _version: ModuleVersion, user: User) -> None:
    user.practitioner_id = None
    session.flush()


def _left_the_organization(
    session: Session, desk: Desk, _version: ModuleVersion, user: User
) -> None:
    key = (desk.organization.id, user.id, EducationRole.REVIEWER)
    session.get_one(EducationMember, key).ended_at = now()
    session.flush()


NO_REVIEWERS = {
    Gate.OWN_TEXT: _writes_along,
    Gate.NOT_PROFESSIONAL: _is_an_expert,
    Gate.NO_MEMBER: _left_the_organization,
}


@pytest.mark.parametrize("gate", NO_REVIEWERS)
def test_who_may_not_review_neither_approves_nor_asks_for_changes(
    session: Session, desk: Desk, sent: ModuleVersion, gate: Gate
) -> None:
    make_remark(session, sent, desk.peer)
    NO_REVIEWERS[gate](session, desk, sent, desk.reviewer)
    by = desk.reviewer
    acts: tuple[Callable[[], Any], ...] = (
        lambda: review.approve(session, sent, by=by, review_due=in_a_year(), at=now()),
        lambda: review.request_changes(session, sent, by=by, at=now()),
    )
    for act in acts:
        assert _refused(act) == (gate,)
    assert sent.state is VersionState.SUBMITTED
    assert not find_standing(session, sent.id, user_id=by.id).reviews
    assert reviewers_for(session, sent.id) == []
    with pytest.raises(PublishingRefusedError):
        ask_review(
            session, sent, reviewer_id=by.id, due_on=in_a_year(), by=desk.author.id, at=now()
        )


def test_who_wrote_some_of_a_draft_does_not_review_it_after_they_left(
    session: Session, desk: Desk, sent: ModuleVersion
) -> None:
    _wrote_a_draft(session, desk, sent, desk.reviewer)
    assert _refused(
        lambda: review.approve(session, sent, by=desk.reviewer, review_due=in_a_year(), at=now())
    ) == (Gate.OWN_TEXT,)


def test_a_peer_writes_for_the_organization_and_wrote_none_of_it(
    session: Session, keys: KeyRing, desk: Desk, sent: ModuleVersion
) -> None:
    stranger, _ = factories.make_user(session, keys, is_patient_expert=True)
    assert _refused(lambda: review.read_as_peer(session, sent, by=stranger, at=now())) == (
        Gate.NO_MEMBER,
    )
    _writes_along(session, desk, sent, desk.peer)
    assert _refused(lambda: review.read_as_peer(session, sent, by=desk.peer, at=now())) == (
        Gate.OWN_TEXT,
    )
    assert sent.peer_id is None


def test_the_author_has_to_write_for_the_organization_still(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    key = (desk.organization.id, desk.author.id, EducationRole.WRITER)
    session.get_one(EducationMember, key).ended_at = now()
    session.flush()
    assert _refused(lambda: review.submit(session, draft, by=desk.author.id, at=now())) == (
        Gate.NOT_EXPERT,
    )


def test_what_the_author_takes_back_was_answered_by_nobody(
    session: Session, desk: Desk, sent: ModuleVersion
) -> None:
    with pytest.raises(NotFoundError):
        review.take_back(session, sent, by=desk.peer.id)
    review.take_back(session, sent, by=desk.author.id)
    assert (sent.state, sent.submitted_at) == (VersionState.DRAFT, None)
    review.submit(session, sent, by=desk.author.id, at=now())
    review.read_as_peer(session, sent, by=desk.peer, at=now())
    assert _refused(lambda: review.take_back(session, sent, by=desk.author.id)) == (
        Gate.WRONG_STATE,
    )


def test_a_remark_is_an_answer(session: Session, desk: Desk, sent: ModuleVersion) -> None:
    make_remark(session, sent, desk.reviewer)
    assert _refused(lambda: review.take_back(session, sent, by=desk.author.id)) == (
        Gate.WRONG_STATE,
    )


def test_nobody_approves_with_a_remark_of_their_own_that_waits_nor_for_too_long(
    session: Session, desk: Desk, sent: ModuleVersion
) -> None:
    by, latest = desk.reviewer, now().date() + LONGEST_REVIEW
    remark = make_remark(session, sent, by)
    assert _refused(lambda: review.approve(session, sent, by=by, review_due=latest, at=now())) == (
        Gate.OPEN_REMARK,
    )
    remark.settled_at, remark.settled_by = now(), by.id
    session.flush()
    too_late = latest + timedelta(days=1)
    assert _refused(
        lambda: review.approve(session, sent, by=by, review_due=too_late, at=now())
    ) == (Gate.TOO_LONG,)
    review.approve(session, sent, by=by, review_due=latest, at=now())
    assert sent.review_due == latest


def test_another_reviewer_is_asked_in_place_of_the_first(
    session: Session, keys: KeyRing, desk: Desk, sent: ModuleVersion
) -> None:
    entry = factories.make_practitioner(session, family_name="Aubert")
    second, _ = factories.make_user(session, keys, practitioner_id=entry.id, family_name="Aubert")
    make_education_member(session, desk, second, EducationRole.REVIEWER)
    assert [one.family_name for one in reviewers_for(session, sent.id)] == ["Aubert", "Haddad"]
    for reviewer in (desk.reviewer, second, second):
        ask_review(
            session,
            sent,
            reviewer_id=reviewer.id,
            due_on=in_a_year(),
            by=desk.author.id,
            at=now(),
        )
    asked = session.connection().exec_driver_sql(
        "SELECT count(*) FROM module_review_request WHERE version_id IS NOT NULL"
    )
    assert asked.scalar() == 1


def test_a_stranger_has_nothing_to_do_with_a_version(
    session: Session, keys: KeyRing, draft: ModuleVersion
) -> None:
    stranger, _ = factories.make_user(session, keys)
    with pytest.raises(NotFoundError):
        standing_towards(session, draft.id, user_id=stranger.id)


# On the day of publishing all of it still holds: by the service, and by SQL for who goes past it.

UNPUBLISHABLE: dict[str, tuple[Callable[..., None], Gate]] = {
    "the reviewer wrote along": (_writes_along, Gate.OWN_TEXT),
    "the reviewer wrote some of it": (_wrote_a_draft, Gate.OWN_TEXT),
    "the reviewer is a patient expert": (_is_an_expert, Gate.NOT_PROFESSIONAL),
    "the reviewer is no professional any more": (_left_the_directory, Gate.NOT_PROFESSIONAL),
}


@pytest.mark.parametrize("case", UNPUBLISHABLE)
def test_the_service_publishes_after_the_review_of_another_professional_only(
    session: Session, desk: Desk, draft: ModuleVersion, case: str
) -> None:
    approve_draft(session, desk, draft)
    change, gate = UNPUBLISHABLE[case]
    change(session, desk, draft, desk.reviewer)
    assert _refused(lambda: review.publish(session, draft, at=now())) == (gate,)
    assert draft.published_at is None


@pytest.mark.parametrize("case", UNPUBLISHABLE)
def test_sql_publishes_after_the_review_of_another_professional_only(
    session: Session, desk: Desk, draft: ModuleVersion, case: str
) -> None:
    approve_draft(session, desk, draft)
    UNPUBLISHABLE[case][0](session, desk, draft, desk.reviewer)
    table = columns(ModuleVersion)
    with pytest.raises(DBAPIError, match="published after the review"), session.begin_nested():
        session.execute(
            update(ModuleVersion)
            .where(table.id == draft.id)
            .values(published_at=now(), state=VersionState.PUBLISHED)
        )


def test_the_service_publishes_what_an_expert_wrote_only(
    session: Session, desk: Desk, draft: ModuleVersion
) -> None:
    approve_draft(session, desk, draft)
    desk.author.is_patient_expert = False
    session.flush()
    assert _refused(lambda: review.publish(session, draft, at=now())) == (Gate.NOT_EXPERT,)
