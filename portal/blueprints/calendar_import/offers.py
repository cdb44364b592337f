"""What a file says beside what is kept: new, changed, cancelled, or nothing new."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.blueprints.calendar_import import queries
from portal.blueprints.calendar_import.queries import KeptRow, OtherRow
from portal.models.agenda import AppointmentStatus
from portal.scheduling.appointments import WITHOUT_END
from portal.scheduling.calendar_files.reading import FileVisit

_UNTITLED = "Rendez-vous"
"""Shown to people: the language of the pages comes first."""
_STAY = timedelta(days=2)


class News(StrEnum):
    """What keeping it would do; the last four do nothing."""

    NEW = "new"
    CHANGED = "changed"
    CANCELS = "cancels"
    SAME = "same"
    OLDER = "older"
    CANCELLED = "cancelled"
    """By the sender, and never kept."""


_DOES_SOMETHING = (News.NEW, News.CHANGED, News.CANCELS)


@dataclass(frozen=True, slots=True)
class Offer:
    """One visit of the file; `kept` is what stands in the agenda, `uid` how it is found again."""

    visit: FileVisit
    uid: str
    news: News
    kept: KeptRow | None = None
    changes: tuple[str, ...] = ()
    """The columns that keeping it sets anew."""
    is_by_hand: bool = False
    """The file is no newer than what is kept: somebody changed that here."""
    is_over: bool = False
    others: list[OtherRow] = field(default_factory=list)

    @property
    def can_be_kept(self) -> bool:
        return self.news in _DOES_SOMETHING

    @property
    def is_usual(self) -> bool:
        """Ticked until the reader unticks it."""
        return self.can_be_kept and not self.is_by_hand and not self.is_over

    @property
    def version(self) -> int | None:
        return self.kept.version if self.kept else None


def told(visit: FileVisit) -> dict[str, Any]:
    """The columns that the file tells."""
    return {
        "title": visit.title or _UNTITLED,
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "is_window": visit.is_window,
        "time_zone": visit.time_zone,
        "place": visit.place,
        "instructions": visit.instructions,
        "video_url": visit.video_url,
    }


def offers(
    session: Session,
    *,
    patient_id: UUID,
    viewer_id: UUID,
    visits: Sequence[FileVisit],
    at: datetime,
) -> list[Offer]:
    """By two statements, however many visits; a date that a rule leaves out is no news."""
    whole = [visit.key for visit in visits if visit.is_cancelled and " " not in visit.key]
    rows = queries.kept_before(
        session,
        patient_id=patient_id,
        viewer_id=viewer_id,
        uids=[uid for visit in visits for uid in _uids(visit.key, viewer_id)],
        whole=whole,
    )
    found = _compared(visits, rows, viewer_id=viewer_id, at=at)
    return _with_others(session, found, patient_id=patient_id, viewer_id=viewer_id)


def _uids(key: str, viewer_id: UUID) -> tuple[str, str]:
    """How it is kept; the second one where the first is hidden from this reader.

    They know it from their own file, and must not learn that it is kept here and hidden.
    """
    return key, f"{key} {viewer_id}"


def _compared(
    visits: Sequence[FileVisit], rows: Sequence[KeptRow], *, viewer_id: UUID, at: datetime
) -> list[Offer]:
    by_uid = {row.external_uid: row for row in rows}
    dates: dict[str, list[KeptRow]] = defaultdict(list)
    for row in rows:
        dates[row.external_uid.partition(" ")[0]].append(row)
    found = []
    for visit in visits:
        if visit.is_cancelled and " " not in visit.key and dates[visit.key]:
            found += _cancelled_dates(visit, dates[visit.key], at)
        else:
            uid, kept = _found(visit.key, by_uid, viewer_id)
            found.append(_offer(visit, uid, kept, at))
    return [one for one in found if one.news is not News.CANCELLED or " " not in one.visit.key]


def _found(key: str, by_uid: dict[str, KeptRow], viewer_id: UUID) -> tuple[str, KeptRow | None]:
    shared, own = _uids(key, viewer_id)
    known = by_uid.get(shared)
    if known is not None and known.is_hidden:
        return own, by_uid.get(own)
    return shared, known


def _cancelled_dates(visit: FileVisit, rows: list[KeptRow], at: datetime) -> list[Offer]:
    """A whole rule is cancelled: each of its dates that is still to come."""
    shown = [row for row in rows if not row.is_hidden and row.starts_at >= at]
    if not shown:
        return [Offer(visit, visit.key, News.CANCELLED)]
    return [_offer(_date_of(visit, row), row.external_uid, row, at) for row in shown]


def _date_of(visit: FileVisit, row: KeptRow) -> FileVisit:
    return replace(visit, key=row.external_uid, starts_at=row.starts_at, ends_at=row.ends_at)


def _offer(visit: FileVisit, uid: str, kept: KeptRow | None, at: datetime) -> Offer:
    is_over = (visit.ends_at or visit.starts_at + WITHOUT_END) < at
    if kept is None or (kept.is_removed and not visit.is_cancelled):
        news = News.CANCELLED if visit.is_cancelled else News.NEW
        return Offer(visit, uid, news, kept, is_over=is_over)
    is_same_revision = visit.revision == kept.external_revision
    if visit.is_cancelled:
        is_done = kept.is_removed or kept.status is AppointmentStatus.CANCELLED
        changes: tuple[str, ...] = () if is_done else ("status",)
        news = News.CANCELS
    else:
        changes, news = _changes(visit, kept), News.CHANGED
    if not changes:
        return Offer(visit, uid, News.SAME, kept, is_over=is_over)
    if visit.revision < kept.external_revision:
        return Offer(visit, uid, News.OLDER, kept, is_over=is_over)
    by_hand = is_same_revision and not visit.is_cancelled
    return Offer(visit, uid, news, kept, changes, by_hand, is_over)


def _changes(visit: FileVisit, kept: KeptRow) -> tuple[str, ...]:
    different = [name for name, value in told(visit).items() if getattr(kept, name) != value]
    if kept.status is AppointmentStatus.CANCELLED:
        different.append("status")
    return tuple(different)


def _with_others(
    session: Session, found: list[Offer], *, patient_id: UUID, viewer_id: UUID
) -> list[Offer]:
    taking_place = [one for one in found if _takes_time(one)]
    rows = queries.planned_during(
        session,
        patient_id=patient_id,
        viewer_id=viewer_id,
        spans=[_span(one.visit.starts_at, one.visit.ends_at) for one in taking_place],
    )
    return [
        replace(one, others=_at_the_same_time(one, rows)) if _takes_time(one) else one
        for one in found
    ]


def _takes_time(one: Offer) -> bool:
    """A stay, or a day without a time, has room for visits."""
    is_visit = one.visit.ends_at is None or one.visit.ends_at - one.visit.starts_at <= _STAY
    is_news = one.news in (News.NEW, News.CHANGED)
    return is_news and is_visit and not one.visit.is_all_day and not one.is_over


def _at_the_same_time(one: Offer, rows: list[OtherRow]) -> list[OtherRow]:
    start, end = _span(one.visit.starts_at, one.visit.ends_at)
    own = one.kept.id if one.kept else None
    spans = ((row, _span(row.starts_at, row.ends_at)) for row in rows if row.id != own)
    return [row for row, (begins, ends) in spans if begins < end and ends > start][:3]


def _span(start: datetime, end: datetime | None) -> tuple[datetime, datetime]:
    return start, end or start + WITHOUT_END
