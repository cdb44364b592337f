"""Telling people that messages wait, and never whose, from whom, or what about.

By mail today. Who is told, and when, is decided here without knowing how: another way to tell
them would ask `wants` and `tells_at` too.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal import outbox
from portal.crypto import KeyRing
from portal.messaging.readers import ThreadPerson
from portal.models import columns
from portal.models.account import MessageLetters, User
from portal.models.messaging import Thread
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox import Letter

GROUPED_FOR = timedelta(minutes=3)
"""So long a letter waits for more: several messages in a row are one letter."""
DAILY_AT = time(18)
_USUAL_ZONE = "Europe/Paris"

_user = columns(User)
_letter = columns(OutboxMessage)
# Two who send at the same moment to the same person: the second sees the letter of the first.
_HELD = (
    select(_user.id)
    .where(_user.id.in_(bindparam("to_users", type_=Uuid, expanding=True)))
    .order_by(_user.id)
    .with_for_update(key_share=True)
)
# Whoever has the lease is sending it: what happened since needs a letter of its own.
_WAITING = select(_letter.user_id, _letter.recipient).where(
    _letter.user_id.in_(bindparam("to_users", type_=Uuid, expanding=True)),
    _letter.letter == bindparam("of_kind"),
    _letter.state == OutboxState.PENDING,
    _letter.leased_until.is_(None),
)


def tell_readers(
    session: Session,
    thread: Thread,
    readers: Iterable[ThreadPerson],
    *,
    keys: KeyRing,
    at: datetime,
) -> None:
    """One letter that is not sent yet is enough for one person, whatever else is new meanwhile."""
    wanted = [(one, tells_at(one, at)) for one in readers if wants(one)]
    _post(session, Letter.MESSAGE_NEW, thread, wanted, keys=keys, at=at)


def tell_late(
    session: Session,
    thread: Thread,
    people: Iterable[ThreadPerson],
    *,
    keys: KeyRing,
    at: datetime,
) -> None:
    """A message that waits too long is told at once, also to who hears of messages once a day."""
    wanted = [(one, at) for one in people if wants(one)]
    _post(session, Letter.MESSAGE_OVERDUE, thread, wanted, keys=keys, at=at)


def wants(reader: ThreadPerson) -> bool:
    """Whether they can be told, and want to be."""
    return reader.email is not None and reader.message_letters is not MessageLetters.NEVER


def tells_at(reader: ThreadPerson, at: datetime) -> datetime:
    """When they hear of a new message: soon, or at the hour of their day."""
    if reader.message_letters is MessageLetters.SOON:
        return at + GROUPED_FOR
    local = at.astimezone(ZoneInfo(reader.time_zone or _USUAL_ZONE))
    today = datetime.combine(local.date(), DAILY_AT, local.tzinfo)
    return today if local < today else today + timedelta(days=1)


def _post(
    session: Session,
    letter: Letter,
    thread: Thread,
    wanted: Sequence[tuple[ThreadPerson, datetime]],
    *,
    keys: KeyRing,
    at: datetime,
) -> None:
    waiting = _who_has_one(session, letter, [one.user_id for one, _when in wanted])
    for one, when in wanted:
        if one.email is None or (one.user_id, one.email) in waiting:
            continue
        outbox.post(
            session,
            keys=keys,
            letter=letter,
            to=one.email,
            locale=one.locale,
            user_id=one.user_id,
            subject_id=thread.id,
            at=at,
            available_at=when,
        )


def _who_has_one(
    session: Session, letter: Letter, user_ids: Sequence[UUID]
) -> set[tuple[UUID, str]]:
    """Accounts and addresses to which such a letter is not sent yet."""
    if not user_ids:
        return set()
    session.execute(_HELD, {"to_users": list(user_ids)}).all()
    values = {"to_users": list(user_ids), "of_kind": letter}
    return {(row.user_id, row.recipient) for row in session.execute(_WAITING, values)}
