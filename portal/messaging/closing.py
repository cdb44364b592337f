"""A conversation is over, or goes on."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.messaging.acts import event_of
from portal.messaging.recipients import read_recipients
from portal.messaging.sending import RecipientGoneError, rests, waits_from
from portal.models import columns
from portal.models.audit import Capacity
from portal.models.messaging import (
    Escalation,
    Message,
    MessageKind,
    Thread,
    ThreadAct,
    ThreadEvent,
    ThreadState,
)

_message = columns(Message)
_event = columns(ThreadEvent)
_NEXT_IS_TOLD_AFTER = timedelta(days=1)
_AT_WORK = frozenset((Capacity.PROFESSIONAL, Capacity.COORDINATOR, Capacity.EMERGENCY))


def close_thread(session: Session, thread: Thread, *, by: Author, at: datetime) -> None:
    """Nobody owes an answer any more; a second time changes nothing."""
    if thread.state is ThreadState.CLOSED:
        return
    rests(thread, ThreadState.CLOSED)
    event_of(session, thread, ThreadAct.CLOSED, by=by, at=at)


def reopen_thread(session: Session, thread: Thread, *, by: Author, at: datetime) -> None:
    """Whoever did not answer the last message owes the answer that they promised for it.

    Being closed for a while makes no late answer less late, and tells nobody twice. Raises
    `RecipientGoneError` when that would be owed by nobody.
    """
    if thread.state is not ThreadState.CLOSED:
        return
    if _was_answered(session, thread):
        rests(thread, ThreadState.ANSWERED)
    else:
        recipients = read_recipients(session, patient_id=thread.patient_id, at=at)
        recipient = recipients.find(thread.member_id)
        if recipient is None or not recipient.can_be_written_to:
            raise RecipientGoneError
        asked = _first_unanswered(session, thread)
        waits_from(thread, recipients, recipient, at=asked.at)
        _go_on_escalating(session, thread, since=asked.id, at=at)
    event_of(session, thread, ThreadAct.REOPENED, by=by, at=at)


def _first_unanswered(session: Session, thread: Thread) -> Row[tuple[UUID, datetime]]:
    """The message of the family that the promise is about."""
    of_thread = (
        _message.patient_id == thread.patient_id,
        _message.thread_id == thread.id,
        _message.kind == MessageKind.MESSAGE,
    )
    answered = (
        select(_message.id)
        .where(*of_thread, _message.capacity.in_(_AT_WORK))
        .order_by(_message.id.desc())
        .limit(1)
    )
    answer_id = session.execute(answered).scalar_one_or_none()
    after = () if answer_id is None else (_message.id > answer_id,)
    asked = select(_message.id, _message.at).where(*of_thread, *after).order_by(_message.id)
    return session.execute(asked.limit(1)).one()


def _go_on_escalating(session: Session, thread: Thread, *, since: UUID, at: datetime) -> None:
    """Whoever heard already that this answer is late does not hear it again."""
    told = session.execute(
        select(_event.to_name)
        .where(
            _event.patient_id == thread.patient_id,
            _event.thread_id == thread.id,
            _event.act == ThreadAct.ESCALATED,
            _event.id > since,
        )
        .order_by(_event.id.desc())
        .limit(1)
    ).first()
    if told is None:
        return
    is_last = told.to_name == ""
    thread.escalation = Escalation.COORDINATION if is_last else Escalation.DEPUTY
    thread.escalates_at = None if is_last else at + _NEXT_IS_TOLD_AFTER


def _was_answered(session: Session, thread: Thread) -> bool:
    """Whether a professional had the last word."""
    capacity = session.execute(
        select(_message.capacity).where(
            _message.patient_id == thread.patient_id, _message.id == thread.last_message_id
        )
    ).scalar_one()
    return capacity in _AT_WORK
