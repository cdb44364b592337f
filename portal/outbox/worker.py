"""The worker: claims what is due, hands it over, writes down what became of it."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.models.account import User
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox import claims, records
from portal.outbox.background import Background, BackgroundTask
from portal.outbox.mail import Render, Sender, compose
from portal.outbox.queue import sealed, values_of
from portal.outbox.transport import RefusedError, Transport, TransportDownError
from portal.outbox.validity import reason_to_drop, values_of_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

POLL_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
_HOURLY_EVERY = timedelta(hours=1)
_SLICE_SECONDS = 0.2
_BREAKS = 5
"""So often may the line break at one and the same mail before it steps aside for the others."""
RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""After a "not now"; together nearly three days, then the operator has to look."""
log = logging.getLogger("portal.outbox")


@dataclass(frozen=True, slots=True)
class _Claim:
    message: OutboxMessage
    token: UUID
    drop: str
    """Why it need not be sent any more; empty when it must."""
    time_zone: str | None


class HourlyTask(Protocol):
    """What is looked at every hour: lines that are kept long enough, reminders that are due."""

    def is_due(self, session: Session, *, at: datetime) -> bool: ...

    def carry_out(self, session: Session, *, at: datetime) -> None: ...


@dataclass
class Worker:
    """One process that sends. Several may run beside each other on PostgreSQL."""

    database: Database
    keys: KeyRing
    render: Render
    transport: Transport
    sender: Sender
    is_over: Callable[[], bool] = lambda: False
    """Asked between messages and while waiting."""
    hourly: tuple[HourlyTask, ...] = (records,)
    """The outbox's own, and what the layers above add."""
    tasks: tuple[BackgroundTask, ...] = ()
    """One piece of each, then one mail: neither waits for the end of the other."""
    longest_pause: float = LONGEST_PAUSE_SECONDS
    lease: timedelta = claims.LEASE
    _broke: tuple[UUID | None, int] = (None, 0)
    _hourly_at: datetime | None = None
    _failures: int = field(default=0)

    def __post_init__(self) -> None:
        self._background = Background(self.database, self.tasks)

    def run(self) -> None:
        """Until `is_over`; a mail server or a database that is away is waited for."""
        while not self.is_over():
            worked = self._background.work()
            try:
                self.do_hourly()
                sent = self.send_next()
            except (TransportDownError, SQLAlchemyError) as error:
                self._failures += 1
                log.warning("nothing can be sent now: %s", _reason(error))
                self._rest(min(2.0 ** min(self._failures - 1, 16), self.longest_pause))
            else:
                self._failures = 0
                if not (sent or worked):
                    self._rest(POLL_SECONDS)

    def drain(self) -> int:
        """Send what is due and return how many messages were dealt with.

        Raises `TransportDownError` when the mail server cannot be reached.
        """
        self.do_hourly()
        done = 0
        while not self.is_over():
            worked = self._background.work()
            sent = self.send_next()
            done += sent
            if not (sent or worked):
                break
        return done

    def send_next(self) -> bool:
        """Deal with one message; False when nothing is due."""
        with self.database.session() as session:
            if not claims.is_something_due(session, at=now()):
                return False
        claim = self._claim()
        if claim is None:
            return False
        if claim.drop:
            self._finish(claim, OutboxState.DROPPED, error=claim.drop)
        elif claim.message.attempts > len(RETRIES) + 1:
            self._finish(claim, OutboxState.DEAD, error=claim.message.last_error or _UNFINISHED)
        else:
            self._send(claim)
        return True

    def _claim(self) -> _Claim | None:
        """Committed before a word is said to the mail server."""
        at = now()
        with self._writing() as session:
            found = claims.claim(session, at=at, lease=self.lease)
        if found is None:
            return None
        message_id, token = found
        with self.database.session() as session:
            message = session.get_one(OutboxMessage, message_id)
            user = session.get(User, message.user_id) if message.user_id else None
            zone = user.time_zone if user is not None else None
            return _Claim(message, token, _drop_reason(session, message, at), zone)

    def _send(self, claim: _Claim) -> None:
        try:
            values = self._values_now(claim)
            mail = self._mail(claim, values) if values is not None else None
        except SQLAlchemyError:
            raise  # the database is away; the letter is none the worse for it
        except Exception as error:
            # One letter that cannot be written stops nobody else's.
            log.exception("letter %s cannot be written", claim.message.id)
            self._finish(claim, OutboxState.DEAD, error=f"cannot be written: {_kind(error)}")
            return
        if mail is None or values is None:
            self._finish(claim, OutboxState.DROPPED, error="nothing of it is open to the reader")
            return
        try:
            self.transport.deliver(mail)
        except RefusedError as error:
            self._refused(claim, error)
        except TransportDownError as error:
            self._not_now(claim, error)
        except Exception as error:
            # Whose fault it is, nobody knows: it must neither stay leased nor stop the others.
            log.exception("message %s cannot be handed over", claim.message.id)
            self._not_now(claim, TransportDownError(_kind(error), midway=True))
        else:
            self._sent(claim, values)

    def _values_now(self, claim: _Claim) -> Mapping[str, str] | None:
        """Rights are read again, and what they no longer open is not said."""
        values = values_of(claim.message, keys=self.keys)
        with self.database.session() as session:
            return values_of_now(session, message=claim.message, values=values, at=now())

    def _mail(self, claim: _Claim, values: Mapping[str, str]) -> "EmailMessage":
        message = claim.message
        words = self.render(
            message.letter,
            values,
            locale=message.locale,
            time_zone=claim.time_zone,
        )
        return compose(
            words, message_id=message.id, to=message.recipient, sender=self.sender, at=now()
        )

    def _sent(self, claim: _Claim, values: Mapping[str, str]) -> None:
        """It is in other hands: this must be written down, or it would be sent again."""
        wait = 0.1
        shown = sealed(claim.message.id, values, keys=self.keys)
        kept = shown if self.transport.keeps_values else None
        while True:
            try:
                self._finish(claim, OutboxState.SENT, kept=kept)
            except DBAPIError as error:
                if self.is_over():
                    raise
                log.warning("sent, but not written down yet: %s", _kind(error))
                self._rest(wait)
                wait = min(wait * 2, 10)
            else:
                return

    def _refused(self, claim: _Claim, error: RefusedError) -> None:
        attempts = claim.message.attempts
        if error.for_good or attempts > len(RETRIES):
            self._finish(claim, OutboxState.DEAD, error=str(error))
            return
        self._postpone(claim, RETRIES[attempts - 1], str(error))

    def _not_now(self, claim: _Claim, error: TransportDownError) -> None:
        """Keeps its place, and the whole worker pauses, unless it is this mail that breaks it."""
        last, breaks = self._broke
        breaks = (breaks if last == claim.message.id else 0) + (1 if error.midway else 0)
        self._broke = (claim.message.id, breaks)
        if breaks >= _BREAKS:
            self._refused(claim, RefusedError(str(error), for_good=False))
            return
        with self._writing() as session:
            claims.release(
                session, message_id=claim.message.id, token=claim.token, error=str(error)
            )
        raise error

    def _postpone(self, claim: _Claim, wait: timedelta, error: str) -> None:
        with self._writing() as session:
            claims.postpone(
                session,
                message_id=claim.message.id,
                token=claim.token,
                until=now() + wait,
                error=error,
            )
        log.info("message %s put off for %s: %s", claim.message.id, wait, error)

    def _finish(
        self, claim: _Claim, end: OutboxState, *, error: str = "", kept: bytes | None = None
    ) -> None:
        """What is kept is what was said; what is dead can be sent again by the operator."""
        if end is OutboxState.DEAD:
            kept = claim.message.values_sealed
        message_id = claim.message.id
        with self._writing() as session:
            is_ours = claims.finish(
                session,
                message_id=message_id,
                token=claim.token,
                end=end,
                at=now(),
                error=error,
                kept=kept,
            )
        level = logging.ERROR if end is OutboxState.DEAD else logging.INFO
        log.log(level, "message %s (%s) %s %s", message_id, claim.message.letter, end, error)
        if not is_ours:
            log.warning("the lease of message %s was lost", message_id)

    def do_hourly(self) -> None:
        """At most once an hour."""
        at = now()
        if self._hourly_at is not None and at < self._hourly_at:
            return
        for one in self.hourly:
            with self.database.session() as session:
                is_needed = one.is_due(session, at=at)
            if is_needed:
                with self._writing() as session:
                    one.carry_out(session, at=at)
        self._hourly_at = at + _HOURLY_EVERY

    @contextmanager
    def _writing(self) -> "Iterator[Session]":
        with self.database.session() as session:
            begin_writing(session)
            yield session
            session.commit()

    def _rest(self, seconds: float) -> None:
        """In slices, so that a signal ends it at once; a mail server that is away stops no task."""
        until = time.monotonic() + seconds
        while not self.is_over() and (left := until - time.monotonic()) > 0:
            if not self._background.work():
                time.sleep(min(_SLICE_SECONDS, left))


_UNFINISHED = "no attempt came to an end"


def _drop_reason(session: Session, message: OutboxMessage, at: datetime) -> str:
    try:
        return reason_to_drop(session, message=message, at=at)
    except ValueError:
        return ""  # a letter that nobody knows: found out when it is written


def _kind(error: Exception) -> str:
    """Its type only: the text may hold what was to be written."""
    return type(error).__name__


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, TransportDownError) else _kind(error)
