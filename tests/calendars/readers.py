"""Two programs that read calendars, neither of them ours, and what both must see."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from portal.scheduling.calendar.events import Event
from portal.scheduling.calendar.writing import _text
from tests.conftest import IS_CI

PACKAGE = Path(
    os.environ.get("PORTAL_TEST_ICAL_JS", Path(sys.prefix) / "node" / "node_modules" / "ical.js")
)
Seen = Counter[tuple[object, ...]]


class IcalJs:
    """Mozilla's reader, in a process of its own; it answers one calendar after the other."""

    def __init__(self, node: str) -> None:
        script = Path(__file__).with_name("read_with_ical_js.cjs")
        self._process = subprocess.Popen(
            [node, script, PACKAGE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def read(self, calendar: bytes) -> list[dict[str, Any]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(calendar.decode()) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        found: list[dict[str, Any]] = answer["events"]
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)


def ical_js() -> Iterator[IcalJs]:
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None or not (PACKAGE / "package.json").exists():
        missing = f"ical.js was not tried: node, or {PACKAGE}, is missing"
        if IS_CI:
            pytest.fail(missing)
        pytest.skip(missing)
    reader = IcalJs(node)
    yield reader
    reader.close()


def seen_by_ical_js(reader: IcalJs, calendar: bytes) -> Seen:
    return Counter(_of_ical_js(one) for one in reader.read(calendar))


def seen_by_icalendar(calendar: bytes) -> Seen:
    """With the occurrences that recurring-ical-events finds in the rules."""
    read = icalendar.Calendar.from_ical(calendar)
    found = recurring_ical_events.of(read).between(date(2024, 1, 1), date(2030, 1, 1))
    return Counter(_of_icalendar(one) for one in found)


def meant(events: list[Event]) -> Seen:
    """What somebody who looks at these visits should see."""
    return Counter(_of_event(one) for one in events)


def _of_event(event: Event) -> tuple[object, ...]:
    zone = ZoneInfo(event.time_zone)
    start, end = event.starts_at, event.ends_at or event.starts_at
    texts = tuple(
        _text(one) for one in (event.said.summary, event.said.location, event.said.description)
    )
    if event.is_stay:
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        return (str(first), str(last + timedelta(days=1)), event.state.value, *texts)
    return (int(start.timestamp()), int(end.timestamp()), event.state.value, *texts)


def _of_ical_js(found: dict[str, Any]) -> tuple[object, ...]:
    texts = (found["summary"], found["location"], found["description"])
    return (found["start"], found["end"], found["status"], *texts)


def _of_icalendar(found: icalendar.Event) -> tuple[object, ...]:
    start, end = found.start, found.end
    texts = tuple(str(found.get(name, "")) for name in ("SUMMARY", "LOCATION", "DESCRIPTION"))
    if isinstance(start, datetime):
        assert isinstance(end, datetime)
        # In UTC: of two times in one zone Python counts the difference on the clock.
        seconds = [int(one.astimezone(UTC).timestamp()) for one in (start, end)]
        return (*seconds, str(found["STATUS"]), *texts)
    return (str(start), str(end), str(found["STATUS"]), *texts)
