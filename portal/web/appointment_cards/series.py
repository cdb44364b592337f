"""The card of an appointment's page: the series of which it is one date."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.scheduling.series.recurrence_text import parse
from portal.web import dates
from portal.web.appointment_cards.facts import Facts
from portal.web.recurrence_words import rule_words
from portal.web.typography import first_up


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """Texts are ready; the template only places them."""

    series_id: UUID
    words: str
    """`Tous les lundis et jeudis, jusqu’au 20 décembre`."""


def series_card(facts: Facts) -> SeriesCard | None:
    """None for a visit that takes place once."""
    series = facts.details.series
    if series is None:
        return None
    today = dates.local(facts.at, facts.patient.time_zone).date()
    words = rule_words(parse(series.rrule), first_day=_rule_day(facts, today), today=today)
    return SeriesCard(series.id, first_up(words))


def _rule_day(facts: Facts, today: date) -> date:
    """A day of the rule: what it does not say itself, its days have in common."""
    start = facts.row.recurrence_start
    return dates.local(start, facts.row.time_zone).date() if start else today
