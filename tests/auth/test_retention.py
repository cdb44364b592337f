"""What accounts leave behind is forgotten in time, and nothing before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from sqlmodel import Session, SQLModel, select

from portal.blueprints.ops import queries
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from portal.identity import history, retention
from portal.models.account import Invitation, InvitationKind, User, UserSession
from portal.models.agreement import AppointmentNote, NoteAudience
from portal.models.calendar import CalendarFeed
from portal.models.credential import (
    CeremonyPurpose,
    EmailChange,
    PasskeyCeremony,
    PasswordReset,
    RateLimit,
    SecurityEvent,
    SecurityEventKind,
    SignInChallenge,
)
from portal.outbox import records
from portal.outbox.mail import Sender
from portal.outbox.transport import ShownToOperator
from portal.outbox.worker import Worker
from portal.scheduling.notes import UNDO_LASTS
from portal.web.mail import Writer
from tests import factories
from tests.mailbox import SENDER

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MONTH = timedelta(days=30)
_numbers = count(1)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def user(session: Session, keys: KeyRing) -> User:
    return factories.make_user(session, keys)[0]


@pytest.fixture
def worker(config: Config, database: Database, keys: KeyRing) -> Worker:
    return Worker(
        database=database,
        keys=keys,
        render=Writer(config),
        transport=ShownToOperator(),
        sender=Sender(SENDER, "localhost"),
        hourly=(records, retention),
    )


def _digest() -> bytes:
    return b"%032d" % next(_numbers)


def _left(session: Session, table: type[SQLModel]) -> list[Any]:
    session.commit()
    session.expire_all()
    return list(session.exec(select(table)).all())


def _make_session(session: Session, user: User, *, seen: datetime, **fields: Any) -> UserSession:
    values = {
        "token_hash": _digest(),
        "user_id": user.id,
        "idle_minutes": 30,
        "created_at": seen,
        "last_seen_at": seen,
        "idle_ends_at": seen + timedelta(minutes=30),
        "ends_at": seen + timedelta(hours=12),
        "stepped_up_at": seen,
    }
    row = UserSession(**(values | fields))
    session.add(row)
    session.flush()
    return row


def _reset(user: User, end: datetime) -> PasswordReset:
    return PasswordReset(token_hash=_digest(), user_id=user.id, created_at=end, ends_at=end)


def _change(user: User, end: datetime) -> EmailChange:
    return EmailChange(
        user_id=user.id,
        new_email="new@example.org",
        token_hash=_digest(),
        cancel_hash=_digest(),
        created_at=end,
        ends_at=end,
    )


def _event(user: User, at: datetime) -> SecurityEvent:
    return SecurityEvent(user_id=user.id, kind=SecurityEventKind.SIGNED_IN, at=at)


def _ceremony(user: User, end: datetime) -> PasskeyCeremony:
    purpose = CeremonyPurpose.SIGN_IN
    return PasskeyCeremony(
        token_hash=_digest(), challenge=b"x", purpose=purpose, user_id=user.id, ends_at=end
    )


def _challenge(user: User, end: datetime) -> SignInChallenge:
    return SignInChallenge(token_hash=_digest(), user_id=user.id, created_at=end, ends_at=end)


def _feed(user: User, revoked_at: datetime) -> CalendarFeed:
    return CalendarFeed(
        user_id=user.id,
        name="Téléphone",
        token_hash=_digest(),
        created_at=revoked_at,
        revoked_at=revoked_at,
    )


def _limit(_user: User, end: datetime) -> RateLimit:
    return RateLimit(key_digest=_digest(), hits=1, window_ends_at=end)


def test_a_deleted_note_goes_when_its_hour_is_over(
    session: Session, user: User, worker: Worker
) -> None:
    patient = factories.make_patient(session)
    visit = factories.make_appointment(session, patient=patient)
    for deleted_at in (NOON - UNDO_LASTS - SECOND, NOON - UNDO_LASTS, None):
        session.add(
            AppointmentNote(
                patient_id=patient.id,
                appointment_id=visit.id,
                author_id=user.id,
                capacity="carer",
                audience=NoteAudience.FAMILY,
                text_sealed=b"sealed",
                at=NOON - MONTH,
                deleted_at=deleted_at,
            )
        )
    session.commit()
    worker.do_hourly()
    left = {one.deleted_at for one in _left(session, AppointmentNote)}
    assert left == {NOON - UNDO_LASTS, None}


@pytest.mark.parametrize(
    ("make", "old", "young"),
    [
        (_reset, NOON - MONTH - SECOND, NOON - MONTH),
        (_change, NOON - MONTH - SECOND, NOON - MONTH),
        (_event, NOON - history.KEPT - SECOND, NOON - history.KEPT),
        (_ceremony, NOON, NOON + SECOND),
        (_challenge, NOON, NOON + SECOND),
        (_limit, NOON, NOON + SECOND),
        (_feed, NOON - MONTH - SECOND, NOON - MONTH),
    ],
)
def test_what_is_old_goes_and_the_rest_stays(
    session: Session, user: User, worker: Worker, make: Any, old: datetime, young: datetime
) -> None:
    session.add(make(user, old))
    stays = make(user, young)
    session.add(stays)
    session.commit()
    assert retention.is_due(session, at=NOON)
    session.rollback()
    worker.drain()
    assert _left(session, type(stays)) == [stays]
    assert not retention.is_due(session, at=NOON)


def test_the_way_back_to_an_account_begun_on_paper_is_kept_for_a_month(
    session: Session, user: User, worker: Worker
) -> None:
    sheet = Invitation(
        token_hash=_digest(),
        given_name="Odile",
        family_name="Kerbrat",
        kind=InvitationKind.CARER,
        created_at=NOON,
        ends_at=NOON + timedelta(days=14),
    )
    session.add(sheet)
    session.flush()
    old, young = (_challenge(user, NOON - age) for age in (MONTH + SECOND, MONTH))
    old.invitation_id = young.invitation_id = sheet.id
    session.add_all([old, young])
    session.commit()
    worker.do_hourly()
    assert [row.id for row in _left(session, SignInChallenge)] == [young.id]


def test_the_history_of_an_account_that_is_used_no_more_is_forgotten_too(
    session: Session, user: User, worker: Worker
) -> None:
    user.disabled_at = NOON - 2 * history.KEPT
    session.add_all([user, _event(user, NOON - 2 * history.KEPT)])
    session.commit()
    worker.do_hourly()
    assert _left(session, SecurityEvent) == []


def test_a_session_is_forgotten_a_month_after_its_end_but_never_the_newest(
    session: Session, user: User, keys: KeyRing, worker: Worker
) -> None:
    other, _ = factories.make_user(session, keys)
    long_ago, lately = NOON - timedelta(days=40), NOON - timedelta(days=20)
    _make_session(session, user, seen=long_ago, ended_at=long_ago)
    _make_session(session, user, seen=long_ago + SECOND)
    kept = [
        _make_session(session, user, seen=lately, ended_at=lately),
        _make_session(session, user, seen=NOON),
        _make_session(session, other, seen=long_ago),
    ]
    session.commit()
    worker.do_hourly()
    assert {row.id for row in _left(session, UserSession)} == {row.id for row in kept}
    seen = {row.id: row.last_seen_at for row in queries.accounts(session, after_id=None, limit=9)}
    assert seen == {user.id: NOON, other.id: long_ago}, "the operator still reads who came when"


def test_of_two_sessions_of_one_instant_one_stays(
    session: Session, user: User, worker: Worker
) -> None:
    for _ in range(2):
        _make_session(session, user, seen=NOON - timedelta(days=40))
    session.commit()
    worker.do_hourly()
    assert len(_left(session, UserSession)) == 1


def test_it_is_asked_once_an_hour(session: Session, user: User, worker: Worker) -> None:
    worker.do_hourly()
    session.add(_limit(user, NOON))
    session.commit()
    with time_machine.travel(NOON + timedelta(minutes=59), tick=False):
        worker.do_hourly()
        assert len(_left(session, RateLimit)) == 1
    with time_machine.travel(NOON + timedelta(minutes=60), tick=False):
        worker.do_hourly()
        assert _left(session, RateLimit) == []
