"""What is said before somebody writes: who reads it, by when it is answered, who left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.access.viewer import Standing
from portal.messaging.conversations import ThreadRow
from portal.messaging.family import FamilyReader
from portal.messaging.recipients import Recipients
from portal.models.messaging import ThreadState
from portal.web.exchange.reading import names_in_words
from portal.web.exchange.recipient_cards import RecipientCard, recipient_card
from portal.web.i18n import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Hints:
    """Beside the field of a conversation that goes on."""

    recipient: RecipientCard | None
    """None when nobody reads there any more."""
    promise: str
    others: list[RecipientCard]
    """To whom one can write instead, when nobody reads there."""


def hints_of(
    thread: ThreadRow, recipients: Recipients, *, patient: Standing, at: datetime
) -> Hints:
    row = recipients.find(thread.member_id)
    if row is None or not row.can_be_written_to:
        others = [
            recipient_card(one, recipients, time_zone=patient.time_zone, at=at)
            for one in recipients.rows
            if one.can_be_written_to
        ]
        return Hints(None, "", others)
    card = recipient_card(row, recipients, time_zone=patient.time_zone, at=at)
    # While an answer is owed, that promise holds for what is added.
    promise = "" if thread.state is ThreadState.WAITING else card.promise
    return Hints(card, promise, [])


def readers_words(family: Sequence[FamilyReader], viewer_id: UUID) -> str:
    """`Jeanne lit aussi.`, for the one who writes."""
    names = [one.given_name for one in family if one.user_id != viewer_id]
    if not names:
        return gettext("Nobody else of the family reads it.")
    return ngettext(
        "%(names)s reads it too.", "%(names)s read it too.", len(names), names=names_in_words(names)
    )
