"""Nothing stays without somebody who answers for it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.db import Database
from portal.messaging.promises import WorkingDays, due_at
from portal.messaging.sending import RecipientGoneError, Written, send_message
from portal.models.account import Coordination, User
from portal.models.care import CareTeamMember, Patient
from portal.models.messaging import Thread, ThreadState
from portal.models.rights import Block
from tests import factories
from tests.letters import waiting
from tests.messaging.circle import WritingCircle, author, family_writes
from tests.messaging.passing import (
    DAY,
    MONDAY,
    WEDNESDAY_EVENING,
    acts_of,
    look_for_owners,
    row_of,
    settled_circle,
    thread_of,
    work,
)

TUESDAY = MONDAY + DAY


def _nadia_leaves(
    session: Session, circle: WritingCircle, *, successor: CareTeamMember | None = None
) -> None:
    place = session.get_one(CareTeamMember, (circle.patient.id, circle.nadias_place.id))
    place.period_end = TUESDAY - timedelta(hours=1)
    place.end_reason = "moved"
    place.successor_id = successor.id if successor else None
    session.commit()


def _new(session: Session, keys: KeyRing) -> list[str]:
    return sorted(one.to for one in waiting(session, keys, "message_new"))


def test_who_follows_in_the_circle_answers_for_it_and_keeps_the_promise(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    _nadia_leaves(session, circle, successor=circle.haddads_place)
    look_for_owners(database, keys, TUESDAY)
    thread = thread_of(session, message)
    assert thread.member_id == circle.haddads_place.id
    assert thread.practitioner_id == circle.haddad.user.practitioner_id
    assert thread.due_at == thread.escalates_at == WEDNESDAY_EVENING
    assert acts_of(session, message) == [("succeeded", "Samir Haddad")]
    row = row_of(session, message, circle.haddad.id)
    assert row is not None
    assert row.unread == 1
    assert circle.haddad.user.email in _new(session, keys)
    look_for_owners(database, keys, TUESDAY)
    assert len(acts_of(session, message)) == 1, "once"


def test_the_chain_of_successors_is_followed_to_who_reads(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    silent = factories.make_practitioner(session, given_name="Luc", family_name="Silence")
    between = factories.make_member(
        session,
        patient=circle.patient,
        practitioner_id=silent.id,
        successor_id=circle.haddads_place.id,
    )
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    _nadia_leaves(session, circle, successor=between)
    look_for_owners(database, keys, TUESDAY)
    assert thread_of(session, message).member_id == circle.haddads_place.id


@pytest.mark.parametrize("why", ["left", "blocked", "closed account", "opens less"])
def test_without_a_successor_the_coordination_answers_for_it(
    session: Session, database: Database, keys: KeyRing, why: str
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    if why == "left":
        _nadia_leaves(session, circle)
    elif why == "blocked":
        session.add(
            Block(
                patient_id=circle.patient.id,
                practitioner_id=circle.nadia.user.practitioner_id,
                starts_at=MONDAY,
                created_by=circle.jeanne.id,
            )
        )
    elif why == "closed account":
        session.get_one(User, circle.nadia.id).disabled_at = MONDAY
    else:
        place = session.get_one(CareTeamMember, (circle.patient.id, circle.nadias_place.id))
        place.sees = "agenda"
    session.commit()
    look_for_owners(database, keys, TUESDAY)
    thread = thread_of(session, message)
    assert (thread.member_id, thread.organization_id) == (None, circle.organization.id)
    assert acts_of(session, message) == [("succeeded", "")]
    assert circle.claire.user.email in _new(session, keys)


def test_what_is_late_already_is_not_late_for_who_follows_until_the_next_day(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    _nadia_leaves(session, circle, successor=circle.haddads_place)
    assert work(database, keys, WEDNESDAY_EVENING) == 1
    thread = thread_of(session, message)
    assert (thread.due_at, thread.escalates_at) == (WEDNESDAY_EVENING, WEDNESDAY_EVENING + DAY)
    assert acts_of(session, message) == [("succeeded", "Samir Haddad")]
    work(database, keys, WEDNESDAY_EVENING + DAY)
    assert acts_of(session, message)[1:] == [("escalated", "")]


def test_the_coordination_moves_with_the_patient(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, at=MONDAY)
    other = factories.make_organization(session, name="DAC des Monts")
    user, _ = factories.make_user(session, keys)
    factories.make_coordination(session, user=user, organization_id=other.id)
    session.get_one(Patient, circle.patient.id).organization_id = other.id
    session.commit()
    look_for_owners(database, keys, TUESDAY)
    assert thread_of(session, message).organization_id == other.id
    assert acts_of(session, message) == [("succeeded", "")]
    assert user.email in _new(session, keys)


def test_where_nobody_reads_at_all_it_stays_as_it_is(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    for one in session.exec(select(Coordination)):
        one.ended_at = MONDAY
    _nadia_leaves(session, circle)
    look_for_owners(database, keys, TUESDAY)
    assert thread_of(session, message).member_id == circle.nadias_place.id
    assert acts_of(session, message) == []


def test_what_is_in_good_hands_or_closed_is_left_alone(
    session: Session, database: Database, keys: KeyRing
) -> None:
    circle = settled_circle(session, keys)
    good = family_writes(session, keys, circle, to=circle.haddads_place, at=MONDAY)
    to_claire = family_writes(session, keys, circle, at=MONDAY)
    closed = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    thread = session.get_one(Thread, (circle.patient.id, closed.thread_id))
    thread.state, thread.due_at, thread.escalates_at = ThreadState.CLOSED, None, None
    _nadia_leaves(session, circle)
    look_for_owners(database, keys, TUESDAY)
    assert [acts_of(session, one) for one in (good, to_claire, closed)] == [[], [], []]


def _writes_again(session: Session, keys: KeyRing, circle: WritingCircle) -> Thread:
    thread = session.exec(select(Thread).with_for_update()).one()
    send_message(
        session,
        thread,
        Written(body="Et demain ?", key=uuid4()),
        by=author(circle.jeanne, "self"),
        is_family=True,
        keys=keys,
        at=TUESDAY,
    )
    return thread


@pytest.mark.parametrize("is_closed", [False, True])
def test_who_writes_again_writes_to_who_follows(
    session: Session, keys: KeyRing, is_closed: bool
) -> None:
    circle = settled_circle(session, keys)
    message = family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    if is_closed:
        thread = session.exec(select(Thread)).one()
        thread.state, thread.due_at, thread.escalates_at = ThreadState.CLOSED, None, None
    _nadia_leaves(session, circle, successor=circle.haddads_place)
    thread = _writes_again(session, keys, circle)
    session.commit()
    assert thread.member_id == circle.haddads_place.id
    promised = due_at(TUESDAY, WorkingDays(2, "Europe/Paris"))
    assert thread.due_at == (promised if is_closed else WEDNESDAY_EVENING)
    expected = [("succeeded", "Samir Haddad")]
    assert acts_of(session, message) == ([("reopened", "")] if is_closed else []) + expected
    row = row_of(session, message, circle.haddad.id)
    assert row is not None
    assert row.unread


def test_where_nobody_reads_any_more_nothing_is_taken(session: Session, keys: KeyRing) -> None:
    circle = settled_circle(session, keys)
    family_writes(session, keys, circle, to=circle.nadias_place, at=MONDAY)
    for one in session.exec(select(Coordination)):
        one.ended_at = MONDAY
    _nadia_leaves(session, circle)
    with pytest.raises(RecipientGoneError):
        _writes_again(session, keys, circle)
    session.rollback()
