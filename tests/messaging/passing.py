"""What the worker does with conversations while time goes by, and what became of them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from sqlmodel import Session, col, select

from portal.crypto import KeyRing
from portal.db import Database
from portal.messaging.escalation import LateAnswers
from portal.messaging.lost_owners import LostOwners
from portal.models.messaging import Message, Thread, ThreadEvent, ThreadReader
from portal.models.need import Need
from tests.messaging.circle import WritingCircle, make_circle

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
DAY = timedelta(days=1)
WEDNESDAY_EVENING = MONDAY.replace(day=18, hour=18)
"""When an answer to what was written on Monday is due."""


def settled_circle(session: Session, keys: KeyRing) -> WritingCircle:
    """Whose rights began before that Monday, whenever the tests run."""
    with time_machine.travel(MONDAY - DAY, tick=False):
        return make_circle(session, keys)


def work(database: Database, keys: KeyRing, at: datetime, *, times: int = 20) -> int:
    """All that is late at that moment is passed on; in how many steps."""
    with time_machine.travel(at, tick=False):
        task = LateAnswers(keys)
        return sum(task.work(database) for _ in range(times))


def look_for_owners(database: Database, keys: KeyRing, at: datetime) -> None:
    """One round over all conversations."""
    with time_machine.travel(at, tick=False):
        task = LostOwners(keys)
        while task.work(database):
            pass


def thread_of(session: Session, message: Message) -> Thread:
    session.rollback()
    found = session.exec(select(Thread).where(Thread.id == message.thread_id)).one()
    session.refresh(found)
    return found


def acts_of(session: Session, message: Message) -> list[tuple[str, str]]:
    """(act, to whom), in the order in which they happened."""
    session.rollback()
    lines = select(ThreadEvent).where(ThreadEvent.thread_id == message.thread_id)
    found = session.exec(lines.order_by(col(ThreadEvent.id))).all()
    return [(one.act.value, one.to_name) for one in found]


def row_of(session: Session, message: Message, user_id: Any) -> ThreadReader | None:
    session.rollback()
    return session.exec(
        select(ThreadReader)
        .where(ThreadReader.thread_id == message.thread_id, ThreadReader.user_id == user_id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def need_with_deputy(session: Session, circle: WritingCircle, **fields: Any) -> Need:
    """Nadia answers for the dressing; Dr Haddad stands in."""
    values = {"owner_id": circle.nadias_place.id, "deputy_id": circle.haddads_place.id} | fields
    need = Need(patient_id=circle.patient.id, code="dressing", **values)
    session.add(need)
    session.flush()
    return need
