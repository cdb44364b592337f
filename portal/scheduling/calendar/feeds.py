"""A calendar program fetches a subscription: whose it is, what it may show now, what is noted.

Nobody is signed in there. What the account may see is read at each fetch, from its links alone: a
professional or a coordinator subscribes as the relative that they are, never by their work.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import LargeBinary, Uuid, bindparam, or_, select, update
from sqlmodel import Session

from portal.access import facts
from portal.access.audit import Access, capacity_of, record
from portal.access.permissions import Permission
from portal.access.policy import Decision, can_towards
from portal.access.scope import MAX_PEOPLE
from portal.access.viewer import Standing
from portal.crypto import KeyRing, token_hash
from portal.models import columns
from portal.models.account import User
from portal.models.audit import AccessDecision, AccessEvent
from portal.models.base import UtcDateTime
from portal.models.calendar import CalendarFeed
from portal.models.rights import CareLink, CareLinkKind
from portal.models.series import AppointmentSeries
from portal.scheduling.appointments import appointments_from, going_on_and_undated
from portal.scheduling.calendar.events import Rule, uid_of
from portal.scheduling.rows import AppointmentRow
from portal.scheduling.standings import RELATIVES, standing_as_relative

DAYS_BACK = timedelta(days=60)
DAYS_AHEAD = timedelta(days=400)
MOST_EVENTS = 2_000
MOST_STAYS = 10
NOTED_EVERY = timedelta(hours=1)

_feed = columns(CalendarFeed)
_user = columns(User)
_link = columns(CareLink)
_event = columns(AccessEvent)
_series = columns(AppointmentSeries)
_FEED = (
    select(CalendarFeed, _user.locale, _user.time_zone)
    .join(User, _user.id == _feed.user_id)
    .where(
        _feed.token_hash == bindparam("token_hash", type_=LargeBinary),
        _feed.revoked_at.is_(None),
        _user.disabled_at.is_(None),
    )
    # Two fetches at once leave one line in the access log.
    .with_for_update(of=CalendarFeed)
)
_only = bindparam("only", type_=Uuid)
_PEOPLE = (
    RELATIVES.add_columns(
        facts.log_head(_event.sequence).label("log_sequence"),
        facts.log_head(_event.hash).label("log_hash"),
    )
    .where(
        _link.user_id == bindparam("of_user", type_=Uuid),
        or_(_only.is_(None), _link.patient_id == _only),
    )
    # Relatives first, oneself last, as in the band of every page.
    .order_by(_link.kind == CareLinkKind.SELF, _link.starts_at, _link.patient_id)
    .limit(MAX_PEOPLE)
)
_RULES = select(
    _series.id,
    _series.rrule,
    _series.at,
    _series.time_zone,
    _series.version,
    _series.updated_at,
).where(
    _series.patient_id == bindparam("patient_id", type_=Uuid),
    _series.id.in_(bindparam("of_series", expanding=True)),
)
_NOTE_CONTENT = (
    update(CalendarFeed)
    .where(_feed.id == bindparam("of_feed", type_=Uuid))
    .values(
        content_hash=bindparam("new_hash", type_=LargeBinary),
        content_changed_at=bindparam("at", type_=UtcDateTime),
    )
)


class Subscriber(NamedTuple):
    """A subscription that works, and how its owner reads."""

    feed: CalendarFeed
    locale: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class Followed:
    """One patient to whom the owner has a link today, and what the link opens."""

    standing: Standing
    decision: Decision


@dataclass(frozen=True, slots=True)
class Shown:
    """The agenda of one patient, as far as its reader sees it."""

    standing: Standing
    rows: list[AppointmentRow]
    rules: Mapping[UUID, Rule]


def find(session: Session, *, token: str) -> Subscriber | None:
    """None alike for an unknown one, for one taken back, and for a closed account."""
    row = session.execute(_FEED, {"token_hash": token_hash(token)}).first()
    return Subscriber._make(row) if row is not None else None


def followed(session: Session, feed: CalendarFeed, *, at: datetime) -> list[Followed]:
    """Everybody that the subscription is about; most of them open their agenda, not all."""
    values = {"of_user": feed.user_id, "only": feed.patient_id, "now": at}
    found = []
    for row in session.execute(_PEOPLE, values).mappings():
        head = (row["log_sequence"] or 0, row["log_hash"] or b"")
        standing = replace(standing_as_relative(row, at=at), log_head=head)
        found.append(Followed(standing, can_towards(standing, Permission.AGENDA_SEE)))
    return found


def agenda_of(
    session: Session, standing: Standing, *, keys: KeyRing, viewer_id: UUID, at: datetime
) -> Shown:
    """From 60 days back to 400 ahead, whole days at the patient's, and stays that go on."""
    start = midnight(at - DAYS_BACK, standing.time_zone)
    end = midnight(at + DAYS_AHEAD, standing.time_zone)
    whose = {"patient_id": standing.patient_id, "viewer_id": viewer_id}
    stays, _undated = going_on_and_undated(session, **whose, start=start, limit=MOST_STAYS)
    rows = appointments_from(session, **whose, start=start, limit=MOST_EVENTS)
    dated = [one for one in (*stays, *rows) if one.starts_at is not None and one.starts_at < end]
    rules = rules_of(session, dated, keys=keys, patient_id=standing.patient_id, viewer_id=viewer_id)
    return Shown(standing, dated[:MOST_EVENTS], rules)


def rules_of(
    session: Session,
    rows: Iterable[AppointmentRow],
    *,
    keys: KeyRing,
    patient_id: UUID,
    viewer_id: UUID,
) -> dict[UUID, Rule]:
    """The rules of the series that these are dates of."""
    ids = sorted({one.series_id for one in rows if one.series_id is not None})
    if not ids:
        return {}
    found = session.execute(_RULES, {"patient_id": patient_id, "of_series": ids})
    return {
        series_id: Rule(
            uid=uid_of(keys, user_id=viewer_id, item_id=series_id),
            rrule=rrule,
            at=time_of_day.isoformat(),
            time_zone=time_zone,
            version=version,
            changed_at=updated_at,
        )
        for series_id, rrule, time_of_day, time_zone, version, updated_at in found
    }


def note_reading(
    session: Session,
    feed: CalendarFeed,
    read: Iterable[Followed],
    *,
    at: datetime,
    request_id: str,
) -> None:
    """In the log of each patient but the reader: one line a day, however often a phone asks."""
    days = {
        one.standing.patient_id: str(at.astimezone(ZoneInfo(one.standing.time_zone)).date())
        for one in read
        if not one.standing.is_own
    }
    new = {patient: day for patient, day in days.items() if feed.logged_on.get(str(patient)) != day}
    read = [one for one in read if one.standing.patient_id in new]
    if not read:
        return
    accesses = [_access(one, feed, at=at, request_id=request_id) for one in read]
    heads = {one.standing.patient_id: one.standing.log_head for one in read}
    record(session, accesses, heads=heads)
    feed.logged_on = feed.logged_on | {str(patient): day for patient, day in new.items()}
    session.add(feed)


def note_fetch(session: Session, feed: CalendarFeed, *, program: str, at: datetime) -> None:
    """When it was fetched last, and by what; written at most once an hour."""
    if feed.last_fetched_at is not None and at - feed.last_fetched_at < NOTED_EVERY:
        return
    feed.last_fetched_at, feed.last_program = at, program[:100]
    session.add(feed)


def note_content(session: Session, feed: CalendarFeed, new_hash: bytes, *, at: datetime) -> None:
    """It differs from what was answered last: it counts as changed from now on.

    Later than before by a second at least: the dates of HTTP count seconds.
    """
    before = feed.content_changed_at
    changed_at = at if before is None else max(at, before + timedelta(seconds=1))
    session.connection().execute(
        _NOTE_CONTENT, {"of_feed": feed.id, "new_hash": new_hash, "at": changed_at}
    )
    feed.content_changed_at = changed_at


def midnight(instant: datetime, time_zone: str) -> datetime:
    """The beginning of that day at a place."""
    zone = ZoneInfo(time_zone)
    return datetime.combine(instant.astimezone(zone).date(), time(), tzinfo=zone)


def _access(one: Followed, feed: CalendarFeed, *, at: datetime, request_id: str) -> Access:
    category, _, action = Permission.AGENDA_SEE.partition(":")
    return Access(
        patient_id=one.standing.patient_id,
        at=at,
        actor_id=feed.user_id,
        capacity=capacity_of(one.standing, one.decision),
        category=category,
        action=action,
        item_id=feed.id,
        decision=AccessDecision.ALLOWED,
        reason=one.decision.reason,
        request_id=request_id,
    )
