"""One conversation as its page shows it: days, and on each day messages and acts in their order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from portal.access.viewer import Standing
from portal.crypto import KeyRing
from portal.messaging.conversations import Conversation, EventRow, MessageRow, ReaderRow
from portal.messaging.sealing import body_cell, open_text, subject_cell
from portal.models.messaging import MessageKind
from portal.web import dates
from portal.web.exchange.attachments import AttachmentCard, by_message, unsent
from portal.web.exchange.authors import OWN, author_words, is_at_work
from portal.web.exchange.events import event_words
from portal.web.exchange.texts import paragraphs_of, without_turns
from portal.web.exchange.when import day_words
from portal.web.i18n import gettext
from portal.web.templating import initials

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Item:
    """A message, a note, or the line of an act."""

    id: UUID
    kind: str
    """`mine`, `person` (the patient's, for somebody else), `other`, `note`, or `event`."""
    author: str
    """The author line; of an act its whole sentence."""
    letters: str
    """For the drawn circle; empty for one's own and for acts."""
    is_at_work: bool
    paragraphs: list[list[str]]
    time: str
    moment: str
    """`aujourd’hui, 9 h 12`, for the name of the message."""
    instant: datetime
    read_by: str
    """`lu par Claire Morvan`, under one's own messages; empty when nobody did yet."""
    is_first_new: bool
    attachments: list[AttachmentCard] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Exchange:
    thread_id: UUID
    subject: str
    days: list[Day]
    older_before: UUID | None
    """The message before which there are more; none when the beginning is shown."""
    newest_id: UUID | None
    """Of the messages that are shown."""
    unsent: list[AttachmentCard]
    """What is joined to the message that the reader is writing."""


class _Reading(NamedTuple):
    """What every line of one page needs."""

    patient: Standing
    viewer_id: UUID | None
    keys: KeyRing
    at: datetime
    readers: list[ReaderRow]
    first_new: UUID | None
    files: dict[UUID, list[AttachmentCard]]


def exchange_of(
    conversation: Conversation,
    *,
    patient: Standing,
    viewer_id: UUID | None,
    keys: KeyRing,
    at: datetime,
    before: UUID | None = None,
) -> Exchange:
    """Opens what is sealed; without a viewer, as somebody else reads it: on paper, in a file.

    `before` as the conversation was read with.
    """
    reading = _Reading(
        patient,
        viewer_id,
        keys,
        at,
        conversation.readers,
        _first_new(conversation, viewer_id),
        by_message(conversation.attachments, keys=keys),
    )
    rows: list[MessageRow | EventRow] = [
        *conversation.messages,
        *_events_within(conversation, before=before),
    ]
    items = [_item(row, reading) for row in sorted(rows, key=lambda one: one.id)]
    messages = conversation.messages
    return Exchange(
        conversation.thread.id,
        subject_of(conversation.thread.id, conversation.thread.subject_sealed, keys=keys),
        _days(items, patient.time_zone, at),
        messages[0].id if conversation.has_older and messages else None,
        messages[-1].id if messages else None,
        unsent(conversation.attachments, keys=keys),
    )


def subject_of(thread_id: UUID, sealed: bytes, *, keys: KeyRing) -> str:
    return without_turns(open_text(keys, sealed, subject_cell(thread_id)))


def _events_within(conversation: Conversation, *, before: UUID | None) -> Iterable[EventRow]:
    """Those between the messages that are shown."""
    first = conversation.messages[0].id if conversation.messages else None
    for event in conversation.events:
        is_after_first = not conversation.has_older or (first is not None and event.id > first)
        if is_after_first and (before is None or event.id < before):
            yield event


def _first_new(conversation: Conversation, viewer_id: UUID | None) -> UUID | None:
    """Above which message the line "new" stands; none when everything or nothing was read."""
    thread = conversation.thread
    if viewer_id is None or not thread.unread or thread.last_read_id is None:
        return None
    new = [
        one.id
        for one in conversation.messages
        if one.id > thread.last_read_id and one.author_id != viewer_id
    ]
    return new[0] if new else None


def _item(row: MessageRow | EventRow, reading: _Reading) -> Item:
    return _event(row, reading) if isinstance(row, EventRow) else _message(row, reading)


def _message(row: MessageRow, reading: _Reading) -> Item:
    is_mine = row.author_id == reading.viewer_id
    body = open_text(reading.keys, row.body_sealed, body_cell(row.id))
    return Item(
        row.id,
        _kind(row, is_mine=is_mine),
        author_words(row, reading.patient, reading.viewer_id),
        "" if is_mine else initials(row.given_name, row.family_name),
        is_at_work(row.capacity),
        paragraphs_of(body),
        *_moment(row.at, reading),
        _read_by(row, reading) if is_mine else "",
        row.id == reading.first_new,
        reading.files.get(row.id, []),
    )


def _event(row: EventRow, reading: _Reading) -> Item:
    is_mine = row.actor_id is not None and row.actor_id == reading.viewer_id
    words = event_words(row, is_mine=is_mine)
    return Item(row.id, "event", words, "", False, [], *_moment(row.at, reading), "", False)


def _kind(row: MessageRow, *, is_mine: bool) -> str:
    if row.kind is MessageKind.NOTE:
        return "note"
    if is_mine:
        return "mine"
    return "person" if row.capacity == OWN else "other"


def _moment(instant: datetime, reading: _Reading) -> tuple[str, str, datetime]:
    zone = reading.patient.time_zone
    time = dates.clock(dates.local(instant, zone))
    day = day_words(instant, time_zone=zone, at=reading.at)
    return time, gettext("%(day)s, %(time)s", day=day, time=time), instant


def _read_by(row: MessageRow, reading: _Reading) -> str:
    names = [
        one.given_name if one.is_family else f"{one.given_name} {one.family_name}"
        for one in reading.readers
        if one.user_id != reading.viewer_id
        and one.last_read_id is not None
        and one.last_read_id >= row.id
    ]
    return gettext("read by %(names)s", names=names_in_words(names)) if names else ""


def names_in_words(names: Sequence[str]) -> str:
    """`Claire`, `Claire et Jeanne`, `Claire, Jeanne et 2 autres`: no more than three."""
    if len(names) < 2:
        return "".join(names)
    if len(names) <= MOST_NAMED:
        return gettext("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])
    shown = ", ".join(names[: MOST_NAMED - 1])
    return gettext("%(first)s and %(num)d others", first=shown, num=len(names) - MOST_NAMED + 1)


def _days(items: list[Item], time_zone: str, at: datetime) -> list[Day]:
    days: list[Day] = []
    for item in items:
        label = day_words(item.instant, time_zone=time_zone, at=at)
        if not days or days[-1].label != label:
            days.append(Day(label, []))
        days[-1].items.append(item)
    return days
