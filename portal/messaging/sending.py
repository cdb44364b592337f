"""Writing a message: it exists once, with its readers' counts and letters, or not at all.

Everything happens in the caller's transaction. The key comes from the form: the same send again
gives back the message that is there; the same key with other words is refused.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.errors import PortalError
from portal.messaging.acts import event_of
from portal.messaging.letters import tell_readers
from portal.messaging.ownership import owner_at, settle_owner
from portal.messaging.reader_rows import is_late_no_more, row_of
from portal.messaging.readers import ThreadPerson, readers_of
from portal.messaging.recipients import RecipientRow, Recipients, read_recipients
from portal.messaging.sealing import (
    body_cell,
    seal_text,
    snippet_cell,
    snippet_of,
    subject_cell,
)
from portal.models import columns
from portal.models.base import new_id
from portal.models.messaging import (
    Attachment,
    Escalation,
    Message,
    MessageDraft,
    MessageKind,
    Thread,
    ThreadAct,
    ThreadReader,
    ThreadState,
)
from portal.models.rights import CareLink, GrantCategory, HiddenItem

LONGEST_BODY = 5000
"""Characters: two pages. A longer text is a document."""
LONGEST_SUBJECT = 120

_message = columns(Message)
_attachment = columns(Attachment)
_draft = columns(MessageDraft)
_link = columns(CareLink)
_SENT = select(Message).where(
    _message.patient_id == bindparam("of_patient", type_=Uuid),
    _message.author_id == bindparam("of_author", type_=Uuid),
    _message.key == bindparam("of_key", type_=Uuid),
)
_RELATION = select(_link.relationship, _link.relationship_text).where(
    _link.patient_id == bindparam("of_patient", type_=Uuid),
    _link.user_id == bindparam("of_author", type_=Uuid),
)


class KeyUsedError(PortalError):
    """Something else was sent under this key already."""


class RecipientGoneError(PortalError):
    """Nobody reads there any more: another one has to be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody sends, and under which key."""

    body: str
    key: UUID
    kind: MessageKind = MessageKind.MESSAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewThread:
    """What a conversation begins with, beside its first message."""

    member_id: UUID | None
    """To whom; none for the coordination."""
    subject: str
    need_id: UUID | None = None
    is_private: bool = False
    """No relative reads it."""


def start_thread(
    session: Session,
    new: NewThread,
    written: Written,
    *,
    patient_id: UUID,
    by: Author,
    is_family: bool,
    keys: KeyRing,
    at: datetime,
) -> Message:
    """Raises `RecipientGoneError` and `KeyUsedError`; sent again, gives back what is there."""
    digest = digest_of_first(keys, written, new)
    before = _sent_before(session, patient_id, by, written, digest)
    if before is not None:
        return before
    recipients = read_recipients(session, patient_id=patient_id, at=at)
    recipient = recipients.find(new.member_id)
    if recipient is None or not recipient.can_be_written_to:
        raise RecipientGoneError
    thread = _new_thread(new, recipient, patient_id=patient_id, by=by, keys=keys, at=at)
    message = _message_of(session, thread, written, digest, by=by, keys=keys, at=at)
    _begin(thread, message, recipients, recipient, is_family=is_family, at=at)
    try:
        with session.begin_nested():
            session.add(thread)
            session.flush()
            session.add(message)
            session.flush()
    except IntegrityError:
        # Another process was faster with the same key.
        found = _sent_before(session, patient_id, by, written, digest)
        if found is None:
            raise
        return found
    if new.is_private and by.capacity == "self":
        _hide_from_relatives(session, thread, by=by, at=at)
    _settle(session, thread, message, written, by=by, is_family=is_family, keys=keys, at=at)
    return message


def send_message(
    session: Session,
    thread: Thread,
    written: Written,
    *,
    by: Author,
    is_family: bool,
    keys: KeyRing,
    at: datetime,
) -> Message:
    """Into a conversation that the caller holds (`acts.locked`).

    Where who answered for it is gone, who follows answers from now on. Raises `KeyUsedError`, and
    `RecipientGoneError` when a family writes where nobody reads any more. A closed conversation is
    open again.
    """
    digest = digest_within(keys, written, thread)
    before = _sent_before(session, thread.patient_id, by, written, digest)
    if before is not None:
        return before
    message = _message_of(session, thread, written, digest, by=by, keys=keys, at=at)
    try:
        with session.begin_nested():
            session.add(message)
            session.flush()
    except IntegrityError:
        # Another process was faster with the same key, in another conversation.
        _sent_before(session, thread.patient_id, by, written, digest)
        raise
    if written.kind is MessageKind.MESSAGE:
        _continue(session, thread, message, by=by, is_family=is_family, at=at)
        _show_last(thread, message, written.body, keys=keys)
    _settle(session, thread, message, written, by=by, is_family=is_family, keys=keys, at=at)
    return message


def is_sent(session: Session, *, patient_id: UUID, by: Author, key: UUID) -> bool:
    """Whether something was sent under this key already."""
    values = {"of_patient": patient_id, "of_author": by.user_id, "of_key": key}
    return session.execute(_SENT, values).scalar_one_or_none() is not None


def waits_from(
    thread: Thread, recipients: Recipients, recipient: RecipientRow, *, at: datetime
) -> None:
    """An answer is owed from now on, by the promise of whoever answers for it."""
    thread.state = ThreadState.WAITING
    thread.due_at = recipients.due_at(recipient, at=at)
    thread.escalation = Escalation.NONE
    thread.escalates_at = thread.due_at


def rests(thread: Thread, state: ThreadState) -> None:
    """Nobody owes an answer."""
    thread.state = state
    thread.due_at = None
    thread.escalation = Escalation.NONE
    thread.escalates_at = None


def participates(session: Session, thread: Thread, user_id: UUID) -> ThreadReader:
    """The row of a professional who takes part from now on."""
    row = row_of(session, thread, user_id)
    row.is_participant = True
    return row


def _sent_before(
    session: Session, patient_id: UUID, by: Author, written: Written, digest: bytes
) -> Message | None:
    values = {"of_patient": patient_id, "of_author": by.user_id, "of_key": written.key}
    found: Message | None = session.execute(_SENT, values).scalar_one_or_none()
    if found is not None and not hmac.compare_digest(found.digest, digest):
        raise KeyUsedError
    return found


def digest_of_first(keys: KeyRing, written: Written, new: NewThread) -> bytes:
    """Of all that a conversation begins with."""
    return _digest(keys, written, [new.subject, str(new.member_id), str(new.is_private)])


def digest_within(keys: KeyRing, written: Written, thread: Thread) -> bytes:
    """Of what is written into a conversation that goes on."""
    return _digest(keys, written, [str(thread.id)])


def _digest(keys: KeyRing, written: Written, about: Sequence[str]) -> bytes:
    """Keyed: the table does not tell whether two messages are alike."""
    return keys.hmac("sent message", json.dumps([written.kind, written.body, *about]))


def _new_thread(
    new: NewThread,
    recipient: RecipientRow,
    *,
    patient_id: UUID,
    by: Author,
    keys: KeyRing,
    at: datetime,
) -> Thread:
    thread_id = new_id()
    owner = owner_at(recipient)
    return Thread(
        patient_id=patient_id,
        id=thread_id,
        **owner._asdict(),
        need_id=new.need_id,
        subject_sealed=seal_text(keys, new.subject, subject_cell(thread_id)),
        state=ThreadState.ANSWERED,
        started_by=by.user_id,
        capacity=by.capacity,
        created_at=at,
        last_at=at,
        last_author_id=by.user_id,
        # Both are of the first message, once it is made.
        last_message_id=thread_id,
        snippet_sealed=b"",
    )


def _message_of(
    session: Session,
    thread: Thread,
    written: Written,
    digest: bytes,
    *,
    by: Author,
    keys: KeyRing,
    at: datetime,
) -> Message:
    message_id = new_id()
    about = {"of_patient": thread.patient_id, "of_author": by.user_id}
    relation = session.execute(_RELATION, about).first()
    return Message(
        patient_id=thread.patient_id,
        id=message_id,
        thread_id=thread.id,
        kind=written.kind,
        author_id=by.user_id,
        capacity=by.capacity,
        relationship=relation.relationship if relation else "",
        relationship_text=relation.relationship_text if relation else "",
        body_sealed=seal_text(keys, written.body, body_cell(message_id)),
        key=written.key,
        digest=digest,
        at=at,
    )


def _begin(
    thread: Thread,
    message: Message,
    recipients: Recipients,
    recipient: RecipientRow,
    *,
    is_family: bool,
    at: datetime,
) -> None:
    thread.last_message_id = message.id
    if is_family:
        waits_from(thread, recipients, recipient, at=at)


def _continue(
    session: Session,
    thread: Thread,
    message: Message,
    *,
    by: Author,
    is_family: bool,
    at: datetime,
) -> None:
    """Whose turn it is after this message."""
    if thread.state is ThreadState.CLOSED:
        event_of(session, thread, ThreadAct.REOPENED, by=by, at=at)
    if not is_family:
        rests(thread, ThreadState.ANSWERED)
        is_late_no_more(session, thread)
        if thread.taken_by is None:
            thread.taken_by, thread.taken_at = by.user_id, at
        return
    recipients = read_recipients(session, patient_id=thread.patient_id, at=at)
    settle_owner(session, thread, recipients, at=at)
    recipient = recipients.find(thread.member_id)
    if recipient is None or not recipient.can_be_written_to:
        raise RecipientGoneError
    # What was promised for the first message holds for the ones after it.
    if thread.state is not ThreadState.WAITING:
        waits_from(thread, recipients, recipient, at=at)


def _show_last(thread: Thread, message: Message, body: str, *, keys: KeyRing) -> None:
    thread.last_message_id = message.id
    thread.last_at = message.at
    thread.last_author_id = message.author_id
    thread.snippet_sealed = seal_text(keys, snippet_of(body), snippet_cell(thread.id))


def _settle(
    session: Session,
    thread: Thread,
    message: Message,
    written: Written,
    *,
    by: Author,
    is_family: bool,
    keys: KeyRing,
    at: datetime,
) -> None:
    """Attachments, the draft that it was, counts of those who read it, letters."""
    if not thread.snippet_sealed:
        _show_last(thread, message, written.body, keys=keys)
    session.add(thread)
    _attach(session, message)
    forget_draft(
        session, patient_id=message.patient_id, author_id=message.author_id, key=message.key
    )
    readers = readers_of(session, thread, at=at)
    own = row_of(session, thread, by.user_id)
    own.unread, own.last_read_id, own.last_read_at = 0, message.id, at
    own.is_participant = own.is_participant or not is_family
    told = _count_unread(session, thread, message, readers)
    session.flush()
    tell_readers(session, thread, told, keys=keys, at=at)


def _attach(session: Session, message: Message) -> None:
    session.connection().execute(
        update(Attachment)
        .where(
            _attachment.patient_id == message.patient_id,
            _attachment.uploaded_by == message.author_id,
            _attachment.key == message.key,
            _attachment.message_id.is_(None),
        )
        .values(message_id=message.id)
    )


def forget_draft(session: Session, *, patient_id: UUID, author_id: UUID, key: UUID) -> None:
    """Of a message that is there now."""
    session.connection().execute(
        delete(MessageDraft).where(
            _draft.patient_id == patient_id,
            _draft.author_id == author_id,
            _draft.key == key,
        )
    )


def _hide_from_relatives(session: Session, thread: Thread, *, by: Author, at: datetime) -> None:
    """From all of them, parents and guardians too."""
    session.add(
        HiddenItem(
            patient_id=thread.patient_id,
            category=GrantCategory.MESSAGES,
            item_id=thread.id,
            created_at=at,
            created_by=by.user_id,
        )
    )
    session.flush()


def _count_unread(
    session: Session, thread: Thread, message: Message, readers: Sequence[ThreadPerson]
) -> list[ThreadPerson]:
    """One more for everybody who may read it but its author; who they are."""
    told = [
        one
        for one in readers
        if one.user_id != message.author_id
        and not (one.is_family and message.kind is MessageKind.NOTE)
    ]
    for one in told:
        row_of(session, thread, one.user_id).unread += 1
    return told
