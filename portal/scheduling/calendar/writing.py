"""A calendar file: the same visits give the same bytes, else a phone would fetch them again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, vRecur
from icalendar import Event as Component

from portal.scheduling.calendar.events import Event, Rule, State
from portal.scheduling.calendar.repeating import Told, is_clear, tell
from portal.scheduling.calendar.zones import timezone_of, years_of

PRODUCER = "-//Relais//Agenda//FR"
REFRESH = timedelta(hours=1)
_DAY = timedelta(days=1)
# RFC 5545, 3.1: a text holds no control character; some readers end a line at these, too.
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a calendar is called, and when it rings."""

    name: str
    """Empty for a file that is no subscription."""
    time_zone: str
    """Described even in an empty calendar, which must hold something (RFC 5545, 3.6)."""
    at: datetime
    """What began before this rings no more: the beginning of a day, so that the day keeps it."""
    alarm_minutes: int | None = None


def write(events: Sequence[Event], rules: Mapping[UUID, Rule], options: Options) -> bytes:
    """All of them; the dates of a series as one where that says the same."""
    calendar = _calendar(options)
    told, alone = _grouped(events, rules)
    for name, first, last in _zones(told, alone, options):
        calendar.add_component(timezone_of(name, first=first, last=last))
    for series in told:
        _add_series(calendar, series, options)
    for one in alone:
        calendar.add_component(_component(one, options))
    written: bytes = calendar.to_ical()
    return written


def _calendar(options: Options) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if options.name:
        calendar.add("name", _text(options.name))
        calendar.add("x-wr-calname", _text(options.name))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    return calendar


def _grouped(events: Sequence[Event], rules: Mapping[UUID, Rule]) -> tuple[list[Told], list[Event]]:
    of_series: dict[UUID, list[Event]] = {}
    alone = []
    for one in events:
        if one.series_id is not None and one.series_id in rules:
            of_series.setdefault(one.series_id, []).append(one)
        else:
            alone.append(one)
    found = []
    for series_id, dates in of_series.items():
        told, others = tell(rules[series_id], dates)
        found += [told] if told is not None else []
        alone += others
    return found, alone


def _zones(
    told: Sequence[Told], alone: Sequence[Event], options: Options
) -> Iterable[tuple[str, int, int]]:
    """Every zone that occurs, with its years."""
    instants: dict[str, list[datetime]] = {options.time_zone: [options.at]}
    for event in (*alone, *_all_of(told)):
        times = instants.setdefault(event.time_zone, [])
        times += [one for one in (event.starts_at, event.ends_at) if one is not None]
    for series in told:
        instants[series.rule.time_zone] += [series.pattern.starts_at]
    for name in sorted(instants):
        first, last = years_of(instants[name]) or (options.at.year, options.at.year)
        yield name, first, last


def _all_of(told: Sequence[Told]) -> Iterable[Event]:
    for series in told:
        yield series.pattern
        yield from series.plain
        yield from (event for _wall, event in series.differing)


def _add_series(calendar: Calendar, series: Told, options: Options) -> None:
    zone = ZoneInfo(series.rule.time_zone)
    last = max(one.starts_at for one in series.plain)
    pattern = _component(series.pattern, options, last=last)
    pattern.add("rrule", vRecur.from_ical(series.rrule))
    if series.left_out:
        pattern.add("exdate", [wall.replace(tzinfo=zone) for wall in series.left_out])
    calendar.add_component(pattern)
    for wall, event in series.differing:
        changed = _component(event, options, uid=series.rule.uid)
        changed.add("recurrence-id", wall.replace(tzinfo=zone))
        calendar.add_component(changed)


def _component(
    event: Event, options: Options, *, uid: str = "", last: datetime | None = None
) -> Component:
    """`last` is the last date of a series."""
    found = Component()
    found.add("uid", uid or event.uid)
    found.add("sequence", event.version)
    found.add("status", event.state.value)
    found.add("class", "PRIVATE")
    # Without a METHOD both say when it was changed (RFC 5545, 3.8.7.2).
    found.add("dtstamp", event.changed_at)
    found.add("last-modified", event.changed_at)
    for name, when in _when(event):
        found.add(name, when)
    found.add("summary", _text(event.said.summary))
    for name in ("location", "description", "url"):
        text = getattr(event.said, name)
        if text:
            found.add(name, _text(text))
    if event.is_stay or event.state is not State.CONFIRMED:
        found.add("transp", "TRANSPARENT")
    if _rings(event, options, last=last or event.starts_at):
        found.add_component(_alarm(event, options.alarm_minutes or 0))
    return found


def _when(event: Event) -> Iterable[tuple[str, datetime | date]]:
    zone = ZoneInfo(event.time_zone)
    if event.is_stay:
        last = (event.ends_at or event.starts_at).astimezone(zone).date()
        yield "dtstart", event.starts_at.astimezone(zone).date()
        yield "dtend", last + _DAY
        return
    yield "dtstart", _moment(event.starts_at, zone)
    if event.ends_at is not None and event.ends_at > event.starts_at:
        yield "dtend", _moment(event.ends_at, zone)


def _moment(instant: datetime, zone: ZoneInfo) -> datetime:
    """In the wall time of the place; in UTC when that hour comes twice."""
    local = instant.astimezone(zone)
    return local if is_clear(local.replace(tzinfo=None), zone) else instant.astimezone(UTC)


def _rings(event: Event, options: Options, *, last: datetime) -> bool:
    """What is over rings no more: some programs would make up for it at once."""
    has_alarm = options.alarm_minutes is not None and event.state is not State.CANCELLED
    return has_alarm and last >= options.at


def _alarm(event: Event, minutes: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _text(event.said.summary))
    before = timedelta(minutes=minutes)
    if event.is_stay:
        # A whole day begins at midnight; the visit does not.
        instant = (event.starts_at - before).astimezone(UTC)
        alarm.add("trigger", instant, parameters={"VALUE": "DATE-TIME"})
    else:
        alarm.add("trigger", -before)
    return alarm


def _text(text: str) -> str:
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).strip()
