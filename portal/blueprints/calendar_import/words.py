"""What a file says, what keeping it does and why it cannot be read, in the reader's words."""

from dataclasses import dataclass
from datetime import date, datetime, time

from portal.blueprints.calendar_import.offers import News, Offer
from portal.blueprints.calendar_import.queries import BatchRow, OtherRow
from portal.scheduling.calendar_files.text import MOST_BYTES, MOST_EVENTS, Refusal
from portal.scheduling.calendar_files.times import LAST_MINUTE
from portal.web import dates
from portal.web.i18n import gettext, ngettext, pgettext
from portal.web.labels import N_

MOST_KILOBYTES = MOST_BYTES // 1000
_REFUSALS = {
    Refusal.EMPTY: N_("Choose a file first"),
    Refusal.NOT_A_CALENDAR: N_("This is no calendar file. Its name ends with .ics"),
    Refusal.UNREADABLE: N_("This file is damaged. Ask the sender for it again"),
    Refusal.NO_EVENTS: N_("This file holds no appointment"),
    Refusal.NO_DATES: N_("No appointment of this file has a date that can be read"),
    Refusal.OVER: N_("All dates of this file are over"),
}
_CHANGES = {
    "title": N_("another title"),
    "place": N_("another place"),
    "instructions": N_("other instructions"),
    "video_url": N_("another video link"),
    "status": N_("it takes place after all"),
}
_TIMES = {"starts_at", "ends_at", "is_window", "time_zone"}


@dataclass(frozen=True, slots=True)
class Card:
    """One visit of the file as the agenda would say it."""

    number: int
    title: str
    day: date
    iso: str
    time: str
    zone_note: str
    last_day: date | None
    """Of what goes on over midnight."""
    sender: str
    place: str
    instructions: list[str]
    news: str
    can_be_kept: bool
    is_usual: bool
    notes: list[str]
    warnings: list[str]


def refusal_words(reason: Refusal) -> str:
    if reason is Refusal.TOO_LARGE:
        return gettext("A file of %(most)s kB at most can be read", most=MOST_KILOBYTES)
    if reason is Refusal.TOO_MANY:
        return ngettext(
            "This file holds more than %(num)d appointment. Ask for one with fewer",
            "This file holds more than %(num)d appointments. Ask for one with fewer",
            MOST_EVENTS,
        )
    return gettext(_REFUSALS[reason])


def card(number: int, offer: Offer, *, usual_zone: str, today: date) -> Card:
    visit = offer.visit
    starts = dates.local(visit.starts_at, visit.time_zone)
    ends = dates.local(visit.ends_at, visit.time_zone) if visit.ends_at else None
    return Card(
        number=number,
        title=visit.title or gettext("Appointment without a title"),
        day=starts.date(),
        iso=starts.isoformat(timespec="minutes"),
        time=_time(starts, ends, is_all_day=visit.is_all_day),
        zone_note=dates.zone_note(visit.time_zone, usual=usual_zone, instant=visit.starts_at),
        last_day=ends.date() if ends and ends.date() > starts.date() else None,
        sender=visit.sender,
        place=visit.place,
        instructions=visit.instructions.splitlines(),
        news=offer.news.value,
        can_be_kept=offer.can_be_kept,
        is_usual=offer.is_usual,
        notes=_notes(offer, today),
        warnings=[_clash(other, visit.time_zone, today) for other in offer.others],
    )


def kept_time(row: BatchRow) -> tuple[date, str]:
    """The day, and the time in words; none of whole days."""
    starts = dates.local(row.starts_at, row.time_zone)
    is_whole = (
        row.ends_at is not None and dates.local(row.ends_at, row.time_zone).time() == LAST_MINUTE
    )
    return starts.date(), "" if is_whole and starts.time() == time.min else dates.clock(starts)


def _time(starts: datetime, ends: datetime | None, *, is_all_day: bool) -> str:
    if is_all_day:
        is_one_day = ends is None or ends.date() == starts.date()
        return gettext("time not said") if is_one_day else ""
    if ends is None or ends.date() != starts.date():
        return dates.clock(starts)
    return pgettext(
        "times",
        "from %(start)s to %(end)s",
        start=dates.clock_short(starts),
        end=dates.clock_short(ends),
    )


def _notes(offer: Offer, today: date) -> list[str]:
    said = [_news(offer, today)]
    if offer.visit.is_floating and offer.can_be_kept:
        said.append(gettext("The file does not say which clock it means. We take the one at home."))
    if offer.is_over and offer.can_be_kept:
        said.append(gettext("It is over already."))
    return [one for one in said if one]


def _news(offer: Offer, today: date) -> str:
    if offer.news is News.SAME:
        return gettext("It is in the agenda already, as the file says.")
    if offer.news is News.OLDER:
        return gettext("The agenda is newer than this file: nothing changes.")
    if offer.news is News.CANCELLED:
        return gettext("The sender cancelled it. It is not in the agenda.")
    if offer.news is News.CANCELS:
        return gettext("It is in the agenda. The sender cancels it.")
    if offer.news is News.NEW:
        return ""
    said = _change_words(offer, today)
    if offer.is_by_hand:
        return gettext("Somebody changed it here since. The file says: %(changes)s.", changes=said)
    return gettext("It is in the agenda. The file says: %(changes)s.", changes=said)


def _change_words(offer: Offer, today: date) -> str:
    said = [gettext(_CHANGES[name]) for name in offer.changes if name in _CHANGES]
    if _TIMES & set(offer.changes) and offer.kept:
        was = dates.local(offer.kept.starts_at, offer.kept.time_zone)
        day, clock = dates.day_words(was.date(), today=today), dates.clock(was)
        said.insert(0, gettext("another time (before: %(day)s, %(time)s)", day=day, time=clock))
    return ", ".join(said)


def _clash(other: OtherRow, time_zone: str, today: date) -> str:
    starts = dates.local(other.starts_at, time_zone)
    return gettext(
        "At the same time: %(title)s, %(day)s, %(time)s",
        title=other.title,
        day=dates.day_words(starts.date(), today=today),
        time=dates.clock(starts),
    )
