"""A late answer is told to who stands in for it, then to the coordination: each of them once."""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.messaging.acts import event_of
from portal.messaging.letters import tell_late, tell_readers
from portal.messaging.ownership import name_of, settle_owner
from portal.messaging.promises import next_after
from portal.messaging.reader_rows import is_new_for
from portal.messaging.readers import readers_at
from portal.messaging.recipients import RecipientRow, Recipients, read_recipients
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.messaging import Escalation, Thread, ThreadAct, ThreadState
from portal.models.need import Need

EVERY_SECONDS = 30.0
"""So long after nothing was late it is looked again."""
log = logging.getLogger("portal.messaging")

_t = columns(Thread)
_need = columns(Need)
_LATE = (
    _t.escalates_at <= bindparam("at", type_=UtcDateTime),
    _t.state == ThreadState.WAITING,
)
_DUE = (
    select(_t.patient_id, _t.id)
    .where(*_LATE, _t.id.not_in(bindparam("put_aside", type_=Uuid, expanding=True)))
    .order_by(_t.escalates_at, _t.id)
    .limit(1)
)
# Asked again under the lock: who comes second finds that it is not late any more.
_CLAIMED = (
    select(Thread)
    .where(
        *_LATE,
        _t.patient_id == bindparam("of_patient", type_=Uuid),
        _t.id == bindparam("of_thread", type_=Uuid),
    )
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)
_of_need = bindparam("of_need", type_=Uuid)
_DEPUTIES = (
    select(_need.deputy_id)
    .where(
        _need.patient_id == bindparam("of_patient", type_=Uuid),
        or_(_need.id == _of_need, _need.owner_id == bindparam("of_member", type_=Uuid)),
        _need.deputy_id.is_not(None),
        _need.ended_at.is_(None),
    )
    # What it is about comes first.
    .order_by((_need.id == _of_need).desc(), _need.id)
)


@dataclass
class LateAnswers:
    """A task of the worker: one conversation at a time, the longest late first."""

    keys: KeyRing
    _put_aside: set[UUID] = field(default_factory=set)
    _again_at: float = 0.0

    def work(self, database: Database) -> bool:
        """One step of one conversation; False when none is late."""
        if time.monotonic() < self._again_at:
            return False
        found = self._next(database, at=now())
        if found is None:
            self._again_at = time.monotonic() + EVERY_SECONDS
            # None is given up: those that failed are tried again with the next round.
            self._put_aside.clear()
            return False
        patient_id, thread_id = found
        try:
            self._pass_on(database, patient_id, thread_id)
        except (IntegrityError, DataError) as error:
            # The statements of one conversation, and no sign that the database is away.
            self._put_it_aside(thread_id, error)
        except SQLAlchemyError:
            raise  # the database is away: it is tried again
        except Exception as error:
            self._put_it_aside(thread_id, error)
        return True

    def _put_it_aside(self, thread_id: UUID, error: Exception) -> None:
        """One conversation that cannot be passed on holds up no other."""
        log.error("the late answer in %s cannot be told", thread_id, exc_info=error)
        self._put_aside.add(thread_id)

    def _next(self, database: Database, *, at: datetime) -> tuple[UUID, UUID] | None:
        values = {"at": at, "put_aside": list(self._put_aside)}
        with database.session() as session:
            row = session.execute(_DUE, values).first()
        return (row.patient_id, row.id) if row is not None else None

    def _pass_on(self, database: Database, patient_id: UUID, thread_id: UUID) -> None:
        at = now()
        with database.session() as session:
            begin_writing(session)
            values = {"at": at, "of_patient": patient_id, "of_thread": thread_id}
            thread = session.execute(_CLAIMED, values).scalar_one_or_none()
            if thread is not None:
                pass_on(session, thread, keys=self.keys, at=at)
            session.commit()


def pass_on(session: Session, thread: Thread, *, keys: KeyRing, at: datetime) -> None:
    """The next one hears that the answer is late; the caller holds the conversation.

    Who follows somebody whose place ended gets a day to answer first.
    """
    recipients = read_recipients(session, patient_id=thread.patient_id, at=at)
    followers = settle_owner(session, thread, recipients, at=at)
    if followers:
        tell_readers(session, thread, followers, keys=keys, at=at)
        return
    deputy = None
    if thread.escalation is Escalation.NONE:
        deputy = _deputy(session, thread, recipients, at=at)
    if deputy is not None and _tell(session, thread, deputy, keys=keys, at=at):
        thread.escalation = Escalation.DEPUTY
        thread.escalates_at = next_after(at, recipients.working_days(deputy))
    else:
        _tell_coordination(session, thread, recipients, keys=keys, at=at)
    session.add(thread)
    session.flush()


def _tell_coordination(
    session: Session, thread: Thread, recipients: Recipients, *, keys: KeyRing, at: datetime
) -> None:
    """The last who hear of it; where nobody does, the family's page says that."""
    last = recipients.find(None)
    is_told = last is not None and _tell(session, thread, last, keys=keys, at=at)
    if is_told:
        thread.escalation = Escalation.COORDINATION
    elif thread.escalation is Escalation.NONE:
        thread.escalation = Escalation.NOBODY
    thread.escalates_at = None


def _tell(
    session: Session, thread: Thread, whom: RecipientRow, *, keys: KeyRing, at: datetime
) -> bool:
    """False when nobody reads there."""
    if not whom.can_be_written_to:
        return False
    people = readers_at(session, thread, whom, at=at)
    if not people:
        return False
    event_of(session, thread, ThreadAct.ESCALATED, by=None, at=at, to_name=name_of(whom))
    is_new_for(session, thread, [one.user_id for one in people], is_late=True)
    tell_late(session, thread, people, keys=keys, at=at)
    return True


def _deputy(
    session: Session, thread: Thread, recipients: Recipients, *, at: datetime
) -> RecipientRow | None:
    """Of the need that it is about, of another need of who is late, or who stands in for them."""
    own = recipients.find(thread.member_id)
    if own is None or own.member_id is None:
        return None
    values = {
        "of_patient": thread.patient_id,
        "of_need": thread.need_id,
        "of_member": own.member_id,
    }
    deputies = [recipients.find(one) for one in session.execute(_DEPUTIES, values).scalars()]
    candidates = [*deputies, _stand_in(recipients, own, at=at)]
    there = (one for one in candidates if one is not None and _is_there(one, recipients, at=at))
    return next((one for one in there if _is_somebody_else(one, own)), None)


def _is_there(one: RecipientRow, recipients: Recipients, *, at: datetime) -> bool:
    """Reads, and is not away today without somebody who reads for them."""
    away = recipients.absence_of(one, at.date())
    return one.can_be_written_to and (away is None or away.replacement_reads)


def _is_somebody_else(one: RecipientRow, own: RecipientRow) -> bool:
    """Not another place of the one who is late either."""
    is_same = one.practitioner_id is not None and one.practitioner_id == own.practitioner_id
    return one.member_id != own.member_id and not is_same


def _stand_in(recipients: Recipients, own: RecipientRow, *, at: datetime) -> RecipientRow | None:
    away = recipients.absence_of(own, at.date())
    if away is None or away.replacement_id is None:
        return None
    places = (one for one in recipients.rows if one.practitioner_id == away.replacement_id)
    return next(places, None)
