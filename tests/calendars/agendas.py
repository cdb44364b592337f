"""Agendas that nobody would think of: series with exceptions, around the nights of the clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from portal.scheduling.calendar.events import Event, Rule, Said, State

ZONES = (
    "Europe/Paris",
    "Europe/Paris",
    "America/Miquelon",
    "Indian/Reunion",
    "Pacific/Marquesas",
    "Pacific/Wallis",
    "America/Cayenne",
    "Africa/Casablanca",
)
# The clocks of Paris and Miquelon change in March, October and November.
FIRST_DAYS = st.dates(date(2026, 2, 15), date(2027, 4, 15))
TIMES = st.sampled_from(
    [time(0, 0), time(1, 30), time(2, 0), time(2, 30), time(3, 0), time(9, 15), time(23, 45)]
)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=120
) | st.sampled_from(
    [
        "Pansement, jambe gauche; à jeun\\n",
        "é" * 90,
        "👩‍⚕️" * 30,
        "BEGIN:VEVENT\r\nSUMMARY:x",
        "a\nEND:VCALENDAR",
        'ALTREP="x":y^n',
        "\u2028ligne\x85autre\x0bencore",
    ]
)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NAMESPACE = UUID(int=1)
CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Agenda:
    events: list[Event]
    rules: dict[UUID, Rule]


@dataclass(frozen=True)
class Pattern:
    """A rule, and the same said as a question to each day."""

    rrule: str
    first_day: date
    interval: int
    weekdays: frozenset[int]
    frequency: str

    def has(self, day: date) -> bool:
        since = (day - self.first_day).days
        if self.frequency == "DAILY":
            return since % self.interval == 0
        if self.frequency == "WEEKLY":
            monday = self.first_day - timedelta(days=self.first_day.weekday())
            return (day - monday).days // 7 % self.interval == 0 and day.weekday() in self.weekdays
        if self.frequency == "NTH":
            same = day.weekday() == self.first_day.weekday()
            return same and (day.day - 1) // 7 == (self.first_day.day - 1) // 7
        return day.day == self.first_day.day

    def days(self, length: int) -> Iterator[date]:
        for number in range(length):
            day = self.first_day + timedelta(days=number)
            if self.has(day):
                yield day


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    first, interval = draw(FIRST_DAYS), draw(st.integers(1, 3))
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "NTH"]))
    weekdays = draw(st.frozensets(st.integers(0, 6), max_size=3)) | {first.weekday()}
    rrule = {
        "DAILY": f"FREQ=DAILY;INTERVAL={interval}",
        "WEEKLY": f"FREQ=WEEKLY;INTERVAL={interval};BYDAY="
        + ",".join(DAYS[one] for one in sorted(weekdays)),
        "MONTHLY": "FREQ=MONTHLY",
        "NTH": f"FREQ=MONTHLY;BYDAY={(first.day - 1) // 7 + 1}{DAYS[first.weekday()]}",
    }[frequency]
    end = draw(st.sampled_from(["", ";COUNT=400", ";UNTIL=20290101"]))
    return Pattern(rrule + end, first, interval, frozenset(weekdays), frequency)


@st.composite
def said(draw: st.DrawFn) -> Said:
    return Said(
        summary=draw(TEXTS).strip() or "x",
        location=draw(st.just("") | TEXTS),
        description=draw(st.just("") | TEXTS),
    )


@st.composite
def series(draw: st.DrawFn, number: int) -> tuple[UUID, Rule, list[Event]]:
    pattern, zone = draw(patterns()), draw(st.sampled_from(ZONES))
    at, series_id = draw(TIMES), uuid5(NAMESPACE, f"series {number}")
    minutes = draw(st.sampled_from([None, 30, 120, 300]))
    usual = draw(said())
    rule = Rule(
        uid=f"series-{number}",
        rrule=pattern.rrule,
        at=at.isoformat(),
        time_zone=zone,
        version=draw(st.integers(1, 5)),
        changed_at=CHANGED,
    )
    events = []
    # Only some days are written out: a window in the life of the rule.
    skipped = draw(st.integers(0, 5))
    for place, day in enumerate(list(pattern.days(draw(st.integers(10, 200))))[skipped:]):
        # An hour that the clock skips is that much later (RFC 5545, 3.3.5).
        start = datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        event = Event(
            uid=f"{number}-{place}",
            version=1,
            state=State.CONFIRMED,
            starts_at=start,
            ends_at=start + timedelta(minutes=minutes) if minutes else None,
            time_zone=zone,
            said=usual,
            changed_at=CHANGED,
            series_id=series_id,
            recurrence_start=start,
        )
        changed = draw(_changes(event))
        events += [changed] if changed is not None else []
    return series_id, rule, events


@st.composite
def _changes(draw: st.DrawFn, event: Event) -> Event | None:
    """Mostly none; else moved, cancelled, proposed, elsewhere, longer; none when it is hidden."""
    what = draw(st.sampled_from(["same"] * 14 + ["move", "cancel", "ask", "place", "zone", "hide"]))
    by = timedelta(minutes=draw(st.integers(-3000, 3000))) if what == "move" else timedelta(0)
    changes = {
        "same": {},
        "move": {
            "starts_at": event.starts_at + by,
            "ends_at": event.ends_at + by if event.ends_at else None,
        },
        "cancel": {"state": State.CANCELLED},
        "ask": {"state": State.TENTATIVE},
        "place": {"said": replace(event.said, location="Ailleurs")},
        "zone": {"time_zone": "Indian/Mayotte"},
        "hide": None,
    }[what]
    return None if changes is None else replace(event, version=2 if changes else 1, **changes)


@st.composite
def visits(draw: st.DrawFn, number: int) -> Event:
    zone = draw(st.sampled_from(ZONES))
    wall = datetime.combine(draw(FIRST_DAYS), draw(TIMES), tzinfo=ZoneInfo(zone))
    start = wall.replace(fold=draw(st.integers(0, 1))).astimezone(UTC)
    length = draw(st.sampled_from([None, 0, 45, 24 * 60, 9 * 24 * 60]))
    return Event(
        uid=f"visit-{number}",
        version=draw(st.integers(1, 9)),
        state=draw(st.sampled_from(State)),
        starts_at=start,
        ends_at=None if length is None else start + timedelta(minutes=length),
        time_zone=zone,
        is_stay=length is not None and length >= 24 * 60,
        said=draw(said()),
        changed_at=CHANGED,
    )


@st.composite
def agendas(draw: st.DrawFn) -> Agenda:
    found = [draw(visits(number)) for number in range(draw(st.integers(0, 4)))]
    rules = {}
    for number in range(draw(st.integers(0, 2))):
        series_id, rule, events = draw(series(number))
        rules[series_id] = rule
        found += events
    return Agenda(found, rules)
