"""What a page says of a series and of its dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.access.viewer import Standing
from portal.models.directory import Gender
from portal.scheduling.series.reading import SeriesDate, SeriesShown
from portal.web import dates, labels
from portal.web.i18n import gettext
from portal.web.recurrence_words import series_words
from portal.web.typography import first_up
from portal.web.visits import short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesCard:
    """Texts are ready; the template only places them."""

    id: UUID
    title: str
    words: str
    """`tous les lundis et jeudis, entre 7 h et 9 h, jusqu’au 20 décembre`."""
    skips_holidays: bool
    kind: str
    kind_label: str
    who: str
    place: str
    duration: str
    zone_note: str
    version: int
    can_take_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """One date: when it is, and where the rule would have it if that is elsewhere."""

    id: UUID
    day: str
    """`Lundi 7 décembre`."""
    time: str
    is_cancelled: bool
    was: str
    """`mardi 15 décembre à 8 h`, of one that was moved."""


def series_card(row: SeriesShown, *, patient: Standing, at: datetime, today: date) -> SeriesCard:
    return SeriesCard(
        id=row.id,
        title=row.title,
        words=series_words(row, today=today),
        skips_holidays=row.skips_holidays,
        kind=labels.KIND_GROUPS[row.kind],
        kind_label=labels.appointment_kind(row.kind),
        who=_who(row),
        place=row.place or row.organization_name or "",
        duration=dates.duration(row.duration_minutes) if row.duration_minutes else "",
        zone_note=dates.zone_note(row.time_zone, usual=patient.time_zone, instant=at),
        version=row.version,
        can_take_back=bool(row.ended_rrule),
    )


def date_lines(rows: Iterable[SeriesDate], *, time_zone: str, today: date) -> list[DateLine]:
    return [_line(row, time_zone, today) for row in rows]


def _line(row: SeriesDate, time_zone: str, today: date) -> DateLine:
    start = dates.local(row.starts_at, time_zone)
    return DateLine(
        id=row.id,
        day=first_up(dates.day_label(start.date(), today=today)),
        time=_time(row, start, time_zone),
        is_cancelled=row.is_cancelled,
        was=_was(row, time_zone, today) if row.is_moved else "",
    )


def _was(row: SeriesDate, time_zone: str, today: date) -> str:
    start = dates.local(row.recurrence_start, time_zone)
    return gettext(
        "%(day)s at %(time)s",
        day=dates.day_label(start.date(), today=today),
        time=dates.clock_short(start),
    )


def _time(row: SeriesDate, start: datetime, time_zone: str) -> str:
    """`8 h 00`, or the window."""
    if not row.is_window or row.ends_at is None:
        return dates.clock(start)
    return gettext(
        "between %(start)s and %(end)s",
        start=dates.clock_short(start),
        end=dates.clock_short(dates.local(row.ends_at, time_zone)),
    )


def _who(row: SeriesShown) -> str:
    name = ""
    if row.family_name is not None:
        name = short_name(row.prefix or "", row.given_name or "", row.family_name)
    trade = labels.profession(
        row.profession or "", row.profession_text or "", row.gender or Gender.UNKNOWN
    )
    first = ", ".join(part for part in (name, trade if name else "") if part)
    return "; ".join(part for part in (first, row.performer_text) if part)
