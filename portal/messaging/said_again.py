"""The same words again, right after themselves, are the message that is there.

Without a script, Back brings a page with a fresh key and the text as it was typed: sending that
would say everything twice. Whoever repeats themselves later, after an answer, or with a file
more, writes another message.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.messaging.sending import (
    NewThread,
    Written,
    digest_of_first,
    digest_within,
    forget_draft,
    send_message,
    start_thread,
)
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.messaging import Attachment, Message, Thread, ThreadState

SAME_FOR = timedelta(minutes=10)

_message = columns(Message)
_thread = columns(Thread)
_attachment = columns(Attachment)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_author = bindparam("of_author", type_=Uuid)
_since = bindparam("since", type_=UtcDateTime)
_NEWEST = (
    select(Message)
    .where(
        _message.patient_id == _of_patient,
        _message.thread_id == bindparam("of_thread", type_=Uuid),
    )
    .order_by(_message.id.desc())
    .limit(1)
)
_JUST_BEGUN = (
    select(Message)
    .join(Thread, (_thread.patient_id == _message.patient_id) & (_thread.id == _message.thread_id))
    .where(
        _thread.patient_id == _of_patient,
        _thread.last_at > _since,
        _thread.started_by == _of_author,
        _thread.state != ThreadState.CLOSED,
        _message.at > _since,
    )
)
_HAS_FILES = select(
    exists().where(
        _attachment.patient_id == _of_patient,
        _attachment.uploaded_by == _of_author,
        _attachment.key == bindparam("of_key", type_=Uuid),
        _attachment.message_id.is_(None),
    )
)


def send_once(
    session: Session,
    thread: Thread,
    written: Written,
    *,
    by: Author,
    is_family: bool,
    keys: KeyRing,
    at: datetime,
) -> Message:
    """As `send_message`, save for the same words again. Raises as that."""
    if thread.state is not ThreadState.CLOSED:
        values = {"of_patient": thread.patient_id, "of_thread": thread.id}
        newest = session.execute(_NEWEST, values).scalars().all()
        digest = digest_within(keys, written, thread)
        said = _said(session, newest, written, digest, thread.patient_id, by=by, at=at)
        if said is not None:
            return said
    return send_message(session, thread, written, by=by, is_family=is_family, keys=keys, at=at)


def start_once(
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
    """As `start_thread`, save for the same beginning again. Raises as that."""
    values = {"of_patient": patient_id, "of_author": by.user_id, "since": at - SAME_FOR}
    begun = session.execute(_JUST_BEGUN, values).scalars().all()
    digest = digest_of_first(keys, written, new)
    said = _said(session, begun, written, digest, patient_id, by=by, at=at)
    if said is not None:
        return said
    return start_thread(
        session,
        new,
        written,
        patient_id=patient_id,
        by=by,
        is_family=is_family,
        keys=keys,
        at=at,
    )


def _said(
    session: Session,
    candidates: Sequence[Any],
    written: Written,
    digest: bytes,
    patient_id: UUID,
    *,
    by: Author,
    at: datetime,
) -> Message | None:
    """Of these, the one that says the same; what was kept under the second key is forgotten."""
    found: Message | None = next(
        (
            one
            for one in candidates
            if one.author_id == by.user_id
            and at - one.at < SAME_FOR
            and hmac.compare_digest(one.digest, digest)
        ),
        None,
    )
    about = {"of_patient": patient_id, "of_author": by.user_id, "of_key": written.key}
    if found is None or session.execute(_HAS_FILES, about).scalar_one():
        return None
    forget_draft(session, patient_id=patient_id, author_id=by.user_id, key=written.key)
    return found
