"""What a page says of an appointment, in the reader's words and in the wall time of the place."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from portal.access.viewer import Standing
from portal.models.agenda import UNANSWERED_STATUSES, AppointmentKind, AppointmentStatus
from portal.models.agreement import RequestState
from portal.models.directory import Gender
from portal.scheduling.appointments import WITHOUT_END
from portal.scheduling.rows import AppointmentRow
from portal.web import dates, labels
from portal.web.i18n import gettext, pgettext

_AT_HOME = (
    AppointmentKind.HOME_NURSING,
    AppointmentKind.HOME_HELP,
    AppointmentKind.HAD,
    AppointmentKind.LABORATORY,
    AppointmentKind.EQUIPMENT,
)
_OVER = (AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW)


@dataclass(frozen=True, slots=True)
class Visit:
    """A card of the agenda. Texts are ready; templates only place them."""

    id: UUID
    title: str
    day: date | None
    """The day at the place; none while the date is open."""
    starts_at: datetime | None
    iso: str
    time: str
    """`14 h 30`, or the window `entre 7 h 30 et 9 h`."""
    zone_note: str
    kind: str
    kind_label: str
    who: str
    who_name: str
    phone: str
    duration: str
    place: str
    address: str
    companion: str
    companion_initials: tuple[str, str] | None
    state: str
    """`cancelled`, `noshow`, `unanswered`, `past` or `booked`."""
    state_label: str
    requested: str
    instructions: list[str]
    preparation: list[str]
    """One line for each box to tick."""
    transport: str
    video_url: str
    version: int
    """What the reader saw: every form of theirs sends it back."""
    request_label: str
    """Of a request that is not over; empty when nothing was asked."""
    awaits: str
    """What is still to answer: `answer`, `other_time`, `companion_yes` (the reader's own),
    `companion`; empty when nothing is."""
    repeats: bool

    @property
    def is_cancelled(self) -> bool:
        return self.state in ("cancelled", "noshow")


def visit(row: AppointmentRow, *, patient: Standing, at: datetime) -> Visit:
    """As this reader reads it: another clock than the patient's is said, "chez vous" too."""
    usual_zone = patient.time_zone
    starts = dates.local(row.starts_at, row.time_zone) if row.starts_at else None
    state = _state(row, at)
    today = dates.local(at, usual_zone).date()
    return Visit(
        id=row.id,
        title=row.title,
        day=starts.date() if starts else None,
        starts_at=row.starts_at,
        iso=starts.isoformat(timespec="minutes") if starts else "",
        time=_time(row, starts),
        zone_note=_zone_note(row, usual_zone),
        kind=labels.KIND_GROUPS[row.kind],
        kind_label=labels.appointment_kind(row.kind),
        who=_who(row),
        who_name=_practitioner_name(row),
        phone=row.phone or row.practitioner_phone or "",
        duration=_duration(row),
        place=_place(row, patient),
        address=row.address,
        companion=_companion(row),
        companion_initials=_companion_names(row),
        state=state,
        state_label=_state_label(row, state, today),
        requested=_requested(row, today),
        instructions=_lines(row.instructions),
        preparation=_lines(row.preparation),
        transport=row.transport,
        video_url=row.video_url if row.video_url.startswith("https://") else "",
        version=row.version,
        request_label=_request_label(row, state),
        awaits=_awaits(row, state),
        repeats=row.series_id is not None,
    )


def short_name(prefix: str, given: str, family: str) -> str:
    """`Dr Anne Le Goff`, `Nadia Belkacem`."""
    return " ".join(part for part in (prefix, given, family) if part)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def is_over(row: AppointmentRow, at: datetime) -> bool:
    """A visit without an end is over some time after it began, not at once."""
    if row.starts_at is None:
        return False
    return (row.ends_at or row.starts_at + WITHOUT_END) < at


def _place(row: AppointmentRow, patient: Standing) -> str:
    if row.place or row.kind not in _AT_HOME:
        return row.place or row.organization_name or ""
    if patient.is_own:
        return gettext("At your home")
    return gettext("At the home of %(name)s", name=patient.given_name)


def _state(row: AppointmentRow, at: datetime) -> str:
    if row.status is AppointmentStatus.CANCELLED:
        return "cancelled"
    if row.status is AppointmentStatus.NOSHOW:
        return "noshow"
    if row.status in _OVER or is_over(row, at):
        return "past"
    return "unanswered" if row.status in UNANSWERED_STATUSES else "booked"


def _state_label(row: AppointmentRow, state: str, today: date) -> str:
    if state == "cancelled":
        return gettext("Cancelled")
    if state == "noshow":
        return gettext("Did not take place")
    if state != "unanswered":
        return ""
    if row.status is AppointmentStatus.WAITLIST:
        return gettext("On the waiting list")
    if isinstance(row.respond_before, date):
        due = dates.due_label(row.respond_before, today=today)
        return gettext("To be confirmed %(due)s", due=due)
    return gettext("To be confirmed")


def _awaits(row: AppointmentRow, state: str) -> str:
    if state not in ("booked", "unanswered"):
        return ""
    if row.companion_is_viewer and not row.companion_confirmed:
        return "companion_yes"
    if row.request_state is RequestState.PROPOSED:
        return "other_time"
    if state == "unanswered":
        return "answer"
    return "companion" if row.needs_companion and row.companion_id is None else ""


def _request_label(row: AppointmentRow, state: str) -> str:
    if state not in ("booked", "unanswered"):
        return ""
    if row.request_state is RequestState.OPEN:
        return gettext("Another time was asked for")
    return gettext("Another time is proposed") if row.request_state else ""


def _time(row: AppointmentRow, starts: datetime | None) -> str:
    if starts is None:
        return ""
    if row.is_window and row.ends_at is not None:
        ends = dates.local(row.ends_at, row.time_zone)
        return gettext(
            "between %(start)s and %(end)s",
            start=dates.clock_short(starts),
            end=dates.clock_short(ends),
        )
    return dates.clock(starts)


def _zone_note(row: AppointmentRow, usual_zone: str) -> str:
    if row.starts_at is None:
        return ""
    return dates.zone_note(row.time_zone, usual=usual_zone, instant=row.starts_at)


def _duration(row: AppointmentRow) -> str:
    if row.is_window:
        return dates.duration(row.duration_minutes) if row.duration_minutes else ""
    if row.duration_minutes:
        return dates.duration(row.duration_minutes)
    if row.starts_at is None or row.ends_at is None:
        return ""
    length = row.ends_at - row.starts_at
    return dates.duration(int(length.total_seconds() // 60)) if length < timedelta(hours=24) else ""


def _practitioner_name(row: AppointmentRow) -> str:
    if row.family_name is None:
        return ""
    return short_name(row.prefix or "", row.given_name or "", row.family_name)


def _who(row: AppointmentRow) -> str:
    """`Nadia Belkacem, infirmière`, then the others by name."""
    name = _practitioner_name(row)
    trade = labels.profession(
        row.profession or "", row.profession_text or "", row.gender or Gender.UNKNOWN
    )
    first = ", ".join(part for part in (name, trade if name else "") if part)
    # A semicolon keeps a name and its trade together when there are several.
    return "; ".join(part for part in (first, row.performer_text) if part)


def _companion(row: AppointmentRow) -> str:
    if row.companion_given_name is None:
        return ""
    if not row.companion_confirmed:
        return _companion_asked(row)
    if row.companion_is_viewer:
        return gettext("You accompany")
    return gettext("%(name)s accompanies", name=row.companion_given_name)


def _companion_asked(row: AppointmentRow) -> str:
    if row.companion_is_viewer:
        return gettext("You are asked to come along")
    return gettext("%(name)s is asked to come along", name=row.companion_given_name)


def _companion_names(row: AppointmentRow) -> tuple[str, str] | None:
    if row.companion_given_name is None:
        return None
    return row.companion_given_name, row.companion_family_name or ""


def _requested(row: AppointmentRow, today: date) -> str:
    start, end = row.requested_start, row.requested_end
    if isinstance(start, date) and isinstance(end, date):
        return pgettext(
            "days",
            "between %(start)s and %(end)s",
            start=dates.day_label(start, today=today),
            end=dates.day_label(end, today=today),
        )
    if isinstance(start, date):
        return gettext("from %(day)s on", day=dates.day_label(start, today=today))
    if isinstance(end, date):
        return gettext("by %(day)s", day=dates.day_label(end, today=today))
    return ""
