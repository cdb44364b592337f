"""The card of an appointment's page: booking."""

from dataclasses import dataclass

from portal.web.appointment_cards.facts import Facts


@dataclass(frozen=True, slots=True)
class BookingCard:
    """Texts are ready; the template only places them."""


def booking_card(facts: Facts) -> BookingCard | None:
    """None when there is nothing to say."""
    del facts
    return None
