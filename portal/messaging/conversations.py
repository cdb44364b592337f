"""One conversation as a page shows it, by one statement."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from portal.errors import NotFoundError
from portal.messaging.templates import templates_of_reader
from portal.messaging.visibility import Reader, seen_by_family, seen_by_professional
from portal.models import columns
from portal.models.account import User
from portal.models.care import CareTeamMember
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.messaging import (
    AnswerTemplate,
    Attachment,
    Escalation,
    Message,
    MessageDraft,
    MessageKind,
    Thread,
    ThreadAct,
    ThreadEvent,
    ThreadReader,
    ThreadState,
)
from portal.models.rights import CareLink
from portal.models.union import ArmOf, Union

MESSAGES_SHOWN = 10
MOST_EVENTS = 200

_t = columns(Thread)
_message = columns(Message)
_event = columns(ThreadEvent)
_reader = columns(ThreadReader)
_draft = columns(MessageDraft)
_attachment = columns(Attachment)
_template = columns(AnswerTemplate)
_member = columns(CareTeamMember)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_link = columns(CareLink)
_authors = User.__table__.alias("author")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_author = _authors.c
_takers = User.__table__.alias("taker")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_taker = _takers.c
_as_practitioner = Practitioner.__table__.alias("author_practitioner")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_own_rows = ThreadReader.__table__.alias("own_row")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_own = _own_rows.c
_viewer = bindparam("viewer_id", type_=Uuid)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_thread = bindparam("of_thread", type_=Uuid)


class ThreadRow(NamedTuple):
    """One conversation, with whoever answers for it."""

    id: UUID
    member_id: UUID | None
    practitioner_id: UUID | None
    organization_id: UUID | None
    need_id: UUID | None
    subject_sealed: bytes
    state: ThreadState
    due_at: datetime | None
    taken_by: UUID | None
    taken_at: datetime | None
    escalation: Escalation
    started_by: UUID
    last_message_id: UUID
    last_at: datetime
    last_author_id: UUID
    snippet_sealed: bytes
    version: int
    prefix: str | None
    given_name: str | None
    family_name: str | None
    gender: Gender | None
    profession: str | None
    profession_text: str | None
    organization_name: str | None
    """Of the team that answers for it; none where a person does."""
    member_ended_at: datetime | None
    """When the place of who answers for it ended, or will."""
    taker_given_name: str | None
    taker_family_name: str | None
    last_given_name: str | None
    last_family_name: str | None
    last_capacity: str
    last_relationship: str
    last_relationship_text: str
    unread: int
    last_read_id: UUID | None


class MessageRow(NamedTuple):
    """One message or note, with whoever wrote it."""

    id: UUID
    kind: MessageKind
    author_id: UUID
    capacity: str
    relationship: str
    relationship_text: str
    body_sealed: bytes
    at: datetime
    given_name: str
    family_name: str
    prefix: str | None
    gender: Gender | None
    """Of a professional."""
    profession: str | None
    profession_text: str | None


class EventRow(NamedTuple):
    id: UUID
    act: ThreadAct
    actor_id: UUID | None
    capacity: str
    at: datetime
    to_name: str
    given_name: str | None
    family_name: str | None


class ReaderRow(NamedTuple):
    """Somebody who has read in it, up to which message."""

    user_id: UUID
    given_name: str
    family_name: str
    is_family: bool
    last_read_id: UUID | None
    last_read_at: datetime | None


class AttachmentRow(NamedTuple):
    id: UUID
    message_id: UUID | None
    """None while the message is being written by the reader."""
    key: UUID
    media_type: str
    size: int
    width: int | None
    height: int | None
    page_count: int | None
    name_sealed: bytes
    alternative_text_sealed: bytes


class DraftRow(NamedTuple):
    """What the reader was writing here."""

    id: UUID
    kind: MessageKind
    key: UUID
    body_sealed: bytes
    updated_at: datetime


class TemplateRow(NamedTuple):
    """Words that the reader, or a team that they coordinate, writes often."""

    id: UUID
    title: str
    body: str


class Conversation(NamedTuple):
    thread: ThreadRow
    messages: list[MessageRow]
    """The oldest of those that are shown first."""
    has_older: bool
    events: list[EventRow]
    readers: list[ReaderRow]
    attachments: list[AttachmentRow]
    drafts: list[DraftRow]
    templates: list[TemplateRow]
    """Of a professional, by title; none for the family."""


THREAD_COLUMNS: dict[str, ColumnElement[Any]] = {
    **{name: _t[name] for name in ThreadRow._fields[:17]},
    "prefix": _practitioner.prefix,
    "given_name": _practitioner.given_name,
    "family_name": _practitioner.family_name,
    "gender": _practitioner.gender,
    "profession": _practitioner.profession,
    "profession_text": _practitioner.profession_text,
    "organization_name": _organization.name,
    "member_ended_at": _member.period_end,
    "taker_given_name": _taker.given_name,
    "taker_family_name": _taker.family_name,
    "last_given_name": _author.given_name,
    "last_family_name": _author.family_name,
    "last_capacity": _message.capacity,
    "last_relationship": _message.relationship,
    "last_relationship_text": _message.relationship_text,
    "unread": func.coalesce(_own.unread, 0),
    "last_read_id": _own.last_read_id,
}
_MESSAGE_COLUMNS: dict[str, ColumnElement[Any]] = {
    **{name: _message[name] for name in MessageRow._fields[:8]},
    "given_name": _author.given_name,
    "family_name": _author.family_name,
    "prefix": _as_practitioner.c.prefix,
    "gender": _as_practitioner.c.gender,
    "profession": _as_practitioner.c.profession,
    "profession_text": _as_practitioner.c.profession_text,
}
_EVENT_COLUMNS: dict[str, ColumnElement[Any]] = {
    **{name: _event[name] for name in EventRow._fields[:6]},
    "given_name": _author.given_name,
    "family_name": _author.family_name,
}
_READER_COLUMNS: dict[str, ColumnElement[Any]] = {
    "user_id": _reader.user_id,
    "given_name": _author.given_name,
    "family_name": _author.family_name,
    "is_family": _link.id.is_not(None),
    "last_read_id": _reader.last_read_id,
    "last_read_at": _reader.last_read_at,
}
_ATTACHMENT_COLUMNS: dict[str, ColumnElement[Any]] = {
    name: _attachment[name] for name in AttachmentRow._fields
}
_DRAFT_COLUMNS: dict[str, ColumnElement[Any]] = {name: _draft[name] for name in DraftRow._fields}
_TEMPLATE_COLUMNS: dict[str, ColumnElement[Any]] = {
    name: _template[name] for name in TemplateRow._fields
}


def with_names(statement: Any) -> Any:
    """Of rows of `thread`: who answers for it, who took it, who wrote last, what is unread."""
    return (
        statement.outerjoin(Practitioner, _practitioner.id == _t.practitioner_id)
        .outerjoin(Organization, _organization.id == _t.organization_id)
        .outerjoin(
            CareTeamMember,
            and_(_member.patient_id == _t.patient_id, _member.id == _t.member_id),
        )
        .outerjoin(_takers, _taker.id == _t.taken_by)
        .outerjoin(_authors, _author.id == _t.last_author_id)
        .outerjoin(
            Message,
            and_(_message.patient_id == _t.patient_id, _message.id == _t.last_message_id),
        )
        .outerjoin(
            _own_rows,
            and_(
                _own.patient_id == _t.patient_id,
                _own.thread_id == _t.id,
                _own.user_id == _viewer,
            ),
        )
    )


def with_author(statement: Any) -> Any:
    """Of rows of `message`: who wrote each."""
    return statement.join(_authors, _author.id == _message.author_id).outerjoin(
        _as_practitioner, _as_practitioner.c.id == _author.practitioner_id
    )


MESSAGE_COLUMNS = tuple(column.label(name) for name, column in _MESSAGE_COLUMNS.items())
_UNION = Union(
    {
        "thread": ArmOf(THREAD_COLUMNS, ThreadRow),
        "message": ArmOf(_MESSAGE_COLUMNS, MessageRow),
        "event": ArmOf(_EVENT_COLUMNS, EventRow),
        "reader": ArmOf(_READER_COLUMNS, ReaderRow),
        "attachment": ArmOf(_ATTACHMENT_COLUMNS, AttachmentRow),
        "draft": ArmOf(_DRAFT_COLUMNS, DraftRow),
        "template": ArmOf(_TEMPLATE_COLUMNS, TemplateRow),
    }
)


def _conversation(*, is_family: bool) -> Any:
    thread = with_names(_UNION.arm("thread").select_from(Thread)).where(
        _t.patient_id == _of_patient,
        _t.id == _of_thread,
        seen_by_family() if is_family else seen_by_professional(),
    )
    kinds = (_message.kind == MessageKind.MESSAGE,) if is_family else ()
    newest = (
        select(_message.id)
        .where(
            _message.patient_id == _of_patient,
            _message.thread_id == _of_thread,
            or_(
                bindparam("before", type_=Uuid).is_(None),
                _message.id < bindparam("before", type_=Uuid),
            ),
            *kinds,
        )
        .order_by(_message.id.desc())
        .limit(bindparam("shown"))
    ).subquery("newest")
    messages = with_author(_UNION.arm("message").select_from(Message)).where(
        _message.patient_id == _of_patient, _message.id.in_(select(newest.c.id))
    )
    events = (
        _UNION.arm("event")
        .select_from(ThreadEvent)
        .outerjoin(_authors, _author.id == _event.actor_id)
        .where(_event.patient_id == _of_patient, _event.thread_id == _of_thread)
    )
    readers = (
        _UNION.arm("reader")
        .select_from(ThreadReader)
        .join(_authors, _author.id == _reader.user_id)
        .outerjoin(
            CareLink,
            and_(_link.patient_id == _reader.patient_id, _link.user_id == _reader.user_id),
        )
        .where(
            _reader.patient_id == _of_patient,
            _reader.thread_id == _of_thread,
            _reader.last_read_id.is_not(None),
        )
    )
    attachments = (
        _UNION.arm("attachment")
        .select_from(Attachment)
        .where(
            _attachment.patient_id == _of_patient,
            or_(
                _attachment.message_id.in_(select(newest.c.id)),
                and_(
                    _attachment.message_id.is_(None),
                    _attachment.uploaded_by == _viewer,
                    _attachment.key.in_(
                        select(_draft.key).where(
                            _draft.patient_id == _of_patient,
                            _draft.author_id == _viewer,
                            _draft.slot == _of_thread,
                        )
                    ),
                ),
            ),
        )
    )
    drafts = (
        _UNION.arm("draft")
        .select_from(MessageDraft)
        .where(
            _draft.patient_id == _of_patient,
            _draft.author_id == _viewer,
            _draft.slot == _of_thread,
        )
    )
    arms = (thread, messages, events, readers, attachments, drafts)
    if is_family:
        return union_all(*arms)
    templates = _UNION.arm("template").select_from(AnswerTemplate).where(templates_of_reader())
    return union_all(*arms, templates)


_CONVERSATIONS = {flag: _conversation(is_family=flag) for flag in (True, False)}


def read_conversation(
    session: Session,
    *,
    patient_id: UUID,
    thread_id: UUID,
    reader: Reader,
    at: datetime,
    before: UUID | None = None,
    limit: int = MESSAGES_SHOWN,
) -> Conversation:
    """The newest messages, or those before one; raises `NotFoundError` for one not seen.

    Notes between professionals are not even selected for the family.
    """
    values = {
        "of_patient": patient_id,
        "of_thread": thread_id,
        "viewer_id": reader.user_id,
        "practitioner_id": reader.practitioner_id,
        "today": at.date(),
        "before": before,
        "shown": limit + 1,
    }
    rows = session.execute(_CONVERSATIONS[reader.is_family], values).mappings()
    found = _UNION.read(rows)
    if not found["thread"]:
        raise NotFoundError("thread")
    messages = sorted(found["message"], key=lambda one: one.id)
    return Conversation(
        found["thread"][0],
        messages[-limit:],
        len(messages) > limit,
        sorted(found["event"], key=lambda one: one.id)[-MOST_EVENTS:],
        found["reader"],
        sorted(found["attachment"], key=lambda one: one.id),
        found["draft"],
        sorted(found["template"], key=lambda one: one.title.casefold()),
    )
