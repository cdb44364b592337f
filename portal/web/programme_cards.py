"""A patient's programme as their pages show it: what is read, what comes next, which places."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.access.guard import current_patient, current_viewer, may
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import current_session
from portal.education.programme.overview import Reader, overview
from portal.education.programme.seen import Item, Overview
from portal.models.agenda import AppointmentStatus
from portal.models.programme import ItemState, ProgrammeState
from portal.scheduling.workshops.guests import COMING, NOT_COMING
from portal.web import dates
from portal.web.i18n import current_locale, gettext
from portal.web.installed import current_keys


@dataclass(frozen=True, slots=True)
class ItemCard:
    """A module or a workshop; `place` is `is-done`, `is-next` or empty on the thread."""

    id: UUID
    title: str
    said: str
    """`8 min`, `Samedi 28 novembre à 10 h`."""
    reason: str
    proposer: str
    slug: str = ""
    place: str = ""
    is_begun: bool = False
    author: str = ""
    appointment_id: UUID | None = None
    """Of the patient in this workshop, where the reader sees the agenda."""
    seat: str = ""
    """`coming`, `asked`, `waitlist`, `none`, `over`, `cancelled`; empty for a module."""


@dataclass(frozen=True, slots=True)
class ProgrammeCard:
    seen: Overview
    modules: list[ItemCard]
    workshops: list[ItemCard]
    waiting: list[ItemCard]
    """Proposed since the patient agreed."""
    declined: list[ItemCard]

    @property
    def title(self) -> str:
        return self.seen.programme.title

    @property
    def proposer(self) -> str:
        return self.seen.programme.proposer

    @property
    def is_proposed(self) -> bool:
        return self.seen.programme.state is ProgrammeState.PROPOSED

    @property
    def is_under_way(self) -> bool:
        return self.seen.programme.is_under_way

    @property
    def was_followed(self) -> bool:
        """It was under way, and is over."""
        programme = self.seen.programme
        return programme.state is ProgrammeState.ENDED and programme.answered_at is not None

    @property
    def is_declined(self) -> bool:
        return self.seen.programme.state is ProgrammeState.DECLINED

    @property
    def next_module(self) -> ItemCard | None:
        return next((one for one in self.modules if one.place == "is-next"), None)

    @property
    def slugs(self) -> frozenset[str]:
        """Modules that a list need not show once more."""
        shown = (*self.modules, *self.waiting) if self.is_under_way else ()
        return frozenset(one.slug for one in shown if one.slug)


def programme_card() -> ProgrammeCard | None:
    """Of the patient of the address, for the reader of the page; none before one was proposed."""
    patient, at = current_patient(), now()
    reader = Reader(
        patient_id=patient.patient_id,
        user_id=current_viewer().id,
        locale=current_locale(),
        sees_agenda=may(Permission.AGENDA_SEE),
    )
    seen = overview(current_session(), reader, keys=current_keys())
    if seen is None:
        return None
    shown = seen.items if seen.programme.state is ProgrammeState.PROPOSED else seen.waiting
    return ProgrammeCard(
        seen=seen,
        modules=_thread(seen.modules, at),
        workshops=[_card(one, at) for one in seen.workshops],
        waiting=[_card(one, at) for one in shown if one.is_there],
        declined=[
            _card(one, at)
            for one in seen.items
            if one.row.state is ItemState.DECLINED and one.is_there
        ],
    )


def _thread(modules: list[Item], at: datetime) -> list[ItemCard]:
    """What was begun is next; else the first that was not read."""
    left = [one for one in modules if one.row.finished_at is None]
    begun = [one for one in left if one.row.step is not None]
    following = next(iter([*begun, *left]), None)
    return [_card(one, at, is_next=one is following) for one in modules]


def _card(item: Item, at: datetime, *, is_next: bool = False) -> ItemCard:
    return _module(item, at, is_next=is_next) if item.is_module else _workshop(item, at)


def _module(item: Item, at: datetime, *, is_next: bool) -> ItemCard:
    row = item.row
    is_done = row.finished_at is not None
    return ItemCard(
        id=row.id,
        title=row.title or "",
        said=_read_so_far(item, at),
        reason=item.reason,
        proposer=item.proposer,
        slug=row.slug or "",
        place="is-done" if is_done else "is-next" if is_next else "",
        is_begun=row.step is not None and not is_done,
        author=f"{row.author_given_name or ''} {row.author_family_name or ''}".strip(),
    )


def _read_so_far(item: Item, at: datetime) -> str:
    row, zone = item.row, current_patient().time_zone
    if row.finished_at is not None:
        today = dates.local(at, zone).date()
        day = dates.day_words(dates.local(row.finished_at, zone).date(), today=today)
        return gettext("Finished %(day)s", day=day)
    minutes, steps = row.minutes or 1, row.step_count or 1
    if row.step is None:
        return gettext("%(number)s min", number=minutes)
    left = max(1, round(minutes * (steps - row.step) / steps))
    return gettext("Begun · %(number)s min left", number=left)


def _workshop(item: Item, at: datetime) -> ItemCard:
    row = item.row
    starts_at = row.starts_at or at
    when = dates.local(starts_at, row.time_zone or "Europe/Paris")
    today = dates.local(at, row.time_zone or "Europe/Paris").date()
    day = dates.day_label(when.date(), today=today)
    time = gettext("%(day)s at %(time)s", day=day, time=dates.clock_short(when))
    return ItemCard(
        id=row.id,
        title=row.workshop_title or "",
        said=" · ".join(filter(None, (time[:1].upper() + time[1:], row.place))),
        reason=item.reason,
        proposer=item.proposer,
        appointment_id=row.appointment_id,
        seat=_seat(item, at),
    )


def _seat(item: Item, at: datetime) -> str:
    row = item.row
    if row.cancelled_at is not None:
        return "cancelled"
    if row.starts_at is not None and row.starts_at <= at:
        return "over"
    if row.status is None or row.status in NOT_COMING:
        return "none"
    if row.status in COMING:
        return "coming"
    return "waitlist" if row.status is AppointmentStatus.WAITLIST else "asked"
