"""The card of an appointment's page: companion."""

from dataclasses import dataclass

from portal.web.appointment_cards.facts import Facts


@dataclass(frozen=True, slots=True)
class CompanionCard:
    """Texts are ready; the template only places them."""


def companion_card(facts: Facts) -> CompanionCard | None:
    """None when there is nothing to say."""
    del facts
    return None
