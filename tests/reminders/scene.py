"""A family on a day in November, a clock that can be moved, and the worker that looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.db import Database
from portal.models.agenda import Appointment
from portal.models.calendar import ReminderChoice, ReminderSent
from portal.outbox import Letter
from portal.outbox.worker import Worker
from portal.scheduling.reminders.queueing import Reminders
from tests.mailbox import Mailbox, Received
from tests.outbox.conftest import MakeWorker
from tests.scheduling.family import Family, make_family

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
"""A Monday, 12 h in Paris."""
SIX = time(18)


def paris(text: str, zone: str = "Europe/Paris") -> datetime:
    """`24 14:30` of that November."""
    day, clock = text.split()
    local = datetime.fromisoformat(f"2026-11-{int(day):02d}T{clock}")
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass
class Scene:
    family: Family
    database: Database
    keys: KeyRing
    worker: Worker
    mailbox: Mailbox
    clock: time_machine.Traveller

    def choose(self, name: str = "paul", **fields: object) -> ReminderChoice:
        """Chosen long ago; the evening before at 18 h unless said otherwise."""
        if not {"evening_before", "minutes_before"} & fields.keys():
            fields["evening_before"] = SIX
        choice = ReminderChoice(
            patient_id=self.family.patient.id,
            user_id=self.family.people[name].id,
            **{"updated_at": NOON - timedelta(days=30)} | fields,
        )
        self.family.save(choice)
        return choice

    def visit(self, when: str, zone: str = "Europe/Paris", **fields: object) -> Appointment:
        return self.family.add(starts_at=paris(when, zone), time_zone=zone, **fields)

    def live_in(self, zone: str, name: str = "paul") -> None:
        self.family.people[name].time_zone = zone
        self.family.save(self.family.people[name])

    def go_to(self, moment: datetime | str) -> None:
        self.clock.move_to(paris(moment) if isinstance(moment, str) else moment)

    def look(self, moment: datetime | str | None = None) -> int:
        """What the worker queues then; how many reminders are noted in all."""
        if moment is not None:
            self.go_to(moment)
        self.family.session.rollback()
        task = Reminders(self.keys, "Europe/Paris")
        while task.work(self.database):
            pass
        return self.noted()

    def noted(self) -> int:
        self.family.session.rollback()
        return len(self.family.session.exec(select(ReminderSent)).all())

    def send(self, moment: datetime | str | None = None) -> list[Received]:
        """Looks, sends, and says what has arrived since the beginning."""
        self.look(moment)
        self.worker.drain()
        self.family.session.rollback()
        return self.mailbox.mails

    def to(self, name: str) -> list[Received]:
        return self.mailbox.to(self.family.people[name].email or "")

    def waiting(self) -> list[str]:
        found = [one for one in self.family.letters() if one.letter == Letter.AGENDA_REMINDER]
        return [self.family.name(one) for one in found]


@pytest.fixture
def scene(
    session: Session, keys: KeyRing, database: Database, make_worker: MakeWorker, mailbox: Mailbox
) -> Iterator[Scene]:
    with time_machine.travel(NOON, tick=False) as clock:
        family = make_family(session, keys)
        session.delete(family.visit)
        session.commit()
        yield Scene(family, database, keys, make_worker(), mailbox, clock)
