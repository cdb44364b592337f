"""The secret address that a calendar program fetches: no session, no cookie, rights as they are."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request
from sqlmodel import Session
from werkzeug.exceptions import TooManyRequests

from portal.access.guard import public
from portal.access.request_id import request_id
from portal.access.viewer import Standing
from portal.blueprints.calendars.words import Reader, calendar_name, events
from portal.clock import now
from portal.db import transaction
from portal.errors import NotFoundError, TooManyRequestsError
from portal.models.calendar import CalendarFeed
from portal.scheduling.calendar import feeds
from portal.scheduling.calendar.events import Event, Rule
from portal.scheduling.calendar.feeds import Followed, Shown, Subscriber
from portal.web.i18n import speaking
from portal.web.installed import current_config, current_keys
from portal.web.limits import charge_account

bp = Blueprint("calendar_subscription", __name__)
MOST_UNKNOWN = 1_000
"""Unknown addresses that one client may ask for within a day.

Those that work are always answered: the servers of one maker fetch for thousands of people.
"""
CALENDAR_TYPE = "text/calendar; charset=utf-8"


@bp.get("/calendar/<token>.ics")
@public
def show_calendar(token: str) -> Response:
    at = now()
    with transaction() as session:
        subscriber = feeds.find(session, token=token)
        if subscriber is not None:
            people, shown = _read(session, subscriber.feed, at)
    if subscriber is None:
        raise _refusal()
    # Written after the transaction: a long agenda keeps nobody else from writing.
    return _answer(subscriber, _written(subscriber, people, shown, at), at)


def _read(session: Session, feed: CalendarFeed, at: datetime) -> tuple[list[Followed], list[Shown]]:
    """What it shows now, with the lines that it leaves in the access logs.

    Also for a program that has it already: it learns that nothing changed.
    """
    people = feeds.followed(session, feed, at=at)
    open_ones = [one for one in people if one.decision]
    shown = [
        feeds.agenda_of(session, one.standing, keys=current_keys(), viewer_id=feed.user_id, at=at)
        for one in open_ones
    ]
    feeds.note_reading(session, feed, open_ones, at=at, request_id=request_id())
    feeds.note_fetch(session, feed, program=request.user_agent.string, at=at)
    return people, shown


def _written(
    subscriber: Subscriber, people: Sequence[Followed], shown: Sequence[Shown], at: datetime
) -> bytes:
    # Loaded with the first calendar: the library takes a twentieth of a second.
    from portal.scheduling.calendar.writing import Options, write

    feed, zone = subscriber.feed, subscriber.time_zone or current_config().time_zone
    reader = Reader(
        user_id=feed.user_id,
        keys=current_keys(),
        is_detailed=feed.is_detailed,
        at=at,
        locale=_locale(subscriber),
    )
    found: list[Event] = []
    rules: dict[UUID, Rule] = {}
    with speaking(reader.locale):
        for one in shown:
            found += events(one.rows, reader, patient=one.standing)
            rules |= one.rules
        options = Options(
            name=calendar_name(reader, patient=_only_one(feed, people)),
            time_zone=zone,
            at=feeds.midnight(at, zone),
            alarm_minutes=feed.alarm_minutes,
        )
        return write(found[: feeds.MOST_EVENTS], rules, options)


def _only_one(feed: CalendarFeed, people: Sequence[Followed]) -> Standing | None:
    """Of whom it is, while there is a link: paused, hidden and empty have the same name."""
    is_of_one = feed.patient_id is not None and people
    return people[0].standing if is_of_one else None


def _locale(subscriber: Subscriber) -> str:
    return subscriber.locale or current_config().default_locale


def _answer(subscriber: Subscriber, body: bytes, at: datetime) -> Response:
    feed, digest = subscriber.feed, hashlib.sha256(body).digest()
    if feed.content_hash != digest:
        with transaction() as session:
            feeds.note_content(session, feed, digest, at=at)
    response = Response(body, content_type=CALENDAR_TYPE)
    response.set_etag(digest.hex())
    response.last_modified = feed.content_changed_at
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="agenda.ics"'
    response.headers["Content-Language"] = _locale(subscriber)
    response.make_conditional(request)
    return response


def _refusal() -> Exception:
    """The same whether it never was, is taken back, or belongs to a closed account."""
    try:
        charge_account("unknown calendar", most=MOST_UNKNOWN)
    except TooManyRequestsError:
        return TooManyRequests()
    return NotFoundError()
