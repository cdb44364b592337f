"""Which clock a time in somebody's calendar file is on."""

import re
from dataclasses import dataclass
from datetime import tzinfo
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_ZONE_NAME = re.compile(r"[A-Za-z0-9_+/-]{1,50}")


@dataclass(frozen=True, slots=True)
class Clock:
    """`name` is the zone in which the times are shown; `is_told`: the file names this clock."""

    zone: tzinfo
    name: str
    is_told: bool


class Zones:
    """The zones that one file names or brings; `usual` is the patient's."""

    def __init__(self, brought: dict[str, list[str]], *, told: str, usual: str) -> None:
        named = _named(told)
        self._brought = brought
        self._usual = Clock(named or ZoneInfo(usual), named.key if named else usual, bool(named))
        self._known: dict[str, Clock] = {}

    def of(self, name: str) -> Clock:
        """Of a TZID; without one, or with one that says nothing, the usual clock."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    @property
    def shown(self) -> Clock:
        """For times in UTC, and for times without a clock."""
        return self._usual

    def _find(self, name: str) -> Clock:
        zone = _named(name)
        if zone is not None:
            return Clock(zone, zone.key, is_told=True)
        brought = _built(self._brought.get(name, []))
        if brought is not None:
            return Clock(brought, self._usual.name, is_told=True)
        return self._usual


def _named(name: str) -> ZoneInfo | None:
    """`Europe/Paris`, `Romance Standard Time`, `/some.maker/Europe/Paris`."""
    parts = name.strip('" ').strip("/").split("/")[:8]
    for start in range(len(parts) if "/" in name else 1):
        told = WINDOWS_TO_OLSON.get("/".join(parts[start:]), "/".join(parts[start:]))
        if found := _iana(told):
            return found
    return None


def _iana(name: str) -> ZoneInfo | None:
    if not _ZONE_NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _built(lines: list[str]) -> tzinfo | None:
    """From the rules that the file brings; none when they cannot be followed."""
    if not lines:
        return None
    try:
        component = cast(Timezone, Timezone.from_ical("\r\n".join(lines)))
        # Only now, for its makers want a name: while parsing it would be remembered by it.
        component["TZID"] = "file"
        built: tzinfo = component.to_tz(lookup_tzid=False)
    except Exception:  # a stranger's rules, and each of their mistakes has its own
        return None
    return built
