"""What somebody is writing, kept on the server until it is sent or thrown away.

One per conversation and kind, and one for a conversation that is not begun yet. Who saves into a
conversation holds it (`acts.locked`): what is kept late never outlives the send.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.messaging.listing import KeptRow
from portal.messaging.sealing import draft_cell, open_text, seal_text
from portal.models import columns
from portal.models.base import new_id
from portal.models.messaging import NEW_THREAD, Attachment, Message, MessageDraft, MessageKind

_draft = columns(MessageDraft)
_message = columns(Message)
_attachment = columns(Attachment)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_PRIMARY = ("patient_id", "author_id", "slot", "kind")
_of_patient = bindparam("of_patient", type_=Uuid)
_of_author = bindparam("of_author", type_=Uuid)
_IS_SENT = select(
    exists().where(
        _message.patient_id == _of_patient,
        _message.author_id == _of_author,
        _message.key == bindparam("of_key", type_=Uuid),
    )
)
is_sent = exists().where(
    _message.patient_id == _draft.patient_id,
    _message.author_id == _draft.author_id,
    _message.key == _draft.key,
)
"""Whether a row of `message_draft` became a message: what is kept late says nothing any more."""
_OWN = select(MessageDraft).where(
    _draft.patient_id == _of_patient, _draft.author_id == _of_author, ~is_sent
)
_HAS_FILES = select(
    exists().where(
        _attachment.patient_id == _of_patient,
        _attachment.uploaded_by == _of_author,
        _attachment.key == bindparam("of_key", type_=Uuid),
        _attachment.message_id.is_(None),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`recipient` is a member of the circle or `coordination`; the last four are of a new one."""

    key: UUID
    body: str
    slot: UUID = NEW_THREAD
    kind: MessageKind = MessageKind.MESSAGE
    recipient: str = ""
    need_id: UUID | None = None
    subject: str = ""
    is_private: bool = False


class KeptDraft(NamedTuple):
    draft: Draft
    updated_at: datetime


def save_draft(
    session: Session,
    draft: Draft,
    *,
    patient_id: UUID,
    author_id: UUID,
    keys: KeyRing,
    at: datetime,
) -> bool:
    """Whether it is kept: an empty one is forgotten, and one that was sent does not come back."""
    about = {"of_patient": patient_id, "of_author": author_id, "of_key": draft.key}
    if session.execute(_IS_SENT, about).scalar_one():
        return False
    if not draft.body and not draft.subject and not _has_files(session, about):
        discard_draft(
            session, patient_id=patient_id, author_id=author_id, slot=draft.slot, kind=draft.kind
        )
        return False
    values = _values(draft, keys=keys, at=at)
    insert = _INSERT[session.get_bind().dialect.name](MessageDraft)
    wanted = insert.values(
        patient_id=patient_id,
        author_id=author_id,
        slot=draft.slot,
        kind=draft.kind,
        **values,
    )
    session.connection().execute(
        wanted.on_conflict_do_update(index_elements=list(_PRIMARY), set_=values)
    )
    return True


def _has_files(session: Session, about: dict[str, UUID]) -> bool:
    """A photo is joined already: the key under which it is found stays."""
    return bool(session.execute(_HAS_FILES, about).scalar_one())


def _values(draft: Draft, *, keys: KeyRing, at: datetime) -> dict[str, object]:
    """Sealed for a row of its own each time: the values belong together."""
    draft_id = new_id()
    return {
        "id": draft_id,
        "key": draft.key,
        "recipient": draft.recipient,
        "need_id": draft.need_id,
        "subject_sealed": seal_text(keys, draft.subject, draft_cell(draft_id, "subject_sealed")),
        "body_sealed": seal_text(keys, draft.body, draft_cell(draft_id, "body_sealed")),
        "is_private": draft.is_private,
        "updated_at": at,
    }


def discard_draft(
    session: Session,
    *,
    patient_id: UUID,
    author_id: UUID,
    slot: UUID = NEW_THREAD,
    kind: MessageKind = MessageKind.MESSAGE,
) -> None:
    """One's own; nothing happens when there is none."""
    session.connection().execute(
        delete(MessageDraft).where(
            _draft.patient_id == patient_id,
            _draft.author_id == author_id,
            _draft.slot == slot,
            _draft.kind == kind,
        )
    )


def find_draft(
    session: Session,
    *,
    patient_id: UUID,
    author_id: UUID,
    keys: KeyRing,
    slot: UUID = NEW_THREAD,
    kind: MessageKind = MessageKind.MESSAGE,
) -> KeptDraft | None:
    """One's own, as it was kept last."""
    statement = _OWN.where(_draft.slot == slot, _draft.kind == kind)
    about = {"of_patient": patient_id, "of_author": author_id}
    row = session.execute(statement, about).scalar_one_or_none()
    return opened_draft(row, keys=keys) if row is not None else None


def opened_draft(row: MessageDraft | KeptRow, *, keys: KeyRing) -> KeptDraft:
    draft = Draft(
        key=row.key,
        body=open_text(keys, row.body_sealed, draft_cell(row.id, "body_sealed")),
        slot=row.slot,
        kind=row.kind,
        recipient=row.recipient,
        need_id=row.need_id,
        subject=open_text(keys, row.subject_sealed, draft_cell(row.id, "subject_sealed")),
        is_private=row.is_private,
    )
    return KeptDraft(draft, row.updated_at)
