"""Instants of conversations in words, in the wall time of the file."""

from datetime import date, datetime, timedelta

from portal.web import dates
from portal.web.i18n import gettext

_A_WEEK = timedelta(days=7)


def due_words(due: datetime, *, time_zone: str, at: datetime) -> str:
    """`aujourd’hui 18 h`, `mardi 18 h`, `mardi 8 décembre 18 h`: after « avant »."""
    wall, today = dates.local(due, time_zone), dates.local(at, time_zone).date()
    day = dates.relative_day(wall.date(), today=today)
    if not day or wall.date() < today:
        is_near = today < wall.date() < today + _A_WEEK
        day = dates.weekday(wall.date()) if is_near else dates.day_label(wall.date(), today=today)
    return gettext("%(day)s, %(time)s", day=day, time=dates.clock_short(wall))


def day_words(instant: datetime, *, time_zone: str, at: datetime) -> str:
    """`aujourd’hui`, `hier`, `lundi 23 novembre`."""
    day, today = dates.local(instant, time_zone).date(), dates.local(at, time_zone).date()
    return dates.day_words(day, today=today)


def short_words(instant: datetime, *, time_zone: str, at: datetime) -> str:
    """For a row of a list: `9 h 12`, `hier`, `dim.`, `12 novembre`."""
    wall, today = dates.local(instant, time_zone), dates.local(at, time_zone).date()
    if wall.date() == today:
        return dates.clock(wall)
    if wall.date() == today - timedelta(days=1):
        return gettext("yesterday")
    if today - _A_WEEK < wall.date() < today:
        return dates.weekday_short(wall.date())
    return _short_day(wall.date(), today=today)


def _short_day(day: date, *, today: date) -> str:
    return dates.day_month(day) if day.year == today.year else dates.full_day(day)
