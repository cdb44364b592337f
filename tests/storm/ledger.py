"""What the authors know, held against what the database holds."""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, select

from portal.config import Config
from portal.crypto import KeyRing
from portal.messaging.sealing import body_cell, open_text, snippet_cell, snippet_of, subject_cell
from portal.models.messaging import Message, Thread, ThreadReader
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox import Letter
from tests.messaging.circle import WritingCircle
from tests.storm.places import ROOT, Scene, instance_environ
from tests.storm.writers import CUT_OFF, NOBODY_THERE, Sent

_MOST_SHOWN = 20
_MAY_BE_ANSWERED = (NOBODY_THERE, CUT_OFF, 200, 303, 503)
"""A message that arrives, or a portal that is away; nothing else may be said in a storm."""


@dataclass(slots=True)
class Ledger:
    """Counts to print, and every difference in words; without one, all is well."""

    lines: list[tuple[str, object]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def note(self, label: str, number: object) -> None:
        self.lines.append((label, number))

    def check(self, label: str, found: Iterable[str]) -> None:
        """A line with the number of differences of that kind, which should be none."""
        wrong = list(found)
        self.note(label, len(wrong))
        self.differences += [f"{label}: {one}" for one in wrong]

    def table(self, title: str) -> str:
        width = max(len(label) for label, _number in self.lines)
        rows = [f"  {label:<{width}}  {number!s:>8}" for label, number in self.lines]
        shown = [f"  ! {one}" for one in self.differences[:_MOST_SHOWN]]
        verdict = "every message exists once" if not self.differences else "NOT WHAT WAS SENT"
        return "\n".join([title, *rows, *shown, f"  → {verdict}", ""])


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows after the storm."""

    messages: list[Message]
    threads: dict[UUID, Thread]
    readers: list[ThreadReader]
    letters: list[OutboxMessage]

    @classmethod
    def read(cls, session: Session) -> "_Found":
        return cls(
            list(session.exec(select(Message).order_by(col(Message.id)))),
            {one.id: one for one in session.exec(select(Thread))},
            list(session.exec(select(ThreadReader))),
            list(
                session.exec(
                    select(OutboxMessage).where(OutboxMessage.letter == Letter.MESSAGE_NEW)
                )
            ),
        )


def draw_up(
    session: Session,
    *,
    config: Config,
    keys: KeyRing,
    scene: Scene,
    sent: list[Sent],
    answers: Counter[int],
    before: set[UUID],
) -> Ledger:
    """`before`: the keys of the messages that were there before the storm."""
    ledger, found = Ledger(), _Found.read(session)
    written = [one for one in found.messages if one.key not in before]
    _count(ledger, sent, written, answers)
    ledger.check("acknowledged and missing", _missing(sent, written))
    ledger.check("written twice", _doubled(written))
    ledger.check("written and never sent", _unknown(sent, written))
    ledger.check("wrong patient, author, place or words", _strangers(keys, sent, found))
    ledger.check("conversations that do not open or end wrongly", _broken(keys, found))
    ledger.check("unread counts that are wrong", _miscounted(scene.circles, found))
    ledger.check("people with more than one letter", _letters(found))
    ledger.check("other answers than sent or away", _answers(answers))
    ledger.check("findings of the access log", _log_findings(config))
    return ledger


def _count(ledger: Ledger, sent: list[Sent], written: list[Message], answers: Counter[int]) -> None:
    arrived = [one for one in sent if one.is_acknowledged]
    ledger.note("messages", len(sent))
    ledger.note("tries", sum(one.tries for one in sent))
    ledger.note("tries while nobody was there", answers[NOBODY_THERE])
    ledger.note("tries cut off without an answer", answers[CUT_OFF])
    ledger.note("tries while the database was busy", answers[503])
    ledger.note("acknowledged", len(arrived))
    ledger.note("given up by their author", len(sent) - len(arrived))
    ledger.note("written", len(written))
    ledger.note("written though given up", len(written) - len(arrived))


def _missing(sent: list[Sent], written: list[Message]) -> Iterator[str]:
    there = {(one.patient_id, one.author_id, one.key) for one in written}
    for one in sent:
        if one.is_acknowledged and (one.desk.patient_id, one.desk.author_id, one.key) not in there:
            yield f"{one.desk.name}: {one.key}"


def _doubled(written: list[Message]) -> Iterator[str]:
    counts = Counter(one.key for one in written)
    yield from (f"{key} × {number}" for key, number in counts.items() if number > 1)


def _unknown(sent: list[Sent], written: list[Message]) -> Iterator[str]:
    known = {one.key for one in sent}
    yield from (str(one.id) for one in written if one.key not in known)


def _strangers(keys: KeyRing, sent: list[Sent], found: _Found) -> Iterator[str]:
    by_key = {one.key: one for one in sent}
    for row in found.messages:
        one = by_key.get(row.key)
        if one is not None and _row_of(keys, row, found) != _row_wanted(one):
            yield f"{one.desk.name}: {row.id}"


def _row_of(keys: KeyRing, row: Message, found: _Found) -> tuple[object, ...]:
    body = open_text(keys, row.body_sealed, body_cell(row.id))
    thread = found.threads[row.thread_id]
    subject = open_text(keys, thread.subject_sealed, subject_cell(thread.id))
    place = subject if subject.startswith("Sujet") else thread.id
    return row.patient_id, row.author_id, row.capacity, place, body


def _row_wanted(one: Sent) -> tuple[object, ...]:
    desk = one.desk
    return desk.patient_id, desk.author_id, desk.capacity, one.subject or desk.thread_id, one.body


def _broken(keys: KeyRing, found: _Found) -> Iterator[str]:
    """Each has messages; its list row tells the last one."""
    last: dict[UUID, Message] = {one.thread_id: one for one in found.messages}
    for thread in found.threads.values():
        newest = last.get(thread.id)
        if newest is None:
            yield f"{thread.id} is empty"
            continue
        body = open_text(keys, newest.body_sealed, body_cell(newest.id))
        snippet = open_text(keys, thread.snippet_sealed, snippet_cell(thread.id))
        if (thread.last_message_id, snippet) != (newest.id, snippet_of(body)):
            yield f"{thread.id} shows another message than its last"


def _miscounted(circles: list[WritingCircle], found: _Found) -> Iterator[str]:
    """New for each reader: what the others wrote after their own last message."""
    of_thread: defaultdict[UUID, list[Message]] = defaultdict(list)
    for one in found.messages:
        of_thread[one.thread_id].append(one)
    counted = {(one.thread_id, one.user_id): one.unread for one in found.readers}
    for circle in circles:
        for thread in found.threads.values():
            if thread.patient_id == circle.patient.id:
                wanted = _unread(circle, thread, of_thread[thread.id])
                for user_id, number in wanted.items():
                    if counted.pop((thread.id, user_id), 0) != number:
                        yield f"{thread.id}, account {user_id}: not {number}"
    yield from (f"{thread_id}: account {user_id} reads it" for thread_id, user_id in counted)


def _unread(circle: WritingCircle, thread: Thread, messages: list[Message]) -> dict[UUID, int]:
    other = circle.nadia if thread.practitioner_id else circle.claire
    readers = [circle.jeanne, circle.paul, other]
    return {one.id: _after_own_last(messages, one.id) for one in readers}


def _after_own_last(messages: list[Message], user_id: UUID) -> int:
    number = 0
    for one in messages:
        number = 0 if one.author_id == user_id else number + 1
    return number


def _letters(found: _Found) -> Iterator[str]:
    """No worker sends meanwhile: one that waits is enough for each."""
    waiting = Counter(one.user_id for one in found.letters if one.state is OutboxState.PENDING)
    yield from (f"account {one} × {number}" for one, number in waiting.items() if number > 1)


def _answers(answers: Counter[int]) -> Iterator[str]:
    for status, number in answers.items():
        if status not in _MAY_BE_ANSWERED:
            yield f"{status} × {number}"


def _log_findings(config: Config) -> Iterator[str]:
    """As an operator asks for it."""
    done = subprocess.run(
        [sys.executable, "-m", "portal", "check"],
        cwd=ROOT,
        env=instance_environ(config, 80),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        yield done.stdout.strip() or done.stderr.strip()[-300:]
