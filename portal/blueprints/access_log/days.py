"""Lines gathered as the page says them: by day, then by person and what they did."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.blueprints.access_log import words
from portal.blueprints.access_log.queries import Actor, LineRow
from portal.models.audit import Capacity


@dataclass(slots=True)
class Entry:
    """What one person did in one day, as one thing: the reads together, the refusals together."""

    actor: Actor
    capacity: Capacity
    kind: str
    sequence: int
    """Of its last line: what a question is about."""
    at: datetime
    """When it was done last, at the patient's place."""
    count: int = 0
    parts: list[str] = field(default_factory=list)
    emergency_reason: str = ""
    question_id: UUID | None = None
    asked_at: datetime | None = None
    is_answered: bool = False

    @property
    def is_emergency(self) -> bool:
        return self.capacity is Capacity.EMERGENCY

    def add(self, row: LineRow) -> None:
        self.count += 1
        part = words.part(row.category, row.action)
        if part not in self.parts:
            self.parts.append(part)
        self.emergency_reason = self.emergency_reason or row.emergency_reason or ""
        if self.question_id is None and row.question_id is not None:
            self.question_id, self.asked_at = row.question_id, row.asked_at
            self.is_answered = row.answered_at is not None


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    entries: list[Entry]


def whole_days(rows: Sequence[LineRow], *, limit: int, zone: ZoneInfo) -> list[LineRow]:
    """The rows of one page of at most `limit`, read with one more.

    A day that goes on beyond the page is left to the next one, so that nobody stands twice in
    it; unless the page holds nothing else.
    """
    if len(rows) <= limit:
        return list(rows)
    days = [row.at.astimezone(zone).date() for row in rows]
    end = limit
    while end and days[end - 1] == days[limit]:
        end -= 1
    return list(rows[: end or limit])


def days_of(rows: Sequence[LineRow], *, zone: ZoneInfo) -> list[Day]:
    """The newest day first; in it people in the order of the last thing that they did."""
    days: dict[date, dict[UUID, dict[tuple[Capacity, str], Entry]]] = {}
    for row in rows:
        at = row.at.astimezone(zone)
        kind = words.kind_of(row.category, row.action, row.decision)
        of_person = days.setdefault(at.date(), {}).setdefault(row.actor.id, {})
        entry = of_person.setdefault(
            (row.capacity, kind), Entry(row.actor, row.capacity, kind, row.sequence, at)
        )
        entry.add(row)
    return [
        Day(day, [entry for entries in people.values() for entry in entries.values()])
        for day, people in days.items()
    ]
