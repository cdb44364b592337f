"""The card of an appointment's page: answer."""

from dataclasses import dataclass

from portal.web.appointment_cards.facts import Facts


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """Texts are ready; the template only places them."""


def answer_card(facts: Facts) -> AnswerCard | None:
    """None when there is nothing to say."""
    del facts
    return None
