"""A rule of repetition in words: `tous les lundis et jeudis, jusqu’au 20 décembre`."""

from datetime import date, datetime, time, timedelta
from typing import Protocol

from portal.scheduling.series.recurrence import Frequency, Recurrence
from portal.scheduling.series.recurrence_text import parse
from portal.web import dates
from portal.web.i18n import current_locale, gettext, ngettext, pgettext

_A_MONDAY = date(2024, 1, 1)
_SHORTEST_MONTH = 28
_WORKING_DAYS = (0, 1, 2, 3, 4)
_EVERY_DAY = tuple(range(7))


class SeriesTimes(Protocol):
    """Of a series: its rule, and when its visits begin."""

    @property
    def rrule(self) -> str: ...

    @property
    def first_day(self) -> date: ...

    @property
    def at(self) -> time: ...

    @property
    def window_minutes(self) -> int | None: ...


def series_words(series: SeriesTimes, *, today: date) -> str:
    """`tous les lundis et jeudis, entre 7 h et 9 h, jusqu’au 20 décembre`."""
    rule = parse(series.rrule)
    parts = (
        often_words(rule, first_day=series.first_day),
        time_words(series.at, series.window_minutes),
        end_words(rule, today=today),
    )
    return ", ".join(part for part in parts if part)


def rule_words(rule: Recurrence, *, first_day: date, today: date) -> str:
    """Without the time: `toutes les 2 semaines, le mardi, 10 fois`."""
    parts = (often_words(rule, first_day=first_day), end_words(rule, today=today))
    return ", ".join(part for part in parts if part)


def often_words(rule: Recurrence, *, first_day: date) -> str:
    """`tous les lundis et jeudis`, `le 15 de chaque mois`."""
    if rule.frequency is Frequency.DAILY:
        return _daily(rule.interval)
    if rule.frequency is Frequency.WEEKLY:
        return _weekly(rule, rule.weekdays or (first_day.weekday(),))
    if rule.frequency is Frequency.MONTHLY:
        return _monthly(rule, first_day)
    return gettext(
        "%(often)s on %(day)s", often=_yearly(rule.interval), day=dates.day_month(first_day)
    )


def time_words(at: time, window_minutes: int | None) -> str:
    """`à 14 h 30`, `entre 7 h et 9 h`."""
    if not window_minutes:
        return gettext("at %(time)s", time=dates.clock(at))
    end = (datetime.combine(_A_MONDAY, at) + timedelta(minutes=window_minutes)).time()
    return gettext(
        "between %(start)s and %(end)s", start=dates.clock_short(at), end=dates.clock_short(end)
    )


def end_words(rule: Recurrence, *, today: date) -> str:
    """`jusqu’au 20 décembre`, `20 fois`; empty while there is no end."""
    if rule.count is not None:
        return ngettext("%(num)d time", "%(num)d times", rule.count)
    if rule.until is None:
        return ""
    until = rule.until
    day = dates.day_month(until) if until.year == today.year else dates.full_day(until)
    return gettext("until %(day)s", day=day)


def weekday_name(day: int) -> str:
    """`lundi` for 0."""
    return dates.weekday(_A_MONDAY + timedelta(days=day))


def joined(parts: list[str]) -> str:
    """`a, b et c`."""
    if len(parts) < 2:
        return "".join(parts)
    return gettext("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1])


def _daily(interval: int) -> str:
    if interval == 1:
        return gettext("every day")
    return ngettext("every %(num)d day", "every %(num)d days", interval)


def _yearly(interval: int) -> str:
    if interval == 1:
        return gettext("every year")
    return ngettext("every %(num)d year", "every %(num)d years", interval)


def _weekly(rule: Recurrence, days: tuple[int, ...]) -> str:
    if rule.interval == 1:
        if days == _EVERY_DAY:
            return gettext("every day")
        if days == _WORKING_DAYS:
            return gettext("from Monday to Friday")
        return gettext("every %(weekdays)s", weekdays=joined([_plural(day) for day in days]))
    weeks = ngettext("every %(num)d week", "every %(num)d weeks", rule.interval)
    on = joined([gettext("on %(weekday)s", weekday=weekday_name(day)) for day in days])
    return f"{weeks}, {on}"


def _monthly(rule: Recurrence, first_day: date) -> str:
    on = _days_of_month(rule, first_day)
    if rule.interval > 1:
        months = ngettext("every %(num)d month", "every %(num)d months", rule.interval)
        return f"{months}, {on}"
    if any(day > _SHORTEST_MONTH for day in rule.month_days):
        return gettext("%(on)s of the months that have it", on=on)
    return gettext("%(on)s of each month", on=on)


def _days_of_month(rule: Recurrence, first_day: date) -> str:
    if rule.ordinals:
        pairs = zip(rule.ordinals, rule.weekdays, strict=True)
        return joined([_nth_weekday(nth, day) for nth, day in pairs])
    return joined([_month_day(day) for day in rule.month_days or (first_day.day,)])


def _nth_weekday(nth: int, day: int) -> str:
    patterns = {
        1: gettext("the first %(weekday)s", weekday=weekday_name(day)),
        2: gettext("the second %(weekday)s", weekday=weekday_name(day)),
        3: gettext("the third %(weekday)s", weekday=weekday_name(day)),
        4: gettext("the fourth %(weekday)s", weekday=weekday_name(day)),
        5: gettext("the fifth %(weekday)s", weekday=weekday_name(day)),
        -1: gettext("the last %(weekday)s", weekday=weekday_name(day)),
        -2: gettext("the last %(weekday)s but one", weekday=weekday_name(day)),
    }
    if nth in patterns:
        return patterns[nth]
    return gettext(
        "the %(nth)s %(weekday)s before the end", nth=_nth(-nth), weekday=weekday_name(day)
    )


def _month_day(day: int) -> str:
    if day == -1:
        return gettext("the last day")
    if day == -2:
        return gettext("the last day but one")
    if day < 0:
        return gettext("%(num)s days before the last", num=str(-day - 1))
    return gettext("the %(day)s", day=_ordinal(day))


def _ordinal(day: int) -> str:
    """Of a day of the month: `1er` and `15`; `1st` and `15th`."""
    if current_locale().startswith("fr"):
        return "1er" if day == 1 else str(day)
    return _nth(day)


def _nth(number: int) -> str:
    """From the second on: `3e`; `3rd`."""
    if current_locale().startswith("fr"):
        return f"{number}e"
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number in (11, 12, 13) else endings.get(number % 10, 'th')}"


def _plural(day: int) -> str:
    """As in "every Monday": `lundis`."""
    names = (
        pgettext("every", "Monday"),
        pgettext("every", "Tuesday"),
        pgettext("every", "Wednesday"),
        pgettext("every", "Thursday"),
        pgettext("every", "Friday"),
        pgettext("every", "Saturday"),
        pgettext("every", "Sunday"),
    )
    return names[day]
