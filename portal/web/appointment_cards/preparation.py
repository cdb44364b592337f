"""The card of an appointment's page: what to prepare, what is ready, and who did it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.access.viewer import Standing
from portal.scheduling.preparation import key_of, points_of
from portal.scheduling.rows import TickRow
from portal.web import dates
from portal.web.appointment_cards.facts import Facts
from portal.web.i18n import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Point:
    """One box; `done` says who ticked it, and when."""

    key: str
    text: str
    is_done: bool
    done: str


@dataclass(frozen=True, slots=True)
class PreparationCard:
    """Boxes for who may press them; for the others the same list, to read."""

    points: list[Point]
    said: str
    has_boxes: bool


def preparation_card(facts: Facts) -> PreparationCard | None:
    """None when there is nothing to prepare."""
    has_boxes = facts.may_act and facts.visit.state in ("booked", "unanswered")
    return checklist(
        facts.row.preparation,
        facts.details.ticks,
        patient=facts.patient,
        at=facts.at,
        has_boxes=has_boxes,
    )


def checklist(
    text: str, ticks: Iterable[TickRow], *, patient: Standing, at: datetime, has_boxes: bool
) -> PreparationCard | None:
    done = {tick.line: tick for tick in ticks}
    today = dates.local(at, patient.time_zone).date()

    def words(tick: TickRow | None) -> str:
        if tick is None:
            return ""
        moment = dates.local(tick.done_at, patient.time_zone)
        return gettext(
            "Done by %(name)s, %(day)s at %(time)s",
            name=tick.given_name,
            day=dates.day_words(moment.date(), today=today),
            time=dates.clock_short(moment),
        )

    points = [
        Point(key_of(line), line, line in done, words(done.get(line))) for line in points_of(text)
    ]
    if not points:
        return None
    return PreparationCard(points, _said(points), has_boxes)


def _said(points: list[Point]) -> str:
    ready = sum(point.is_done for point in points)
    if ready == len(points):
        return gettext("Everything is ready.")
    return ngettext(
        "%(num)d point of %(all)s is ready.",
        "%(num)d points of %(all)s are ready.",
        ready,
        all=len(points),
    )
