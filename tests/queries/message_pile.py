"""A circle with as many messages behind it as somebody likes, written in bulk."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.messaging.sealing import body_cell, seal_text, snippet_cell, subject_cell
from portal.models.base import new_id
from portal.models.messaging import Message, MessageKind, Thread, ThreadReader, ThreadState
from tests.messaging.circle import Account, WritingCircle, family_writes, make_circle

SHOWN_THREADS = 130
"""More than a page of each box holds: a page is as long whatever lies behind it."""
SHOWN_MESSAGES = 14
IN_ONE = 10
"""Messages of each old conversation."""


def make_pile(
    session: Session, keys: KeyRing, messages: int, *, are_unread: bool = False
) -> tuple[WritingCircle, UUID]:
    """The circle, and its conversation with Nadia: half of the messages are in that one.

    The others are in old conversations, answered or closed; the same few are new for everybody,
    or all of them with `are_unread`.
    """
    circle = make_circle(session, keys)
    pile = _Pile(session, keys, circle)
    for number in range(SHOWN_THREADS):
        pile.add_thread(number, messages=1)
    for number in range(messages // 2 // IN_ONE):
        pile.add_thread(SHOWN_THREADS + number, messages=IN_ONE, is_unread=are_unread)
    last = family_writes(session, keys, circle, to=circle.nadias_place)
    pile.fill(last.thread_id, messages // 2 + SHOWN_MESSAGES)
    pile.write()
    # The newest of it: what was written in bulk is older.
    return circle, last.thread_id


class _Pile:
    """Rows, until they are written."""

    def __init__(self, session: Session, keys: KeyRing, circle: WritingCircle) -> None:
        self._session, self._keys, self._circle = session, keys, circle
        self._begin = clock.now() - timedelta(days=1)
        self._rows: dict[type[Any], list[dict[str, Any]]] = {
            Thread: [],
            Message: [],
            ThreadReader: [],
        }

    def add_thread(self, number: int, *, messages: int, is_unread: bool = False) -> None:
        """Every third to the coordination, every other one is over."""
        thread_id, at = new_id(), self._begin - timedelta(hours=number)
        is_nadias = number % 3 != 0
        last = self.fill(thread_id, messages, at=at)
        self._rows[Thread].append(
            {
                "patient_id": self._circle.patient.id,
                "id": thread_id,
                "member_id": self._circle.nadias_place.id if is_nadias else None,
                "practitioner_id": self._circle.nadias_place.practitioner_id if is_nadias else None,
                "organization_id": None if is_nadias else self._circle.organization.id,
                "subject_sealed": seal_text(self._keys, "Sujet", subject_cell(thread_id)),
                "state": ThreadState.CLOSED if number % 2 else ThreadState.ANSWERED,
                "started_by": self._circle.paul.id,
                "capacity": "carer",
                "created_at": at,
                "last_message_id": last,
                "last_at": at,
                "last_author_id": self._circle.paul.id,
                "snippet_sealed": seal_text(self._keys, "Début", snippet_cell(thread_id)),
            }
        )
        other = self._circle.nadia if is_nadias else self._circle.claire
        for one in (self._circle.jeanne, self._circle.paul, other):
            self._read(thread_id, one, last, at, unread=messages if is_unread else 0)

    def fill(self, thread_id: UUID, messages: int, *, at: datetime | None = None) -> UUID:
        """The id of the last one."""
        message_id = thread_id
        for _ in range(messages):
            message_id = new_id()
            self._rows[Message].append(
                {
                    "patient_id": self._circle.patient.id,
                    "id": message_id,
                    "thread_id": thread_id,
                    "kind": MessageKind.MESSAGE,
                    "author_id": self._circle.paul.id,
                    "capacity": "carer",
                    "relationship": "SON",
                    "body_sealed": seal_text(self._keys, "Soin du soir", body_cell(message_id)),
                    "key": uuid4(),
                    "digest": b"",
                    "at": at or self._begin,
                }
            )
        return message_id

    def write(self) -> None:
        for model, rows in self._rows.items():
            if rows:
                self._session.connection().execute(insert(model), rows)
        self._session.flush()

    def _read(
        self, thread_id: UUID, one: Account, last: UUID, at: datetime, *, unread: int
    ) -> None:
        self._rows[ThreadReader].append(
            {
                "patient_id": self._circle.patient.id,
                "thread_id": thread_id,
                "user_id": one.id,
                "unread": unread,
                "last_read_id": last,
                "last_read_at": at,
            }
        )
