"""What a letter is made of: its words, and the values that it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.web import dates
from portal.web.i18n import gettext


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a letter between its greeting and its closing line."""

    subject: str
    paragraphs: tuple[str, ...]
    label: str
    """Of the one link."""
    path: str


@dataclass(frozen=True, slots=True)
class Facts:
    values: Mapping[str, str]
    time_zone: str
    """Of the reader."""
    usual_time_zone: str
    """Of the installation."""

    def moment(self, name: str) -> str:
        """`22 novembre 2026 à 14 h 30`; with the name of the clock when it is not the usual one."""
        instant = datetime.fromisoformat(self.values[name])
        local = dates.local(instant, self.time_zone)
        note = dates.zone_note(self.time_zone, usual=self.usual_time_zone, instant=instant)
        time = f"{dates.clock(local)} ({note})" if note else dates.clock(local)
        return gettext("%(day)s at %(time)s", day=dates.full_day(local.date()), time=time)
