"""Authors and reviewers hear in time that a review ends; once, whatever workers look at it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.education import expiry
from portal.education.gates import Gate
from portal.education.review import renew_review, retract
from portal.education.warnings import ReviewWarnings
from portal.errors import PublishingRefusedError
from portal.models.account import User
from portal.models.education import ModuleVersion, VersionState
from portal.models.outbox import OutboxMessage
from portal.outbox import Letter
from tests import factories
from tests.education.modules import Desk, make_desk, make_module, make_published


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def version(session: Session, desk: Desk) -> ModuleVersion:
    return make_published(session, desk, make_module(session, desk))


def _noon(version: ModuleVersion, *, before: int) -> datetime:
    assert version.review_due is not None
    return datetime.combine(version.review_due - timedelta(days=before), time(12), tzinfo=UTC)


def _work(session: Session, keys: KeyRing, at: datetime) -> None:
    """An hour of the worker."""
    for task in (expiry, ReviewWarnings(keys)):
        if task.is_due(session, at=at):
            task.carry_out(session, at=at)


def _sent(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(OutboxMessage)).all()
    return sorted((row.letter, row.recipient) for row in rows)


def _letters(letter: Letter, *people: User) -> list[tuple[str, str]]:
    return sorted((letter.value, one.email or "") for one in people)


def test_nothing_is_said_while_there_is_time(
    session: Session, keys: KeyRing, version: ModuleVersion
) -> None:
    _work(session, keys, _noon(version, before=61))
    assert _sent(session) == []


@pytest.mark.parametrize("days", [60, 14])
def test_sixty_and_fourteen_days_before_author_and_reviewer_are_told_once(
    session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion, days: int
) -> None:
    for before in (days, days - 1, days - 1):
        _work(session, keys, _noon(version, before=before))
    assert _sent(session) == _letters(Letter.MODULE_ENDS_SOON, desk.author, desk.reviewer)


def test_the_day_after_it_is_withdrawn_and_coordinators_hear_too(
    session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion
) -> None:
    claire, _ = factories.make_user(session, keys, email="claire@example.org")
    factories.make_coordination(session, user=claire, organization_id=desk.organization.id)
    _work(session, keys, _noon(version, before=0))
    assert Letter.MODULE_WITHDRAWN not in [letter for letter, _to in _sent(session)]
    for _hour in range(2):
        _work(session, keys, _noon(version, before=-1))
    assert version.state is VersionState.WITHDRAWN
    told = [one for one in _sent(session) if one[0] == Letter.MODULE_WITHDRAWN]
    assert told == _letters(Letter.MODULE_WITHDRAWN, desk.author, desk.reviewer, claire)


def test_what_was_taken_back_is_warned_of_no_more(
    session: Session, keys: KeyRing, desk: Desk
) -> None:
    module = make_module(session, desk)
    version = make_published(session, desk, module)
    at = _noon(version, before=10)
    retract(session, module, by=desk.author.id, reason="La dose a changé.", at=at)
    session.flush()
    for before in (10, -1):
        _work(session, keys, _noon(version, before=before))
    assert _sent(session) == []


def test_what_was_withdrawn_long_ago_is_no_news(
    session: Session, keys: KeyRing, version: ModuleVersion
) -> None:
    _work(session, keys, _noon(version, before=-31))
    assert version.state is VersionState.WITHDRAWN
    assert _sent(session) == []


def test_a_renewal_begins_the_warnings_anew(
    session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion
) -> None:
    _work(session, keys, _noon(version, before=60))
    at = _noon(version, before=50)
    _renew(session, desk, version, at=at)
    assert version.review_due == at.date() + timedelta(days=365)
    _work(session, keys, _noon(version, before=60))
    assert len(_sent(session)) == 4


def test_what_was_withdrawn_for_its_date_comes_back(
    session: Session, keys: KeyRing, desk: Desk, version: ModuleVersion
) -> None:
    at = _noon(version, before=-3)
    _work(session, keys, at)
    published_at = version.published_at
    _renew(session, desk, version, at=at)
    session.expire_all()
    assert (version.state, version.published_at) == (VersionState.PUBLISHED, published_at)
    assert version.reviewed_at == at


def test_what_a_newer_text_replaced_or_somebody_took_back_is_not_renewed(
    session: Session, keys: KeyRing, desk: Desk
) -> None:
    module = make_module(session, desk)
    first = make_published(session, desk, module)
    _work(session, keys, _noon(first, before=-1))
    at = _noon(first, before=-2)
    second = make_published(session, desk, module, number=2)
    assert _refused(session, desk, first, at) == (Gate.WRONG_STATE,)
    retract(session, module, by=desk.author.id, reason="La dose a changé.", at=at)
    session.flush()
    assert _refused(session, desk, second, at) == (Gate.WRONG_STATE,)


def test_only_a_reviewer_who_wrote_none_of_it_renews(
    session: Session, desk: Desk, version: ModuleVersion
) -> None:
    at = _noon(version, before=10)
    for person in (desk.author, desk.peer):
        with pytest.raises(PublishingRefusedError):
            renew_review(
                session, version, by=person, review_due=at.date() + timedelta(days=9), at=at
            )


@pytest.mark.parametrize(("days", "gate"), [(0, Gate.NO_REVIEW_DATE), (731, Gate.TOO_LONG)])
def test_a_renewal_holds_for_two_years_at_most(
    session: Session, desk: Desk, version: ModuleVersion, days: int, gate: Gate
) -> None:
    at = _noon(version, before=10)
    due = at.date() + timedelta(days=days)
    assert _refused(session, desk, version, at, due) == (gate,)
    if days:
        renew_review(session, version, by=desk.reviewer, review_due=due - timedelta(days=1), at=at)


def test_two_workers_at_once_write_each_letter_once(
    session: Session, database: Database, keys: KeyRing, version: ModuleVersion
) -> None:
    at, start = _noon(version, before=14), Barrier(2)
    session.commit()

    def work(_number: int) -> None:
        with database.session() as own:
            task = ReviewWarnings(keys)
            assert task.is_due(own, at=at)
            own.rollback()
            start.wait(timeout=30)
            begin_writing(own)
            task.carry_out(own, at=at)
            own.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert len(_sent(session)) == 2


def _renew(session: Session, desk: Desk, version: ModuleVersion, *, at: datetime) -> None:
    due = at.date() + timedelta(days=365)
    renew_review(session, version, by=desk.reviewer, review_due=due, at=at)


def _refused(
    session: Session, desk: Desk, version: ModuleVersion, at: datetime, due: date | None = None
) -> tuple[str, ...]:
    with pytest.raises(PublishingRefusedError) as refused:
        renew_review(
            session,
            version,
            by=desk.reviewer,
            review_due=due or at.date() + timedelta(days=30),
            at=at,
        )
    return refused.value.reasons
