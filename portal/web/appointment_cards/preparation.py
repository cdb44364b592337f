"""The card of an appointment's page: preparation."""

from dataclasses import dataclass

from portal.web.appointment_cards.facts import Facts


@dataclass(frozen=True, slots=True)
class PreparationCard:
    """Texts are ready; the template only places them."""


def preparation_card(facts: Facts) -> PreparationCard | None:
    """None when there is nothing to say."""
    del facts
    return None
