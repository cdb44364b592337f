"""A message that was looked for and found, as a row of a list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.access.viewer import Standing
from portal.messaging.search import Hit, Part, marked
from portal.models.messaging import MessageKind
from portal.web.exchange.authors import author_words
from portal.web.exchange.texts import without_turns
from portal.web.exchange.when import short_words


@dataclass(frozen=True, slots=True)
class HitCard:
    thread_id: UUID
    message_id: UUID
    before: UUID | None
    """Where its conversation is opened; none when it stands on the first page of it."""
    subject: list[Part]
    author: str
    when: str
    is_note: bool
    excerpt: list[Part]


def hit_card(
    hit: Hit, words: list[str], *, patient: Standing, viewer_id: UUID, at: datetime
) -> HitCard:
    # Just after it: the page of the conversation then ends with this message.
    after = None if hit.is_on_first_page else UUID(int=hit.message.id.int + 1)
    return HitCard(
        hit.thread_id,
        hit.message.id,
        after,
        marked(without_turns(hit.subject), words),
        author_words(hit.message, patient, viewer_id),
        short_words(hit.message.at, time_zone=patient.time_zone, at=at),
        hit.message.kind is MessageKind.NOTE,
        hit.excerpt,
    )
