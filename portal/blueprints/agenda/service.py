"""Weeks and days: which rows belong where, in the wall time of the patient."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.scheduling.rows import AppointmentRow

_ISO_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
YEARS = range(1900, 2200)
"""Weeks that can be asked for."""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday, somewhere."""

    monday: date
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.monday, time.min, self.zone)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.monday + timedelta(days=7), time.min, self.zone)

    def starting(self, day: date) -> datetime:
        """Midnight of a day, where the week is."""
        return datetime.combine(day, time.min, self.zone)

    @property
    def previous(self) -> "Week":
        return Week(self.monday - timedelta(days=7), self.zone)

    @property
    def following(self) -> "Week":
        return Week(self.monday + timedelta(days=7), self.zone)

    @property
    def iso(self) -> str:
        """`2026-W48`, as in the address."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"


def week_of(day: date, *, time_zone: str) -> Week:
    return Week(day - timedelta(days=day.weekday()), ZoneInfo(time_zone))


def week_from(text: str, *, time_zone: str) -> Week | None:
    """The week of an ISO 8601 name such as `2026-W48`; none when it is not one."""
    match = _ISO_WEEK.fullmatch(text)
    if match is None or int(match[1]) not in YEARS:
        return None
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        return None
    return Week(monday, ZoneInfo(time_zone))


def split_at(
    rows: Sequence[AppointmentRow], instant: datetime
) -> tuple[list[AppointmentRow], list[AppointmentRow]]:
    """Before, and from, an instant."""
    before = [row for row in rows if row.starts_at is not None and row.starts_at < instant]
    return before, list(rows[len(before) :])
