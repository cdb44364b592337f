"""One's own subscriptions: made, listed, taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update
from sqlmodel import Session

from portal.crypto import KeyRing, new_token, token_hash
from portal.errors import NotFoundError, PortalError
from portal.identity import history
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime
from portal.models.calendar import CalendarFeed
from portal.models.credential import SecurityEventKind

MOST_FEEDS = 20
ALARMS = (30, 60, 120, 24 * 60)
"""Minutes before a visit that can be chosen."""
SENT_AGAIN = timedelta(minutes=10)
"""A form that is sent twice within this time makes one subscription."""

_feed = columns(CalendarFeed)
_LISTED = (
    select(
        _feed.id,
        _feed.name,
        _feed.patient_id,
        _feed.is_detailed,
        _feed.alarm_minutes,
        _feed.created_at,
        _feed.last_fetched_at,
        _feed.last_program,
    )
    .where(_feed.user_id == bindparam("of_user", type_=Uuid), _feed.revoked_at.is_(None))
    .order_by(_feed.id.desc())
    .limit(MOST_FEEDS)
)
_REVOKE = (
    update(CalendarFeed)
    .where(
        _feed.id == bindparam("of_feed", type_=Uuid),
        _feed.user_id == bindparam("of_user", type_=Uuid),
        _feed.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("at", type_=UtcDateTime))
    .returning(_feed.name)
)


class TooManyFeedsError(PortalError):
    """There are as many subscriptions as one person can keep an eye on."""


class FeedRow(NamedTuple):
    """One subscription in the list; its address is known to nobody any more."""

    id: UUID
    name: str
    patient_id: UUID | None
    is_detailed: bool
    alarm_minutes: int | None
    created_at: datetime
    last_fetched_at: datetime | None
    last_program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; the id is made with the form, so that a second tap adds nothing."""

    feed_id: UUID
    name: str
    patient_id: UUID | None
    is_detailed: bool
    alarm_minutes: int | None


def feeds_of(session: Session, *, user_id: UUID) -> list[FeedRow]:
    """Those that work, the newest first."""
    return [FeedRow._make(row) for row in session.execute(_LISTED, {"of_user": user_id})]


def feed_of(session: Session, *, user_id: UUID, feed_id: UUID) -> FeedRow:
    """Raises `NotFoundError` for one that is taken back, or somebody else's."""
    found = next((one for one in feeds_of(session, user_id=user_id) if one.id == feed_id), None)
    if found is None:
        raise NotFoundError("calendar feed")
    return found


def create(
    session: Session,
    wanted: Wanted,
    *,
    keys: KeyRing,
    user_id: UUID,
    user_agent: str,
    at: datetime,
) -> str:
    """The secret of the address, which is said this once and kept as its hash only.

    Sent again at once, the same form gives a new secret for the same subscription: of two answers
    the reader sees the second. Raises `TooManyFeedsError`, and `NotFoundError` when the form is
    old.
    """
    user = session.get_one(User, user_id, with_for_update=True)
    token = new_token()
    feed = session.get(CalendarFeed, wanted.feed_id, with_for_update=True)
    if feed is None:
        if len(feeds_of(session, user_id=user_id)) >= MOST_FEEDS:
            raise TooManyFeedsError
        feed = CalendarFeed(
            id=wanted.feed_id, user_id=user_id, name="", token_hash=b"", created_at=at
        )
        kind = SecurityEventKind.CALENDAR_ADDED
        history.record(
            session,
            keys=keys,
            user=user,
            kind=kind,
            at=at,
            user_agent=user_agent,
            detail=wanted.name,
        )
    elif not _is_sent_again(feed, user_id=user_id, at=at):
        raise NotFoundError("calendar feed")
    feed.token_hash = token_hash(token)
    feed.name, feed.patient_id = wanted.name, wanted.patient_id
    feed.is_detailed, feed.alarm_minutes = wanted.is_detailed, wanted.alarm_minutes
    session.add(feed)
    session.flush()
    return token


def revoke(
    session: Session, *, keys: KeyRing, user_id: UUID, feed_id: UUID, user_agent: str, at: datetime
) -> None:
    """Its next fetch finds nothing; a second tap does nothing. Raises `NotFoundError`."""
    values = {"of_feed": feed_id, "of_user": user_id, "at": at}
    name = session.connection().execute(_REVOKE, values).scalar_one_or_none()
    if name is None:
        feed = session.get(CalendarFeed, feed_id)
        if feed is None or feed.user_id != user_id:
            raise NotFoundError("calendar feed")
        return
    history.record(
        session,
        keys=keys,
        user=session.get_one(User, user_id),
        kind=SecurityEventKind.CALENDAR_REMOVED,
        at=at,
        user_agent=user_agent,
        detail=name,
    )


def _is_sent_again(feed: CalendarFeed, *, user_id: UUID, at: datetime) -> bool:
    is_own = feed.user_id == user_id and feed.revoked_at is None
    return is_own and feed.last_fetched_at is None and at - feed.created_at < SENT_AGAIN
