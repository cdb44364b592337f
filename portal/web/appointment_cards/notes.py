"""The card of an appointment's page: notes."""

from dataclasses import dataclass

from portal.web.appointment_cards.facts import Facts


@dataclass(frozen=True, slots=True)
class NotesCard:
    """Texts are ready; the template only places them."""


def notes_card(facts: Facts) -> NotesCard | None:
    """None when there is nothing to say."""
    del facts
    return None
