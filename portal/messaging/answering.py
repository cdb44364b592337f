"""What those who answer do with a conversation that they hold: take it, let it go, hand it on."""

from datetime import datetime

from sqlmodel import Session

from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.errors import ChangedMeanwhileError, PortalError
from portal.messaging.acts import event_of
from portal.messaging.ownership import keep_promise, name_of, owner_at
from portal.messaging.readers import readers_at
from portal.messaging.recipients import RecipientRow, Recipients
from portal.messaging.sending import RecipientGoneError, Written, participates, send_message
from portal.models.messaging import MessageKind, Thread, ThreadAct, ThreadState


class ThreadClosedError(PortalError):
    """It is over: it has to be opened again first."""


def take(session: Session, thread: Thread, *, by: Author, at: datetime) -> None:
    """The family sees who sees to it now; the promise stays. A second time changes nothing.

    Raises `ThreadClosedError`.
    """
    _refuse_closed(thread)
    if thread.taken_by == by.user_id:
        return
    thread.taken_by, thread.taken_at = by.user_id, at
    participates(session, thread, by.user_id)
    event_of(session, thread, ThreadAct.TAKEN, by=by, at=at)


def release(session: Session, thread: Thread, *, by: Author, at: datetime) -> None:
    """Nobody in particular sees to it any more. A second time changes nothing.

    Raises `ThreadClosedError`, and `ChangedMeanwhileError` while a colleague sees to it.
    """
    _refuse_closed(thread)
    if thread.taken_by is None:
        return
    if thread.taken_by != by.user_id:
        raise ChangedMeanwhileError
    thread.taken_by = thread.taken_at = None
    event_of(session, thread, ThreadAct.RELEASED, by=by, at=at)


def hand_over(
    session: Session,
    thread: Thread,
    to: RecipientRow,
    recipients: Recipients,
    *,
    note: Written,
    by: Author,
    keys: KeyRing,
    at: datetime,
) -> None:
    """Somebody else answers for it from now on, and reads why in a note that no family sees.

    An earlier promise stays: the family counts on it. Raises `RecipientGoneError` when nobody
    reads there, `ThreadClosedError`, and `KeyUsedError` as `send_message`.
    """
    _refuse_closed(thread)
    if not to.can_be_written_to:
        raise RecipientGoneError
    participates(session, thread, by.user_id)
    thread.member_id, thread.practitioner_id, thread.organization_id = owner_at(to)
    thread.taken_by = thread.taken_at = None
    if thread.state is ThreadState.WAITING:
        keep_promise(thread, recipients, to, at=at)
    event_of(session, thread, ThreadAct.HANDED_OVER, by=by, at=at, to_name=name_of(to))
    for one in readers_at(session, thread, to, at=at):
        participates(session, thread, one.user_id)
    # The note is what is new for them: it is counted, and told, as any other.
    written = Written(body=note.body, key=note.key, kind=MessageKind.NOTE)
    send_message(session, thread, written, by=by, is_family=False, keys=keys, at=at)


def _refuse_closed(thread: Thread) -> None:
    if thread.state is ThreadState.CLOSED:
        raise ThreadClosedError
