"""Weekly hours in words, as they are read aloud: `Du lundi au vendredi, 9 h–12 h`."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any

from portal.teams.availability import DAYS
from portal.web.dates import clock_short, weekday
from portal.web.i18n import gettext
from portal.web.typography import first_up

_A_MONDAY = date(2024, 1, 1)
_EVERY_DAY = (tuple(range(len(DAYS))),)
_WHOLE_DAY = ("00:00", "23:59")


def hours_in_words(hours: Sequence[dict[str, Any]]) -> list[str]:
    """One line for the days that have the same hours, from Monday; empty when none are known."""
    spans_of: dict[int, list[tuple[str, str]]] = {}
    for line in hours:
        for day in line["days"]:
            spans_of.setdefault(DAYS.index(day), []).append((line["from"], line["to"]))
    days_of: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for day in sorted(spans_of):
        days_of.setdefault(tuple(sorted(set(spans_of[day]))), []).append(day)
    return [f"{first_up(_days(days))}, {_spans(spans)}" for spans, days in days_of.items()]


def day_name(code: str) -> str:
    """`lundi` for `mon`."""
    return _weekday(DAYS.index(code))


def _weekday(day: int) -> str:
    return weekday(_A_MONDAY + timedelta(days=day))


def _days(days: Sequence[int]) -> str:
    """`du lundi au vendredi`, `le samedi`, `tous les jours`."""
    runs = tuple(_runs(days))
    if runs == _EVERY_DAY:
        return gettext("every day")
    return _joined([words for run in runs for words in _run(run)])


def _run(run: Sequence[int]) -> list[str]:
    """Three days in a row are said by the first and the last."""
    if len(run) > 2:
        first, last = _weekday(run[0]), _weekday(run[-1])
        return [gettext("from %(first)s to %(last)s", first=first, last=last)]
    return [gettext("on %(weekday)s", weekday=_weekday(day)) for day in run]


def _runs(days: Iterable[int]) -> Iterable[tuple[int, ...]]:
    run: tuple[int, ...] = ()
    for day in days:
        if run and day != run[-1] + 1:
            yield run
            run = ()
        run += (day,)
    yield run


def _spans(spans: Sequence[tuple[str, str]]) -> str:
    return _joined([_span(*span) for span in spans])


def _span(start: str, end: str) -> str:
    if (start, end) == _WHOLE_DAY:
        return gettext("day and night")
    is_next_day = end <= start
    # The end of the day is written 23:59 where 24 h is meant.
    until = time.min if end == _WHOLE_DAY[1] else time.fromisoformat(end)
    words = f"{clock_short(time.fromisoformat(start))}–{clock_short(until)}"
    return gettext("%(span)s the next day", span=words) if is_next_day else words


def _joined(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return gettext("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1])
