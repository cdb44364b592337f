"""Files of messages at rest: joined to what is being written, read by whom the message is for."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session

from portal.crypto import Cell, KeyRing
from portal.errors import NotFoundError
from portal.messaging.conversations import AttachmentRow
from portal.messaging.sealing import draft_cell, seal_text
from portal.messaging.visibility import Reader, seen_by_family, seen_by_professional
from portal.models import columns
from portal.models.base import new_id
from portal.models.care import Patient
from portal.models.messaging import (
    NEW_THREAD,
    Attachment,
    AttachmentContent,
    AttachmentPart,
    Message,
    MessageDraft,
    MessageKind,
    Thread,
)
from portal.uploads.checking import Decoded
from portal.uploads.limits import (
    MOST_FILES,
    MOST_OF_PATIENT,
    FileRefusedError,
    Refusal,
)

_attachment = columns(Attachment)
_content = columns(AttachmentContent)
_draft = columns(MessageDraft)
_message = columns(Message)
_thread = columns(Thread)
_of_patient = bindparam("of_patient", type_=Uuid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The message that is being written: whose, where, under which key."""

    patient_id: UUID
    author_id: UUID
    key: UUID
    slot: UUID = NEW_THREAD
    kind: MessageKind = MessageKind.MESSAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the reader said of a file, cleaned."""

    name: str
    alternative_text: str
    source: bytes
    """As it came: the same file twice is one attachment."""


class StoredFile(NamedTuple):
    name: str
    media_type: str
    content: bytes


def _seen(*, is_family: bool) -> ColumnElement[bool]:
    """Of a row of `attachment`: its own while it is not sent; then with its message."""
    seen = seen_by_family() if is_family else seen_by_professional()
    kinds = (_message.kind == MessageKind.MESSAGE,) if is_family else ()
    sent = exists().where(
        _message.patient_id == _attachment.patient_id,
        _message.id == _attachment.message_id,
        _thread.patient_id == _message.patient_id,
        _thread.id == _message.thread_id,
        seen,
        *kinds,
    )
    own = and_(
        _attachment.message_id.is_(None),
        _attachment.uploaded_by == bindparam("viewer_id", type_=Uuid),
    )
    return or_(own, sent)


_READ = {
    flag: select(_attachment.name_sealed, _attachment.media_type, _content.content_sealed)
    .join_from(
        Attachment,
        AttachmentContent,
        and_(
            _content.patient_id == _attachment.patient_id,
            _content.attachment_id == _attachment.id,
        ),
    )
    .where(
        _attachment.patient_id == _of_patient,
        _attachment.id == bindparam("of_attachment", type_=Uuid),
        _content.part == bindparam("part"),
        _seen(is_family=flag),
    )
    for flag in (True, False)
}


def keep(
    session: Session, decoded: Decoded, named: Named, place: Place, *, keys: KeyRing, at: datetime
) -> UUID:
    """Joined to what is being written; the account of the author is held by the caller.

    The same file again is the one that is there. Raises `FileRefusedError`: too many, no room,
    or the message left already.
    """
    digest = keys.hmac("attachment", hashlib.sha256(named.source).hexdigest())
    unsent = session.execute(
        select(_attachment.id, _attachment.digest).where(*_of_place(place))
    ).all()
    for row in unsent:
        if row.digest == digest:
            return row.id  # type: ignore[no-any-return]  # of an untyped row
    _refuse_more(session, decoded, place, joined=len(unsent))
    attachment_id = new_id()
    session.add(
        Attachment(
            patient_id=place.patient_id,
            id=attachment_id,
            uploaded_by=place.author_id,
            key=place.key,
            media_type=decoded.media_type,
            size=len(decoded.content),
            width=decoded.width,
            height=decoded.height,
            page_count=decoded.page_count,
            name_sealed=keys.seal(named.name.encode(), _cell(attachment_id, "name_sealed")),
            alternative_text_sealed=keys.seal(
                named.alternative_text.encode(), _cell(attachment_id, "alternative_text_sealed")
            ),
            digest=digest,
            created_at=at,
        )
    )
    session.flush()
    _seal_contents(session, decoded, place.patient_id, attachment_id, keys=keys)
    _hold_draft(session, place, keys=keys, at=at)
    return attachment_id


def remove(session: Session, *, patient_id: UUID, attachment_id: UUID, author_id: UUID) -> None:
    """One's own, not sent yet. Raises `NotFoundError`."""
    own = (
        _attachment.patient_id == patient_id,
        _attachment.id == attachment_id,
        _attachment.uploaded_by == author_id,
        _attachment.message_id.is_(None),
    )
    if session.execute(select(_attachment.id).where(*own).with_for_update()).first() is None:
        raise NotFoundError("attachment")
    session.connection().execute(
        delete(AttachmentContent).where(
            _content.patient_id == patient_id, _content.attachment_id == attachment_id
        )
    )
    session.connection().execute(delete(Attachment).where(*own))


def list_unsent(session: Session, place: Place) -> list[AttachmentRow]:
    """What is joined to the message that is being written, as it was added."""
    statement = select(*(_attachment[name] for name in AttachmentRow._fields))
    rows = session.execute(statement.where(*_of_place(place)).order_by(_attachment.id)).mappings()
    return [AttachmentRow(**row) for row in rows]


def read_file(
    session: Session,
    *,
    patient_id: UUID,
    attachment_id: UUID,
    part: AttachmentPart,
    reader: Reader,
    keys: KeyRing,
    at: datetime,
) -> StoredFile:
    """Raises `NotFoundError` for one that the reader does not see."""
    values = {
        "of_patient": patient_id,
        "of_attachment": attachment_id,
        "part": part,
        "viewer_id": reader.user_id,
        "practitioner_id": reader.practitioner_id,
        "today": at.date(),
    }
    row = session.execute(_READ[reader.is_family], values).first()
    if row is None:
        raise NotFoundError("attachment")
    is_file = part is AttachmentPart.FILE
    return StoredFile(
        keys.open(row.name_sealed, _cell(attachment_id, "name_sealed")).decode(),
        row.media_type if is_file else "image/jpeg",
        keys.open(row.content_sealed, content_cell(attachment_id, part)),
    )


def content_cell(attachment_id: UUID, part: AttachmentPart) -> Cell:
    """A thumbnail does not open as the file."""
    return Cell("attachment_content", f"content_sealed.{part}", attachment_id)


def _cell(attachment_id: UUID, column: str) -> Cell:
    return Cell("attachment", column, attachment_id)


def _of_place(place: Place) -> tuple[ColumnElement[bool], ...]:
    return (
        _attachment.patient_id == place.patient_id,
        _attachment.uploaded_by == place.author_id,
        _attachment.key == place.key,
        _attachment.message_id.is_(None),
    )


def _refuse_more(session: Session, decoded: Decoded, place: Place, *, joined: int) -> None:
    sent = select(
        exists().where(
            _message.patient_id == place.patient_id,
            _message.author_id == place.author_id,
            _message.key == place.key,
        )
    )
    if session.execute(sent).scalar_one():
        raise FileRefusedError(Refusal.SENT)
    if joined >= MOST_FILES:
        raise FileRefusedError(Refusal.TOO_MANY)
    # Held until the commit: files that arrive at the same moment are counted one after the other.
    session.get_one(Patient, place.patient_id, with_for_update={"key_share": True})
    taken = session.execute(
        select(func.coalesce(func.sum(_attachment.size), 0)).where(
            _attachment.patient_id == place.patient_id
        )
    ).scalar_one()
    if taken + len(decoded.content) > MOST_OF_PATIENT:
        raise FileRefusedError(Refusal.NO_ROOM)


def _seal_contents(
    session: Session, decoded: Decoded, patient_id: UUID, attachment_id: UUID, *, keys: KeyRing
) -> None:
    parts = {AttachmentPart.FILE: decoded.content, AttachmentPart.THUMBNAIL: decoded.thumbnail}
    for part, content in parts.items():
        if content is not None:
            session.add(
                AttachmentContent(
                    patient_id=patient_id,
                    attachment_id=attachment_id,
                    part=part,
                    content_sealed=keys.seal(content, content_cell(attachment_id, part)),
                )
            )
    session.flush()


def _hold_draft(session: Session, place: Place, *, keys: KeyRing, at: datetime) -> None:
    """The draft under whose key the file is found again, also while no word is written."""
    own = (
        _draft.patient_id == place.patient_id,
        _draft.author_id == place.author_id,
        _draft.slot == place.slot,
        _draft.kind == place.kind,
    )
    found = session.execute(select(_draft.key).where(*own)).first()
    if found is not None:
        moved = update(MessageDraft).where(*own).values(key=place.key)
        session.connection().execute(moved)
        return
    draft_id = new_id()
    session.add(
        MessageDraft(
            patient_id=place.patient_id,
            author_id=place.author_id,
            slot=place.slot,
            kind=place.kind,
            id=draft_id,
            key=place.key,
            subject_sealed=seal_text(keys, "", draft_cell(draft_id, "subject_sealed")),
            body_sealed=seal_text(keys, "", draft_cell(draft_id, "body_sealed")),
            updated_at=at,
        )
    )
    session.flush()
