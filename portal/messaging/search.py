"""Looking for words in one patient's conversations.

Bodies are sealed, so that no index knows their words: the newest ones are opened and looked
through, and the reader is told how far back.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from itertools import filterfalse, pairwise
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, or_, select
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.messaging.conversations import MESSAGE_COLUMNS, MessageRow, with_author
from portal.messaging.sealing import body_cell, open_text, subject_cell
from portal.messaging.visibility import Reader, seen_by_family, seen_by_professional
from portal.models import columns
from portal.models.messaging import Message, MessageKind, Thread

MESSAGES_SCANNED = 500
LONGEST_QUERY = 100
MOST_WORDS = 8
MOST_FOUND = 50
_AROUND = 60
"""Characters of the message on each side of the word."""

_t = columns(Thread)
_message = columns(Message)
_of_patient = bindparam("of_patient", type_=Uuid)
_before = bindparam("before", type_=Uuid)
_NOT_A_WORD = re.compile(r"\W+")
_LIGATURES = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"}
_BY_CODE = str.maketrans(_LIGATURES)


class Part(NamedTuple):
    """A piece of an excerpt; `is_found` when it is one of the words that were looked for."""

    text: str
    is_found: bool


class Hit(NamedTuple):
    thread_id: UUID
    subject: str
    message: MessageRow
    excerpt: list[Part]
    is_on_first_page: bool
    """Whether the conversation shows it without going back to older messages."""


class Found(NamedTuple):
    hits: list[Hit]
    """The newest first."""
    looked_back_to: datetime | None
    """When the oldest message was written that was looked at; none when there was none."""
    before: UUID | None
    """The message before which there is more to look through; none when that was all."""


class ScannedRow(NamedTuple):
    """A message that is looked through."""

    thread_id: UUID
    subject_sealed: bytes
    message: MessageRow


def words_of(text: str) -> list[str]:
    """`Pansement décollé` is `["pansement", "decolle"]`; letters of every script."""
    plain = _plain(text[:LONGEST_QUERY])
    return [word for word in _NOT_A_WORD.split(plain) if word][:MOST_WORDS]


def _newest(*, is_family: bool) -> Any:
    seen = seen_by_family() if is_family else seen_by_professional()
    kinds = (_message.kind == MessageKind.MESSAGE,) if is_family else ()
    return (
        with_author(
            select(_message.thread_id, _t.subject_sealed, *MESSAGE_COLUMNS).join_from(
                Message,
                Thread,
                and_(_t.patient_id == _message.patient_id, _t.id == _message.thread_id),
            )
        )
        .where(
            _message.patient_id == _of_patient,
            or_(_before.is_(None), _message.id < _before),
            seen,
            *kinds,
        )
        .order_by(_message.id.desc())
        .limit(bindparam("scanned"))
    )


_NEWEST = {flag: _newest(is_family=flag) for flag in (True, False)}


def search_messages(
    session: Session,
    words: list[str],
    *,
    patient_id: UUID,
    reader: Reader,
    keys: KeyRing,
    at: datetime,
    before: UUID | None = None,
    scanned: int = MESSAGES_SCANNED,
    shown_first: int = 10,
) -> Found:
    """Messages that hold all the words, in their text or in the subject, among the newest.

    Only what the reader sees is looked at. `shown_first` is how many messages a conversation
    shows at first.
    """
    rows = _rows(session, patient_id, reader, at=at, before=before, limit=scanned + 1)
    looked_at, has_more = rows[:scanned], len(rows) > scanned
    hits: list[Hit] = []
    seen: dict[UUID, int] = {}
    subjects: dict[UUID, str] = {}
    for row in looked_at:
        place = seen[row.thread_id] = seen.get(row.thread_id, 0) + 1
        is_first = before is None and place <= shown_first
        hit = hit_of(row, words, subjects, keys=keys, is_first=is_first, is_newest=place == 1)
        if hit is not None:
            hits.append(hit)
        if len(hits) == MOST_FOUND:
            is_last = row is looked_at[-1] and not has_more
            return Found(hits, row.message.at, None if is_last else row.message.id)
    last = looked_at[-1].message if looked_at else None
    return Found(hits, last.at if last else None, last.id if last and has_more else None)


def _rows(
    session: Session,
    patient_id: UUID,
    reader: Reader,
    *,
    at: datetime,
    before: UUID | None,
    limit: int,
) -> list[ScannedRow]:
    values = {
        "of_patient": patient_id,
        "viewer_id": reader.user_id,
        "practitioner_id": reader.practitioner_id,
        "today": at.date(),
        "before": before,
        "scanned": limit,
    }
    found = session.execute(_NEWEST[reader.is_family], values)
    return [ScannedRow(row[0], row[1], MessageRow._make(row[2:])) for row in found]


def hit_of(
    row: ScannedRow,
    words: list[str],
    subjects: dict[UUID, str],
    *,
    keys: KeyRing,
    is_first: bool,
    is_newest: bool,
) -> Hit | None:
    """Whether the message is found; a subject alone is, once, at its newest message.

    `subjects` keeps those that were opened.
    """
    if row.thread_id not in subjects:
        subjects[row.thread_id] = open_text(keys, row.subject_sealed, subject_cell(row.thread_id))
    subject = subjects[row.thread_id]
    body = open_text(keys, row.message.body_sealed, body_cell(row.message.id))
    in_subject, in_body = _plain(subject), _plain(body)
    if not all(word in in_subject or word in in_body for word in words):
        return None
    if not is_newest and not any(word in in_body for word in words):
        return None
    return Hit(row.thread_id, subject, row.message, excerpt_of(body, words), is_first)


def excerpt_of(body: str, words: list[str]) -> list[Part]:
    """One line around the first of the words, with each of them apart."""
    text = " ".join(body.split())
    places = sorted(_places(text, words))
    start = max(0, places[0][0] - _AROUND) if places else 0
    end = min(len(text), (places[0][1] if places else 0) + 2 * _AROUND)
    within = [(first, last) for first, last in places if start <= first and last <= end]
    return list(_parts(text, _apart(within), start, end))


def marked(text: str, words: list[str]) -> list[Part]:
    """All of it, with each of the words apart."""
    return list(_parts(text, _apart(sorted(_places(text, words))), 0, len(text)))


def _parts(text: str, places: list[tuple[int, int]], start: int, end: int) -> Iterator[Part]:
    yield Part("…" if start else "", False)
    borders = [start, *(border for place in places for border in place), end]
    for number, (first, last) in enumerate(pairwise(borders)):
        if first < last:
            yield Part(text[first:last], number % 2 == 1)
    yield Part("…" if end < len(text) else "", False)


def _apart(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places that lie over each other are one."""
    found: list[tuple[int, int]] = []
    for first, last in places:
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _places(text: str, words: list[str]) -> Iterator[tuple[int, int]]:
    """Where the words stand in the text as it was written."""
    folded, origins = _folded(text)
    for word in words:
        start = folded.find(word)
        while start >= 0:
            yield origins[start], origins[start + len(word) - 1] + 1
            start = folded.find(word, start + len(word))


def _plain(text: str) -> str:
    """Without accents and capitals; at once, since most texts that are looked through say no."""
    low = text.casefold()
    if low.isascii():
        return low
    apart = unicodedata.normalize("NFKD", low.translate(_BY_CODE))
    return "".join(filterfalse(unicodedata.combining, apart))


def _folded(text: str) -> tuple[str, list[int]]:
    """As `_plain`; and for each character of it, which one it came from."""
    letters: list[str] = []
    origins: list[int] = []
    for number, character in enumerate(text):
        low = character.casefold()
        plain = _LIGATURES.get(low) or unicodedata.normalize("NFKD", low)
        kept = [one for one in plain if not unicodedata.combining(one)]
        letters += kept
        origins += [number] * len(kept)
    return "".join(letters), origins
