"""The card of an appointment's page: who did what, and when."""

from dataclasses import dataclass

from portal.web import agreement_words
from portal.web.agreement_words import Line
from portal.web.appointment_cards.facts import Facts

NEWEST = 3


@dataclass(frozen=True, slots=True)
class HistoryCard:
    """The newest first."""

    newest: list[Line]
    older: list[Line]


def history_card(facts: Facts) -> HistoryCard | None:
    """None for an appointment that nobody changed since it came."""
    found = agreement_words.lines(
        facts.details.changes,
        row=facts.row,
        patient=facts.patient,
        viewer=facts.viewer,
        companions=facts.details.companions,
    )
    return HistoryCard(found[:NEWEST], found[NEWEST:]) if found else None
