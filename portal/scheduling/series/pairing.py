"""Which new date takes the place of which old one, when a rule changes."""

from collections.abc import Callable, Iterable
from datetime import date

_NEARNESS: tuple[Callable[[date], object], ...] = (
    lambda day: day,
    lambda day: day.isocalendar()[:2],
    lambda day: (day.year, day.month),
)


def pair(old: Iterable[date], new: Iterable[date]) -> dict[date, date]:
    """Old day → new day: the same day where there is one, else of that week, else of that month.

    So the notes and answers of a date stay with the visit that takes its place, and one
    weekday less does not push every later visit along.
    """
    old, new = sorted(old), sorted(new)
    found: dict[date, date] = {}
    for key in _NEARNESS:
        taken = set(found.values())
        free: dict[object, list[date]] = {}
        for day in new:
            if day not in taken:
                free.setdefault(key(day), []).append(day)
        for day in old:
            if day not in found and free.get(key(day)):
                found[day] = free[key(day)].pop(0)
    return found
