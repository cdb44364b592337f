"""What a calendar writes of a visit: a neutral title, or what the agenda's own page says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.access.viewer import Standing
from portal.crypto import KeyRing
from portal.models.agenda import AppointmentKind
from portal.scheduling.calendar.events import Event, Said, State, state_of, uid_of
from portal.scheduling.rows import AppointmentRow
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.typography import first_up, of_name
from portal.web.visits import Visit, visit

_STAY = timedelta(hours=24)
"""What lasts so long fills whole days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom it is written."""

    user_id: UUID
    keys: KeyRing
    is_detailed: bool
    at: datetime
    locale: str


def events(
    rows: Iterable[AppointmentRow], reader: Reader, *, patient: Standing, url: str = ""
) -> Iterator[Event]:
    """Those that have a date; `url` leads to the page of a single one."""
    for row in rows:
        if row.starts_at is None:
            continue
        yield Event(
            uid=uid_of(reader.keys, user_id=reader.user_id, item_id=row.id),
            version=row.version,
            state=state_of(row.status),
            starts_at=row.starts_at,
            ends_at=_end(row, row.starts_at),
            time_zone=row.time_zone,
            is_stay=_is_stay(row, row.starts_at),
            said=said(row, reader, patient=patient, url=url),
            changed_at=row.updated_at,
            series_id=row.series_id,
            recurrence_start=row.recurrence_start,
        )


def said(row: AppointmentRow, reader: Reader, *, patient: Standing, url: str = "") -> Said:
    """Neutral: that something is planned, and when. It names nobody, no place and no matter.

    Detailed: what the page of the visit says, with the professional and the place. Of the family
    it names only the patient, to relatives; calendars are shown to others.
    """
    state = state_of(row.status)
    if not reader.is_detailed:
        return Said(summary=_title(gettext("Appointment"), _window(row), state))
    words = visit(row, patient=patient, at=reader.at)
    title = row.title
    if not patient.is_own:
        title = gettext("%(what)s: %(detail)s", what=patient.given_name, detail=title)
    return Said(
        summary=_title(title, _window(row), state),
        location=", ".join(filter(None, (words.place, words.address))),
        description="\n".join(filter(None, _lines(row, words))),
        url=url,
    )


def calendar_name(reader: Reader, *, patient: Standing | None) -> str:
    """`Rendez-vous de Jeanne`; a neutral calendar has a neutral name."""
    if not reader.is_detailed:
        return gettext("Appointments")
    if patient is None:
        return gettext("Appointments of my relatives")
    if patient.is_own:
        return gettext("My appointments")
    return gettext("Appointments %(of_name)s", of_name=of_name(patient.given_name, reader.locale))


def _end(row: AppointmentRow, starts_at: datetime) -> datetime | None:
    if row.ends_at is not None or not row.duration_minutes:
        return row.ends_at
    return starts_at + timedelta(minutes=row.duration_minutes)


def _is_stay(row: AppointmentRow, starts_at: datetime) -> bool:
    if row.is_window or row.ends_at is None:
        return False
    length = row.ends_at - starts_at
    is_admission = row.kind is AppointmentKind.ADMISSION
    overnight = (
        dates.local(starts_at, row.time_zone).date()
        != dates.local(row.ends_at, row.time_zone).date()
    )
    return length >= _STAY or (is_admission and overnight)


def _window(row: AppointmentRow) -> str:
    """`entre 7 h et 9 h`; a calendar draws it as if it filled the window."""
    if not row.is_window or row.starts_at is None or row.ends_at is None:
        return ""
    starts, ends = (dates.local(one, row.time_zone) for one in (row.starts_at, row.ends_at))
    return gettext(
        "between %(start)s and %(end)s",
        start=dates.clock_short(starts),
        end=dates.clock_short(ends),
    )


def _title(title: str, window: str, state: State) -> str:
    """Some calendars show cancelled visits like the others: the words say it, too."""
    title = ", ".join(filter(None, (title, window)))
    if state is State.CANCELLED:
        return gettext("Cancelled: %(what)s", what=title)
    if state is State.TENTATIVE:
        return gettext("To be confirmed: %(what)s", what=title)
    return title


def _lines(row: AppointmentRow, words: Visit) -> Iterator[str]:
    yield words.who
    yield words.phone
    if row.starts_at is not None and row.ends_at is not None and not row.is_window:
        yield _times(row, row.starts_at, row.ends_at)
    yield words.zone_note
    yield row.cancellation_reason if words.is_cancelled else ""
    yield words.transport
    yield words.companion if row.companion_is_viewer else ""
    yield from (f"– {line}" for line in words.preparation)
    yield from words.instructions
    yield words.video_url


def _times(row: AppointmentRow, starts_at: datetime, ends_at: datetime) -> str:
    """Of a stay, whose calendar entry fills whole days."""
    if not _is_stay(row, starts_at):
        return ""
    starts, ends = (dates.local(one, row.time_zone) for one in (starts_at, ends_at))
    return first_up(
        gettext(
            "from %(start_day)s, %(start)s to %(end_day)s, %(end)s",
            start_day=dates.day_month(starts.date()),
            start=dates.clock_short(starts),
            end_day=dates.day_month(ends.date()),
            end=dates.clock_short(ends),
        )
    )
