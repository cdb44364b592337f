"""The patient is reminded of rights that end soon, and of carers not looked at for long."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session

from portal.blueprints.carers.reminders import CarerReminders
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.rights import CareLink, CareLinkStatus
from tests.carers.scene import Family, letters, make_family

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def family(session: Session, keys: KeyRing) -> Family:
    """Rights end in 100 days; everybody was confirmed just now."""
    with time_machine.travel(START, tick=False):
        family = make_family(session, keys)
        for link in (family.of_paul, family.of_sylvie):
            link.confirmed_at = now()
            session.add(link)
        session.commit()
    return family


def _remind(session: Session, keys: KeyRing, *, after: timedelta) -> bool:
    task = CarerReminders(keys)
    with time_machine.travel(START + after, tick=False):
        session.rollback()
        is_due = task.is_due(session, at=now())
        task.carry_out(session, at=now())
        session.commit()
    return is_due


def _told(session: Session, family: Family) -> int:
    return letters(session).count(("carers_to_review", family.jeanne.email))


def test_nothing_is_said_while_nothing_ends(
    session: Session, keys: KeyRing, family: Family
) -> None:
    assert not _remind(session, keys, after=timedelta(days=69))
    assert letters(session) == []


def test_a_right_that_ends_within_thirty_days_is_said_once_a_month(
    session: Session, keys: KeyRing, family: Family
) -> None:
    for after, told in ((71, 1), (72, 1), (99, 1)):
        _remind(session, keys, after=timedelta(days=after))
        assert _told(session, family) == told, after
    assert {letter for letter, _to in letters(session)} == {"carers_to_review"}
    assert {to for _letter, to in letters(session)} == {family.jeanne.email}, "no carer is told"


def test_a_carer_not_looked_at_for_half_a_year_is_said(
    session: Session, keys: KeyRing, family: Family
) -> None:
    for link in (family.of_paul, family.of_sylvie):
        link.confirmed_at = START - timedelta(days=181)
        session.add(link)
    session.commit()
    assert not _remind(session, keys, after=timedelta(hours=1))
    assert _remind(session, keys, after=timedelta(days=2))
    assert _told(session, family) == 1


def test_an_ended_link_reminds_of_nothing(session: Session, keys: KeyRing, family: Family) -> None:
    for one in (family.of_paul, family.of_sylvie):
        link = session.get_one(CareLink, (one.patient_id, one.id))
        link.status, link.ends_at = CareLinkStatus.ENDED, START
        session.add(link)
    session.commit()
    assert not _remind(session, keys, after=timedelta(days=90))


def test_who_cannot_be_told_stops_nobody_else(
    session: Session, keys: KeyRing, family: Family
) -> None:
    other = make_family(session, keys)
    family.jeanne.email, family.jeanne.username = None, "jeanne.morel"
    session.add(family.jeanne)
    session.commit()
    _remind(session, keys, after=timedelta(days=90))
    assert [to for _letter, to in letters(session)] == [other.jeanne.email]
    assert not _remind(session, keys, after=timedelta(days=91))
