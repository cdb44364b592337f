"""A calendar file (RFC 5545) that somebody sent: which appointments it tells, never trusting it.

Nothing of it is stored here, and no text of it is anything but text.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event
from icalendar.prop import vDDDLists, vRecur

from portal.scheduling.calendar_files.rules import (
    MOST_DATES,
    MOST_RULES,
    Dates,
    UnreadableRuleError,
    dates_of_rule,
    instant_of,
)
from portal.scheduling.calendar_files.text import CalendarRefusedError, Refusal, calendar_text
from portal.scheduling.calendar_files.times import (
    YEARS,
    ends_of,
    is_naive,
    moment_of,
    value_of,
    wall_of,
)
from portal.scheduling.calendar_files.words import first, https_only, maker_of, one_line, paragraphs
from portal.scheduling.calendar_files.zones import Clock, Zones

MOST_VISITS = 100
"""Shown and kept at a time: a person looks at each."""


@dataclass(frozen=True, slots=True)
class FileVisit:
    """One visit that the file tells: for itself, or as one date of a rule."""

    key: str
    """The UID, and for a date of a rule where the rule puts it: `UID 20261203T080000Z`."""
    revision: str
    """SEQUENCE and stamp; of two, the greater one is newer."""
    title: str
    starts_at: datetime
    ends_at: datetime | None
    time_zone: str
    is_all_day: bool
    is_floating: bool
    """The file does not say on which clock: the patient's is taken."""
    is_cancelled: bool
    sender: str
    place: str
    instructions: str
    video_url: str

    @property
    def is_window(self) -> bool:
        """A day without a time: some time on that day."""
        return self.is_all_day and self.ends_at is not None and self._is_one_day(self.ends_at)

    def _is_one_day(self, ends_at: datetime) -> bool:
        return ends_at - self.starts_at < timedelta(days=1, hours=2)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    visits: list[FileVisit]
    """Soonest first."""
    unread: int = 0
    """Events without a date that can be read."""
    goes_on: bool = False
    """There are more dates than those written out."""


@dataclass(slots=True)
class _Reading:
    zones: Zones
    maker: str
    is_cancelling: bool
    at: datetime
    rules: int = 0
    unread: int = 0
    goes_on: bool = False


def read_calendar(content: bytes, *, time_zone: str, at: datetime) -> CalendarFile:
    """Raises `CalendarRefusedError`; `time_zone` is the patient's."""
    text = calendar_text(content)
    try:
        calendar = Calendar.from_ical("\r\n".join(text.lines))
    except (ValueError, IndexError, KeyError):
        raise CalendarRefusedError(Refusal.UNREADABLE) from None
    told = one_line(calendar.get("X-WR-TIMEZONE"), 50)
    reading = _Reading(
        zones=Zones(text.zones, told=told, usual=time_zone),
        maker=one_line(maker_of(str(first(calendar.get("PRODID")) or "")), 200),
        is_cancelling=_word(calendar.get("METHOD")) == "CANCEL",
        at=at,
    )
    events = [event for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    visits = _all_visits(reading, events)
    if not visits:
        raise CalendarRefusedError(Refusal.NO_DATES if reading.unread else Refusal.OVER)
    goes_on = reading.goes_on or len(visits) > MOST_VISITS
    return CalendarFile(visits[:MOST_VISITS], reading.unread, goes_on)


def _all_visits(reading: _Reading, events: list[Event]) -> list[FileVisit]:
    """Soonest first; an exception of a rule stands for the date that it moves."""
    alone = [event for event in events if "RECURRENCE-ID" not in event]
    moved = [event for event in events if "RECURRENCE-ID" in event]
    found = _newest(visit for event in alone for visit in _visits(reading, event))
    found |= _newest(visit for event in moved for visit in _exceptions(reading, event))
    return sorted(found.values(), key=lambda visit: (visit.starts_at, visit.key))


def _newest(visits: Iterable[FileVisit]) -> dict[str, FileVisit]:
    """One of each key."""
    found: dict[str, FileVisit] = {}
    for visit in visits:
        known = found.get(visit.key)
        if known is None or visit.revision >= known.revision:
            found[visit.key] = visit
    return found


def _visits(reading: _Reading, event: Event) -> Iterator[FileVisit]:
    starts = moment_of(event.get("DTSTART"))
    if starts is None or starts.year not in YEARS:
        reading.unread += 1
        return
    visit = _visit(reading, event, starts)
    is_rule = value_of(event, "RRULE", vRecur) is not None or "RDATE" in event
    if not is_rule or visit.is_cancelled:
        yield visit
        return
    clock, wall = wall_of(reading.zones, event.get("DTSTART"), starts)
    yield from _repeated(reading, event, visit, wall, clock)


def _exceptions(reading: _Reading, event: Event) -> Iterator[FileVisit]:
    starts, told = moment_of(event.get("DTSTART")), event.get("RECURRENCE-ID")
    moment = moment_of(told)
    if starts is None or moment is None or {starts.year, moment.year} - set(YEARS):
        reading.unread += 1
        return
    visit = _visit(reading, event, starts)
    clock, wall = wall_of(reading.zones, told, moment)
    yield replace(visit, key=_key_of(visit.key, instant_of(wall, clock.zone)))


def _repeated(
    reading: _Reading, event: Event, visit: FileVisit, wall: datetime, clock: Clock
) -> Iterator[FileVisit]:
    dates = _dates(reading, event, wall, clock)
    left_out = set(_listed(reading, event, "EXDATE"))
    reading.goes_on |= dates.goes_on
    extra = _to_come(_listed(reading, event, "RDATE"), reading.at)
    instants = {instant_of(one, clock.zone) for one in dates.times}
    for instant in sorted({*instants, *extra, *_to_come(left_out, reading.at)}):
        ends = _same_end(visit, instant, clock)
        if (ends or instant + timedelta(hours=1)) < reading.at:
            continue
        yield replace(
            visit,
            key=_key_of(visit.key, instant),
            starts_at=instant,
            ends_at=ends,
            is_cancelled=instant in left_out,
        )


def _to_come(instants: Iterable[datetime], at: datetime) -> list[datetime]:
    return sorted(one for one in instants if one >= at)[:MOST_DATES]


def _same_end(visit: FileVisit, instant: datetime, clock: Clock) -> datetime | None:
    """As much later; of days without a time as many days later, by the clock on the wall."""
    if visit.ends_at is None or not visit.is_all_day:
        return instant + (visit.ends_at - visit.starts_at) if visit.ends_at else None
    starts = visit.starts_at.astimezone(clock.zone).date()
    ends = visit.ends_at.astimezone(clock.zone)
    day = instant.astimezone(clock.zone).date() + (ends.date() - starts)
    return instant_of(datetime.combine(day, ends.time()), clock.zone)


def _dates(reading: _Reading, event: Event, wall: datetime, clock: Clock) -> Dates:
    rule = value_of(event, "RRULE", vRecur)
    reading.rules += rule is not None
    if rule is None or reading.rules > MOST_RULES:
        return Dates([wall], goes_on=rule is not None)
    try:
        return dates_of_rule(rule.to_ical().decode(), wall, zone=clock.zone, at=reading.at)
    except UnreadableRuleError:
        return Dates([wall], goes_on=True)


def _listed(reading: _Reading, event: Event, name: str) -> list[datetime]:
    """The instants of EXDATE or RDATE."""
    told = event.get(name)
    found = []
    for one in told if isinstance(told, list) else [told]:
        for item in one.dts if isinstance(one, vDDDLists) else []:
            moment = item.dt
            if isinstance(moment, date) and moment.year in YEARS:
                clock, wall = wall_of(reading.zones, one, moment)
                found.append(instant_of(wall, clock.zone))
    return found[:366]


def _visit(reading: _Reading, event: Event, starts: date) -> FileVisit:
    clock, wall = wall_of(reading.zones, event.get("DTSTART"), starts)
    title = one_line(event.get("SUMMARY"), 300)
    starts_at = instant_of(wall, clock.zone)
    organizer = first(event.get("ORGANIZER"))
    named = one_line(getattr(organizer, "params", {}).get("CN", ""), 200)
    return FileVisit(
        key=_uid(event, title, starts_at),
        revision=_revision(event),
        title=title,
        starts_at=starts_at,
        ends_at=ends_of(reading.zones, event, starts, clock, wall),
        time_zone=clock.name,
        is_all_day=not isinstance(starts, datetime),
        is_floating=not clock.is_told and is_naive(starts),
        is_cancelled=reading.is_cancelling or _word(event.get("STATUS")) == "CANCELLED",
        sender=named or reading.maker,
        place=one_line(event.get("LOCATION"), 300),
        instructions=_instructions(event),
        video_url=https_only(event.get("CONFERENCE"), 500),
    )


def _instructions(event: Event) -> str:
    told = event.get("DESCRIPTION") or event.get("X-ALT-DESC")
    link = https_only(event.get("URL"), 500)
    text = paragraphs(told, 4000 - len(link) - 1)
    return f"{text}\n{link}".strip() if link not in text else text


def _uid(event: Event, title: str, starts_at: datetime) -> str:
    told = "".join(one_line(event.get("UID"), 20_000).split())
    if told and len(told) <= 200:
        return told
    long = told or f"{title} {starts_at.isoformat()}"
    return f"sha256:{hashlib.sha256(long.encode()).hexdigest()}"


def _key_of(uid: str, instant: datetime) -> str:
    return f"{uid} {instant:%Y%m%dT%H%M%SZ}"


def _revision(event: Event) -> str:
    sequence = first(event.get("SEQUENCE"))
    number = sequence if isinstance(sequence, int) and 0 <= sequence < 10**9 else 0
    stamps = [moment_of(event.get(name)) for name in ("DTSTAMP", "LAST-MODIFIED")]
    told = [one.astimezone(UTC) for one in stamps if isinstance(one, datetime) and one.tzinfo]
    return f"{number:09d} {max(told):%Y%m%dT%H%M%SZ}" if told else f"{number:09d}"


def _word(value: Any) -> str:
    return one_line(value, 40).upper()
