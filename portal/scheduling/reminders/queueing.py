"""What people asked to be reminded of, queued when it is due: once, and never too late."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from portal import outbox
from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.calendar import ReminderSent
from portal.outbox import Letter
from portal.scheduling.letters import references
from portal.scheduling.letters.references import Reference
from portal.scheduling.reminders.due import FIRST, Due, Piece, Place, look

EVERY_SECONDS = 60.0
"""So long after the last choice was looked at the first one is looked at again."""
KEPT = timedelta(days=60)

_sent = columns(ReminderSent)
# Two workers that look at the same moment: one of them writes it, and only that one sends.
_NOTE: dict[str, Any] = {
    "sqlite": sqlite.insert(ReminderSent).on_conflict_do_nothing().returning(_sent.appointment_id),
    "postgresql": postgresql.insert(ReminderSent)
    .on_conflict_do_nothing()
    .returning(_sent.appointment_id),
}
_OLD = _sent.starts_at < bindparam("before", type_=UtcDateTime)


@dataclass
class Reminders:
    """A task of the mail worker: a bounded number of choices at a time."""

    keys: KeyRing
    usual_time_zone: str
    """Of the installation, for readers who chose none."""
    _after: Place = FIRST
    _again_at: float = 0.0

    def work(self, database: Database) -> bool:
        """One piece of the round; False when the round is over, until the next."""
        if time.monotonic() < self._again_at:
            return False
        with database.session() as session:
            piece = self._look(session, at=now())
        if piece.due:
            self._queue(database)
        self._after = piece.next or FIRST
        if piece.next is None:
            self._again_at = time.monotonic() + EVERY_SECONDS
        return piece.next is not None

    def _queue(self, database: Database) -> None:
        """Asked once more in the transaction that writes: what changed meanwhile counts."""
        at = now()
        with database.session() as session:
            begin_writing(session)
            piece = self._look(session, at=at)
            for _user_id, due in groupby(sorted(piece.due), key=lambda one: one.user_id):
                self._tell(session, list(due), piece.choices, at=at)
            session.commit()

    def _tell(
        self, session: Session, due: list[Due], choices: dict[Place, RowMapping], *, at: datetime
    ) -> None:
        """One mail for all that is due to one person now; what is too much is in the next."""
        ours = [one for one in due[: references.MOST] if _note(session, one, at=at)]
        if not ours:
            return
        to = choices[Place(ours[0].user_id, ours[0].patient_id)]
        about = [Reference(one.patient_id, one.appointment_id, one.starts_at) for one in ours]
        outbox.post(
            session,
            keys=self.keys,
            letter=Letter.AGENDA_REMINDER,
            to=to["email"],
            locale=to["locale"],
            user_id=to["user_id"],
            at=at,
            expires_at=max(one.starts_at for one in ours),
            values={"about": references.written(about), "path": references.path_to(about)},
        )

    def _look(self, session: Session, *, at: datetime) -> Piece:
        return look(session, after=self._after, usual_time_zone=self.usual_time_zone, at=at)


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether there is anything to forget."""
    return bool(session.execute(select(exists().where(_OLD)), {"before": at - KEPT}).scalar_one())


def carry_out(session: Session, *, at: datetime) -> None:
    """Forget what was sent for visits that are long over."""
    session.connection().execute(delete(ReminderSent).where(_OLD), {"before": at - KEPT})


def _note(session: Session, one: Due, *, at: datetime) -> bool:
    """Whether it is ours to send: nobody noted it before."""
    statement = _NOTE[session.get_bind().dialect.name]
    values = {
        "patient_id": one.patient_id,
        "appointment_id": one.appointment_id,
        "user_id": one.user_id,
        "occasion": one.occasion.value,
        "starts_at": one.starts_at,
        "at": at,
    }
    return session.connection().execute(statement, values).first() is not None
