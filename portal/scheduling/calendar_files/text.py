"""The text of a calendar file (RFC 5545), cut down to what is read before any parser sees it.

Somebody sent the file: what is large, deep or not needed is gone here, one line at a time.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

MOST_BYTES = 200_000
MOST_EVENTS = 50
_MOST_LINE = 16_000
_MOST_ZONE_PARTS = 60
_BEGINNING = "BEGIN:VCALENDAR"
_FOLD = re.compile(r"\n[ \t]")
_NAME = re.compile(r"([A-Za-z0-9-]{1,40})[;:]")
_ZONE_ID = re.compile(r"(?<=;)TZID(?==)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WANTED = {
    "VCALENDAR": {"METHOD", "PRODID", "X-WR-CALNAME", "X-WR-TIMEZONE"},
    "VEVENT": {
        *("UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "LOCATION", "DESCRIPTION", "STATUS"),
        *("SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"),
        *("ORGANIZER", "URL", "CONFERENCE", "X-ALT-DESC"),
    },
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"},
}
_READ = {
    ("VCALENDAR",),
    ("VCALENDAR", "VEVENT"),
    ("VCALENDAR", "VTIMEZONE"),
    ("VCALENDAR", "VTIMEZONE", "STANDARD"),
    ("VCALENDAR", "VTIMEZONE", "DAYLIGHT"),
}
# The change of the clocks of a zone; anything else could be asked for without end.
_YEARLY = re.compile(
    r"RRULE:FREQ=YEARLY(;(INTERVAL=1|COUNT=\d{1,3}|UNTIL=\w{8,16}|BYMONTH=\d{1,2}"
    r"|BYDAY=[-+]?\d?(MO|TU|WE|TH|FR|SA|SU)|BYMONTHDAY=\d{1,2}(,\d{1,2}){0,6}|WKST=\w\w))*",
    re.IGNORECASE,
)


class Refusal(StrEnum):
    """Why nothing of a file can be kept."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_CALENDAR = "not_a_calendar"
    UNREADABLE = "unreadable"
    TOO_MANY = "too_many"
    NO_EVENTS = "no_events"
    NO_DATES = "no_dates"
    OVER = "over"


class CalendarRefusedError(Exception):
    """Nothing of the file is read; `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class CalendarText:
    """Unfolded lines of the calendar without its zones, and those of each zone that it brings."""

    lines: list[str] = field(default_factory=list)
    zones: dict[str, list[str]] = field(default_factory=dict)
    """By TZID, and without that line: parsers remember a zone by it, beyond this file."""


def calendar_text(content: bytes) -> CalendarText:
    """Raises `CalendarRefusedError`. The parameter TZID of a time is called X-TZID in it."""
    if not content.strip():
        raise CalendarRefusedError(Refusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise CalendarRefusedError(Refusal.TOO_LARGE)
    text = _decoded(content)
    if _BEGINNING not in text.upper():
        raise CalendarRefusedError(Refusal.NOT_A_CALENDAR)
    unfolded = _FOLD.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    cutter = _Cutter()
    for line in unfolded.split("\n"):
        cutter.take(_CONTROL.sub("", line[:_MOST_LINE]).strip())
    return cutter.finished()


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise CalendarRefusedError(Refusal.NOT_A_CALENDAR)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What old software writes in French hospitals.
        return content.decode("cp1252", errors="replace")


class _Cutter:
    """Takes lines in their order and keeps the wanted ones of the wanted components."""

    def __init__(self) -> None:
        self._found = CalendarText()
        self._path: list[str] = []
        self._zone: list[str] = []
        self._zone_id = ""
        self._events = self._zone_parts = 0

    def take(self, line: str) -> None:
        start, _, name = line.upper().partition(":")
        if start == "BEGIN":
            self._begin(name.strip())
        elif start == "END":
            self._end(name.strip())
        elif self._path and self._is_read():
            self._property(line)

    def finished(self) -> CalendarText:
        if self._path:
            raise CalendarRefusedError(Refusal.UNREADABLE)
        if not self._events:
            raise CalendarRefusedError(Refusal.NO_EVENTS)
        return self._found

    def _begin(self, name: str) -> None:
        self._path.append(name)
        if not self._is_read():
            return
        if name == "VEVENT":
            self._count_event()
        elif name in ("STANDARD", "DAYLIGHT"):
            self._zone_parts += 1
        if name == "VTIMEZONE":
            self._zone, self._zone_id = [], ""
        self._keep(f"BEGIN:{name}")

    def _end(self, name: str) -> None:
        if not self._path or self._path[-1] != name:
            raise CalendarRefusedError(Refusal.UNREADABLE)
        if self._is_read():
            self._keep(f"END:{name}")
            if name == "VTIMEZONE" and self._zone_id and self._zone_parts <= _MOST_ZONE_PARTS:
                self._found.zones.setdefault(self._zone_id, self._zone)
        self._path.pop()

    def _count_event(self) -> None:
        self._events += 1
        if self._events > MOST_EVENTS:
            raise CalendarRefusedError(Refusal.TOO_MANY)

    def _is_read(self) -> bool:
        return tuple(self._path) in _READ

    def _property(self, line: str) -> None:
        found = _NAME.match(line)
        if found is None or (name := found[1].upper()) not in _WANTED[self._path[-1]]:
            return
        if name == "TZID":
            self._zone_id = line.partition(":")[2].strip()
        elif name != "RRULE" or "VTIMEZONE" not in self._path or _YEARLY.fullmatch(line):
            self._keep(_ZONE_ID.sub("X-TZID", line))

    def _keep(self, line: str) -> None:
        (self._zone if "VTIMEZONE" in self._path else self._found.lines).append(line)
