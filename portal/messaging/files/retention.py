"""What was never sent: drafts after a month, and files without a draft after a day."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, select
from sqlmodel import Session

from portal.models import columns
from portal.models.messaging import Attachment, AttachmentContent, MessageDraft
from portal.uploads.limits import DRAFT_KEPT, KEPT_UNSENT

_attachment = columns(Attachment)
_content = columns(AttachmentContent)
_draft = columns(MessageDraft)


def is_due(session: Session, *, at: datetime) -> bool:
    """A read, so that nobody waits for the write lock for nothing."""
    marks = (_draft.updated_at < at - DRAFT_KEPT, _is_left(at))
    return any(session.execute(select(exists().where(mark))).scalar_one() for mark in marks)


def carry_out(session: Session, *, at: datetime) -> None:
    connection = session.connection()
    connection.execute(delete(MessageDraft).where(_draft.updated_at < at - DRAFT_KEPT))
    left = exists().where(
        _attachment.patient_id == _content.patient_id,
        _attachment.id == _content.attachment_id,
        _is_left(at),
    )
    connection.execute(delete(AttachmentContent).where(left))
    connection.execute(delete(Attachment).where(_is_left(at)))


def _is_left(at: datetime) -> Any:
    """Of a row of `attachment`: nobody is writing the message that it was for."""
    is_written = exists().where(
        _draft.patient_id == _attachment.patient_id,
        _draft.author_id == _attachment.uploaded_by,
        _draft.key == _attachment.key,
    )
    return and_(
        _attachment.message_id.is_(None),
        _attachment.created_at < at - KEPT_UNSENT,
        ~is_written,
    )
