"""The card of an appointment's page: history."""

from dataclasses import dataclass

from portal.web.appointment_cards.facts import Facts


@dataclass(frozen=True, slots=True)
class HistoryCard:
    """Texts are ready; the template only places them."""


def history_card(facts: Facts) -> HistoryCard | None:
    """None when there is nothing to say."""
    del facts
    return None
