"""What was asked of an appointment, and what was answered, in words."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from portal.models.agreement import RequestKind
from portal.scheduling.requests.asking import PartOfDay
from portal.scheduling.requests.receivers import ReceiverRow
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.labels import N_

_PARTS = {
    PartOfDay.MORNING: N_("In the morning"),
    PartOfDay.AFTERNOON: N_("In the afternoon"),
    PartOfDay.EVENING: N_("In the evening"),
    PartOfDay.OTHER_DAY: N_("Another day of the week"),
}


def parts_of_day() -> list[tuple[str, str]]:
    """Code and words, in the order of the form."""
    return [(code.value, gettext(words)) for code, words in _PARTS.items()]


def wishes(parts: Iterable[str], moments: Iterable[str], *, today: date) -> list[str]:
    """`L’après-midi`, `Jeudi 3 décembre à 14 h`; what cannot be read is left out."""
    rough = [gettext(_PARTS[PartOfDay(one)]) for one in parts if one in _PARTS]
    return rough + [words for _value, words in dated(moments, today=today)]


def dated(moments: Iterable[str], *, today: date) -> list[tuple[str, str]]:
    """Each preferred moment as it is kept, and in words."""
    read = [(text, wall_time(text)) for text in moments]
    return [(text, day_and_time(wall, today=today)) for text, wall in read if wall is not None]


def still_ahead(moments: Iterable[str], *, time_zone: str, at: datetime) -> list[tuple[str, str]]:
    """The same of those that are still to come, by the clocks of the place."""
    here = dates.local(at, time_zone).replace(tzinfo=None)
    return [
        (text, words)
        for text, words in dated(moments, today=here.date())
        if text > here.isoformat()
    ]


def wall_time(text: str) -> datetime | None:
    """`2026-12-03T14:00`, without a zone."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is None else None


def day_and_time(wall: datetime, *, today: date) -> str:
    """`jeudi 3 décembre à 14 h`."""
    day = dates.day_label(wall.date(), today=today)
    return gettext("%(day)s at %(time)s", day=day, time=dates.clock_short(wall))


def span(
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    is_window: bool,
    time_zone: str,
    today: date,
) -> str:
    """The same of a window: `jeudi 3 décembre, entre 7 h et 9 h`."""
    start = dates.local(starts_at, time_zone)
    if not is_window or ends_at is None:
        return day_and_time(start, today=today)
    return gettext(
        "%(day)s, between %(start)s and %(end)s",
        day=dates.day_label(start.date(), today=today),
        start=dates.clock_short(start),
        end=dates.clock_short(dates.local(ends_at, time_zone)),
    )


def receiver_names(receivers: Sequence[ReceiverRow], *, professional: str) -> str:
    """`Nadia Belkacem`, or `Claire Morvan ou Thomas Petit`; empty when it reaches nobody.

    `professional` is their name as on the card of the appointment.
    """
    if not receivers:
        return ""
    if receivers[0].is_professional and professional:
        return professional
    names = [f"{one.given_name} {one.family_name}".strip() for one in receivers[:2]]
    if len(names) == 1:
        return names[0]
    return gettext("%(one)s or %(other)s", one=names[0], other=names[1])


def asked(kind: RequestKind, *, name: str, day: str) -> str:
    """Who asked for what, and when; `name` is empty for the reader."""
    if kind is RequestKind.CALL:
        if not name:
            return gettext("You asked for a call, on %(day)s.", day=day)
        return gettext("%(name)s asked for a call, on %(day)s.", name=name, day=day)
    if not name:
        return gettext("You asked for another time, on %(day)s.", day=day)
    return gettext("%(name)s asked for another time, on %(day)s.", name=name, day=day)
