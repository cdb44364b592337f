"""Dates and times in words, in the wall time of a place. Labels are computed once and kept."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name

from portal.web.i18n import current_locale, gettext, ngettext
from portal.web.typography import NBSP, typo

_KEEP = 4096


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(instant: datetime, time_zone: str) -> datetime:
    """The wall time of a place."""
    return instant.astimezone(zone(time_zone))


@lru_cache(maxsize=_KEEP)
def _formatted(day: date, pattern: str, locale: str) -> str:
    return typo(format_date(day, pattern, locale=locale), locale)


def _is_french() -> bool:
    return current_locale().startswith("fr")


def weekday_short(day: date) -> str:
    """`mar.` for Tuesday."""
    return _formatted(day, "EEE", current_locale())


def weekday(day: date) -> str:
    """`mardi` for Tuesday."""
    return _formatted(day, "EEEE", current_locale())


def day_month(day: date) -> str:
    """`24 novembre`, with the first of the month as `1er`."""
    locale = current_locale()
    text = _formatted(day, "d MMMM", locale)
    return text.replace("1 ", "1er ", 1) if day.day == 1 and _is_french() else text


def day_label(day: date, *, today: date) -> str:
    """`mardi 24 novembre`; with the year when it is not this year."""
    label = f"{weekday(day)} {day_month(day)}"
    return label if day.year == today.year else f"{label} {day.year}"


def full_day(day: date) -> str:
    """`24 novembre 2026`: with the year, always."""
    return f"{day_month(day)} {day.year}"


def partial_day(text: str) -> str:
    """A FHIR date as known: `17 mars 1945`, `mars 1945`, `1945`; left as it is when unreadable."""
    try:
        if len(text) == len("1945-03-17"):
            return full_day(date.fromisoformat(text))
        if len(text) == len("1945-03"):
            return _formatted(date.fromisoformat(f"{text}-01"), "MMMM y", current_locale())
    except ValueError:
        pass
    return text


def relative_day(day: date, *, today: date) -> str:
    """`aujourd’hui`, `demain`, or empty."""
    if day == today:
        return gettext("today")
    if day == today + timedelta(days=1):
        return gettext("tomorrow")
    if day == today - timedelta(days=1):
        return gettext("yesterday")
    return ""


def day_words(day: date, *, today: date) -> str:
    """`aujourd’hui`, `demain`, else `jeudi 3 décembre`."""
    return relative_day(day, today=today) or day_label(day, today=today)


def week_label(monday: date) -> str:
    """`23 au 29 novembre`, `30 novembre au 6 décembre`."""
    sunday = monday + timedelta(days=6)
    first = str(monday.day) if monday.month == sunday.month else day_month(monday)
    if monday.month == sunday.month and monday.day == 1 and _is_french():
        first = "1er"
    return gettext("%(first)s to %(last)s", first=first, last=day_month(sunday))


def clock(moment: datetime | time) -> str:
    """`14 h 30`, `9 h 00`: the time of an appointment."""
    if _is_french():
        return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"
    return f"{moment.hour}:{moment.minute:02d}"


def clock_short(moment: datetime | time) -> str:
    """`18 h`, `14 h 30`: a time within a sentence."""
    if moment.minute == 0 and _is_french():
        return f"{moment.hour}{NBSP}h"
    return clock(moment)


def duration(minutes: int) -> str:
    """`30 min`, `1 h 30`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    if not rest:
        return f"{hours}{NBSP}h"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}"


def time_until(instant: datetime, *, at: datetime) -> str:
    """`dans 3 heures`, `en ce moment` once begun; empty beyond half a day."""
    minutes = int((instant - at).total_seconds() // 60)
    if minutes > 12 * 60:
        return ""
    if minutes < 1:
        return gettext("now")
    if minutes < 60:
        return ngettext("in %(num)d minute", "in %(num)d minutes", minutes)
    if minutes % 60:
        return gettext("in %(duration)s", duration=duration(minutes - minutes % 5))
    return ngettext("in %(num)d hour", "in %(num)d hours", minutes // 60)


@lru_cache(maxsize=256)
def _zone_city(time_zone: str, locale: str) -> str:
    return get_timezone_name(zone(time_zone), width="long", locale=locale, return_zone=False)


def zone_note(time_zone: str, *, usual: str, instant: datetime) -> str:
    """`heure de La Réunion` when the place's clock differs from the reader's usual one."""
    if local(instant, time_zone).utcoffset() == local(instant, usual).utcoffset():
        return ""
    return _zone_city(time_zone, current_locale())


def due_label(day: date, *, today: date) -> str:
    """`au plus tard le jeudi 26 décembre`: the day itself still counts.

    With its date, always: a weekday alone is confused with that of the appointment beside it.
    """
    if day == today:
        return gettext("by today")
    return gettext("by %(day)s", day=day_label(day, today=today))
