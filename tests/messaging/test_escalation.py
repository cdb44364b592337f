"""A late answer is passed on: to who stands in, then to the coordination, each of them once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.messaging import escalation
from portal.messaging.escalation import LateAnswers
from portal.messaging.sending import Written, send_message
from portal.models.account import Coordination, User
from portal.models.base import new_id
from portal.models.care import CareTeamMember
from portal.models.directory import Absence, Practitioner
from portal.models.messaging import Escalation, Thread, ThreadState
from tests import factories
from tests.letters import waiting
from tests.messaging.circle import Account, WritingCircle, author, family_writes
from tests.messaging.passing import (
    DAY,
    MONDAY,
    WEDNESDAY_EVENING,
    acts_of,
    need_with_deputy,
    row_of,
    settled_circle,
    thread_of,
    work,
)


def _late(session: Session, keys: KeyRing) -> list[str]:
    return [one.to for one in waiting(session, keys, "message_overdue")]


def test_nothing_happens_before_the_promise_is_broken(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    assert thread_of(session, message).due_at == WEDNESDAY_EVENING
    assert work(database, keys, WEDNESDAY_EVENING.replace(hour=17, minute=59)) == 0
    assert acts_of(session, message) == []


def test_the_deputy_hears_first_and_the_coordination_a_working_day_later(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    need_with_deputy(session, circle)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    assert work(database, keys, WEDNESDAY_EVENING) == 1
    thread = thread_of(session, message)
    assert (thread.escalation, thread.escalates_at) == (Escalation.DEPUTY, WEDNESDAY_EVENING + DAY)
    assert thread.practitioner_id == circle.nadia.user.practitioner_id, "she still owes the answer"
    deputy = row_of(session, message, circle.haddad.id)
    assert deputy is not None
    assert (deputy.is_participant, deputy.unread) == (True, 1)
    assert row_of(session, message, circle.claire.id) is None
    assert _late(session, keys) == [circle.haddad.user.email]
    assert work(database, keys, WEDNESDAY_EVENING + DAY) == 1
    thread = thread_of(session, message)
    assert (thread.escalation, thread.escalates_at) == (Escalation.COORDINATION, None)
    assert acts_of(session, message) == [("escalated", "Samir Haddad"), ("escalated", "")]
    assert _late(session, keys) == [circle.haddad.user.email, circle.claire.user.email]
    assert work(database, keys, WEDNESDAY_EVENING + 30 * DAY) == 0


def test_without_a_deputy_the_coordination_hears_at_once(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    assert work(database, keys, WEDNESDAY_EVENING) == 1
    assert acts_of(session, message) == [("escalated", "")]
    assert _late(session, keys) == [circle.claire.user.email]


def test_who_stands_in_for_an_absence_is_the_deputy_of_whoever_names_none(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    session.add(
        Absence(
            practitioner_id=circle.nadia.user.practitioner_id,
            starts_on=date(2026, 11, 17),
            ends_on=date(2026, 11, 30),
            replacement_id=circle.haddad.user.practitioner_id,
        )
    )
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    work(database, keys, WEDNESDAY_EVENING)
    assert acts_of(session, message) == [("escalated", "Samir Haddad")]


def test_a_deputy_who_is_away_or_cannot_read_is_passed_over(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    need_with_deputy(session, circle)
    session.add(
        Absence(
            practitioner_id=circle.haddad.user.practitioner_id,
            starts_on=date(2026, 11, 18),
            ends_on=date(2026, 11, 30),
        )
    )
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    work(database, keys, WEDNESDAY_EVENING)
    assert acts_of(session, message) == [("escalated", "")]
    assert row_of(session, message, circle.haddad.id) is None


def test_a_deputy_whose_place_ended_is_passed_over(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    need_with_deputy(session, circle)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    place = session.get_one(CareTeamMember, (circle.patient.id, circle.haddads_place.id))
    place.period_end = MONDAY + DAY
    session.commit()
    work(database, keys, WEDNESDAY_EVENING)
    assert acts_of(session, message) == [("escalated", "")]


def test_the_deputy_of_the_need_that_it_is_about_comes_first(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    third, thirds_place = _colleague(session, keys, circle)
    need_with_deputy(session, circle)
    about = need_with_deputy(session, circle, deputy_id=thirds_place.id)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    thread = session.exec(select(Thread)).one()
    thread.need_id = about.id
    session.commit()
    work(database, keys, WEDNESDAY_EVENING)
    assert acts_of(session, message) == [("escalated", "Ines Roux")]
    assert _late(session, keys) == [third.email]


def test_what_the_coordination_itself_leaves_is_told_to_it_once(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, at=MONDAY)
    session.commit()
    assert work(database, keys, WEDNESDAY_EVENING + DAY) == 1
    assert thread_of(session, message).escalation is Escalation.COORDINATION
    assert _late(session, keys) == [circle.claire.user.email]


def test_where_nobody_can_be_told_the_conversation_says_so(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    _end_coordination(session)
    session.commit()
    assert work(database, keys, WEDNESDAY_EVENING) == 1
    thread = thread_of(session, message)
    assert (thread.escalation, thread.escalates_at) == (Escalation.NOBODY, None)
    assert thread.state is ThreadState.WAITING
    assert acts_of(session, message) == []


def test_the_deputy_stays_told_where_nobody_is_beyond(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    need_with_deputy(session, circle)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    _end_coordination(session)
    session.commit()
    assert work(database, keys, WEDNESDAY_EVENING) == 1
    assert work(database, keys, WEDNESDAY_EVENING + DAY) == 1
    thread = thread_of(session, message)
    assert (thread.escalation, thread.escalates_at) == (Escalation.DEPUTY, None)


def test_an_answer_in_time_or_in_between_ends_it(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    need_with_deputy(session, circle)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    work(database, keys, WEDNESDAY_EVENING)
    _answer(session, database, keys, message.thread_id, circle.nadia)
    assert work(database, keys, WEDNESDAY_EVENING + DAY) == 0
    assert thread_of(session, message).escalation is Escalation.NONE


def test_two_workers_at_the_same_moment_pass_it_on_once(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    need_with_deputy(session, circle)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    with (
        time_machine.travel(WEDNESDAY_EVENING, tick=False),
        ThreadPoolExecutor(max_workers=4) as pool,
    ):
        workers = [LateAnswers(keys) for _ in range(4)]
        list(pool.map(lambda one: [one.work(database) for _ in range(3)], workers))
    assert acts_of(session, message) == [("escalated", "Samir Haddad")]
    assert _late(session, keys) == [circle.haddad.user.email]
    deputy = row_of(session, message, circle.haddad.id)
    assert deputy is not None
    assert deputy.unread == 1


def test_a_worker_that_was_away_for_a_week_leaves_the_deputy_a_day(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    need_with_deputy(session, circle)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    assert work(database, keys, MONDAY + 7 * DAY) == 1
    assert thread_of(session, message).escalates_at == WEDNESDAY_EVENING + 6 * DAY


def test_a_deputy_with_a_very_long_name_is_told_too(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    need_with_deputy(session, circle)
    haddad = session.get_one(Practitioner, circle.haddad.user.practitioner_id)
    haddad.prefix, haddad.given_name, haddad.family_name = "D" * 50, "S" * 100, "H" * 100
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    session.commit()
    assert work(database, keys, WEDNESDAY_EVENING) == 1
    ((act, name),) = acts_of(session, message)
    assert (act, name[:52], len(name)) == ("escalated", "D" * 50 + " S", 200)


@pytest.mark.parametrize(
    "error",
    [RuntimeError("what nobody thought of"), IntegrityError("INSERT", {}, ValueError("a value"))],
)
def test_one_that_cannot_be_passed_on_holds_up_no_other_and_is_tried_again(
    session: Session,
    database: Database,
    keys: KeyRing,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    circle = settled_circle(session, keys)
    broken = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    other = family_writes(session, keys, circle, to=circle.haddads_place, at=MONDAY + DAY)
    session.commit()
    real, task = escalation.pass_on, LateAnswers(keys)

    def pass_on(session: Session, thread: Thread, **values: object) -> None:
        if thread.id == broken.thread_id:
            raise error
        real(session, thread, **values)  # type: ignore[arg-type]

    def steps() -> list[bool]:
        with time_machine.travel(MONDAY + 4 * DAY, tick=False):
            return [task.work(database) for _ in range(3)]

    monkeypatch.setattr(escalation, "EVERY_SECONDS", 0)
    monkeypatch.setattr(escalation, "pass_on", pass_on)
    assert steps() == [True, True, False]
    assert acts_of(session, broken) == []
    assert acts_of(session, other) == [("escalated", "")]
    monkeypatch.setattr(escalation, "pass_on", real)
    assert steps() == [True, False, False]
    assert acts_of(session, broken) == [("escalated", "")]


def _end_coordination(session: Session) -> None:
    for one in session.exec(select(Coordination)):
        one.ended_at = MONDAY
    session.flush()


def _colleague(
    session: Session, keys: KeyRing, circle: WritingCircle
) -> tuple[User, CareTeamMember]:
    practitioner = factories.make_practitioner(session, given_name="Ines", family_name="Roux")
    user, _ = factories.make_user(session, keys, practitioner_id=practitioner.id)
    place = factories.make_member(session, patient=circle.patient, practitioner_id=practitioner.id)
    return user, place


def _answer(
    session: Session, database: Database, keys: KeyRing, thread_id: object, by: Account
) -> None:
    session.rollback()
    with database.session() as writing:
        begin_writing(writing)
        thread = writing.exec(select(Thread).where(Thread.id == thread_id)).one()
        send_message(
            writing,
            thread,
            Written(body="Je passe demain.", key=new_id()),
            by=author(by, "professional"),
            is_family=False,
            keys=keys,
            at=WEDNESDAY_EVENING,
        )
        writing.commit()
