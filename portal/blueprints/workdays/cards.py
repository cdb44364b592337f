"""What a page says of one visit of a day, of a closed one, and of a workshop."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.access.viewer import Standing
from portal.models.agreement import RequestState
from portal.scheduling.workdays import ClosedVisit, HostedRow, OpenVisit
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.visits import Visit, visit
from portal.web.workshop_words import places_left


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """In the wall time of the place."""

    starts_at: datetime
    day: date
    """In whose list it stands: a day of the professional."""
    time: str
    iso: str
    zone_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One entry of a day. Texts are ready; without a name it is a file that is closed."""

    when: When
    is_cancelled: bool
    is_over: bool
    name: str = ""
    patient_id: UUID | None = None
    visit: Visit | None = None
    phone: str = ""
    where: str = ""
    asks: bool = False
    """The family waits for an answer about this visit."""
    lacks_companion: bool = False
    """Nobody should go there alone, and nobody goes along yet."""
    workshop_id: UUID | None = None
    title: str = ""
    places: str = ""

    @property
    def may_change(self) -> bool:
        return self.visit is not None and self.visit.state in ("booked", "unanswered")


def stops_of(
    visits: Iterable[OpenVisit | ClosedVisit],
    hosted: Iterable[HostedRow],
    *,
    time_zone: str,
    at: datetime,
) -> list[Stop]:
    """In the order of the day."""
    stops = [
        _open(one, time_zone, at) if isinstance(one, OpenVisit) else _closed(one, time_zone, at)
        for one in visits
    ]
    stops += [_workshop(one, time_zone, at) for one in hosted]
    return sorted(stops, key=lambda one: one.when.starts_at)


def _open(one: OpenVisit, time_zone: str, at: datetime) -> Stop:
    # As this reader reads it: a place with another clock than theirs is said.
    patient = Standing(one.patient_id, one.given_name, one.family_name, one.gender, time_zone)
    shown = visit(one.row, patient=patient, at=at)
    starts_at = one.row.starts_at or at
    # Only a visit at home has no place of its own.
    is_at_home = not one.row.place and bool(shown.place) and one.row.organization_name is None
    address = shown.address or (one.home if is_at_home else "")
    return Stop(
        when=When(
            starts_at=starts_at,
            day=dates.local(starts_at, time_zone).date(),
            time=shown.time,
            iso=shown.iso,
            zone_note=shown.zone_note,
        ),
        is_cancelled=shown.is_cancelled,
        is_over=shown.state == "past",
        name=" ".join(filter(None, (one.given_name, one.family_name))),
        patient_id=one.patient_id,
        visit=shown,
        phone=one.phone,
        where=", ".join(filter(None, (shown.place, address))),
        lacks_companion=one.row.needs_companion and one.row.companion_id is None,
        asks=one.row.request_state is RequestState.OPEN,
    )


def _closed(one: ClosedVisit, time_zone: str, at: datetime) -> Stop:
    until = one.ends_at if one.is_window else None
    return Stop(
        when=_when(one.starts_at, until, place=one.time_zone, usual=time_zone),
        is_cancelled=one.is_cancelled,
        is_over=(one.ends_at or one.starts_at) < at,
    )


def _workshop(one: HostedRow, time_zone: str, at: datetime) -> Stop:
    return Stop(
        when=_when(one.starts_at, None, place=one.time_zone, usual=time_zone),
        is_cancelled=one.cancelled_at is not None,
        is_over=one.ends_at < at,
        workshop_id=one.id,
        title=one.title,
        where=", ".join(filter(None, (one.place, one.address))),
        places=places_left(one.capacity, one.places_taken),
    )


def _when(starts_at: datetime, until: datetime | None, *, place: str, usual: str) -> When:
    starts = dates.local(starts_at, place)
    words = dates.clock(starts)
    if until is not None:
        words = gettext(
            "between %(start)s and %(end)s",
            start=dates.clock_short(starts),
            end=dates.clock_short(dates.local(until, place)),
        )
    return When(
        starts_at=starts_at,
        day=dates.local(starts_at, usual).date(),
        time=words,
        iso=starts.isoformat(timespec="minutes"),
        zone_note=dates.zone_note(place, usual=usual, instant=starts_at),
    )
