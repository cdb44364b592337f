"""Conversations about one patient: who wrote, who answers by when, who has read what."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class ThreadState(StrEnum):
    WAITING = "waiting"
    """Whoever answers for it owes an answer, by `due_at`."""
    ANSWERED = "answered"
    CLOSED = "closed"


class Escalation(StrEnum):
    """How far a late answer went beyond the one who owes it."""

    NONE = "none"
    DEPUTY = "deputy"
    COORDINATION = "coordination"
    NOBODY = "nobody"
    """Nobody beyond them could be told: the family's page says so."""


class Thread(SQLModel, table=True):
    """One conversation about one patient, that one professional or one team answers for."""

    __tablename__ = "thread"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "member_id"], ["care_team_member.patient_id", "care_team_member.id"]
        ),
        ForeignKeyConstraint(["patient_id", "need_id"], ["need.patient_id", "need.id"]),
        # Nothing stays without somebody who answers for it: a person or a team.
        CheckConstraint(
            "(practitioner_id IS NULL) <> (organization_id IS NULL)", name="one_answers_for_it"
        ),
        CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name="waiting_has_a_promise"),
        CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken_by_somebody"),
        CheckConstraint("capacity <> ''", name="begun_as_something"),
        Index(None, "patient_id", "last_at", "id"),
        # "To answer" of one professional or one team, the oldest promise first.
        Index(
            "ix_thread_practitioner_waiting",
            "practitioner_id",
            "due_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_thread_organization_waiting",
            "organization_id",
            "due_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        # What was answered, and what is over, the newest first.
        Index(None, "practitioner_id", "state", "last_at", "id"),
        Index(None, "organization_id", "state", "last_at", "id"),
        # What the worker looks at.
        Index(
            "ix_thread_escalates_at",
            "escalates_at",
            sqlite_where=text("escalates_at IS NOT NULL"),
            postgresql_where=text("escalates_at IS NOT NULL"),
        ),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    member_id: UUID | None = None
    """The place in the circle that answers for it; none for the coordination."""
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    """Of that place, when a person holds it: the inbox starts from here."""
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    """The team that answers for it: a practice of the circle, or who keeps the circle."""
    need_id: UUID | None = None
    """What it is about, when the subject was one of the needs."""
    subject_sealed: bytes
    state: ThreadState = Field(sa_type=coded(ThreadState))
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the answer was promised for; only while one is owed."""
    taken_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    escalation: Escalation = Field(default=Escalation.NONE, sa_type=coded(Escalation))
    escalates_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the next one hears of a late answer; none when nobody is left to hear of it."""
    started_by: UUID = Field(foreign_key="user_account.id")
    capacity: str = Field(max_length=40)
    """Of whoever began it, as in the access log; `self` for the patient."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_message_id: UUID
    """The newest message that is no note; not a reference, since the thread is written first."""
    last_at: datetime = Field(sa_type=UtcDateTime)
    last_author_id: UUID = Field(foreign_key="user_account.id")
    snippet_sealed: bytes
    """The beginning of that message."""
    version: int = 1
    """Rises with each act on the conversation, not with messages: a stale form is refused."""


class MessageKind(StrEnum):
    MESSAGE = "message"
    NOTE = "note"
    """For professionals: neither the patient nor relatives know that there is one."""


class Message(SQLModel, table=True):
    """What somebody wrote, once; never changed."""

    __tablename__ = "message"
    __table_args__ = (
        ForeignKeyConstraint(["patient_id", "thread_id"], ["thread.patient_id", "thread.id"]),
        CheckConstraint("capacity <> ''", name="written_as_something"),
        # The same send twice is one message.
        UniqueConstraint("patient_id", "author_id", "key"),
        Index(None, "patient_id", "thread_id", "id"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    """The subject: for whom it was written."""
    id: UUID = Field(default_factory=new_id, primary_key=True)
    """A UUIDv7: in the order of writing."""
    thread_id: UUID
    kind: MessageKind = Field(default=MessageKind.MESSAGE, sa_type=coded(MessageKind))
    author_id: UUID = Field(foreign_key="user_account.id")
    """The actor: who wrote it, always as themself."""
    capacity: str = Field(max_length=40)
    """As in the access log; `self` for the patient."""
    relationship: str = Field(default="", max_length=20)
    """What a relative was to the patient when they wrote, as of `CareLink`."""
    relationship_text: str = Field(default="", max_length=200)
    body_sealed: bytes
    key: UUID
    """Made with the form: a second send of it is the same message."""
    digest: bytes
    """Of everything that was sent under the key: the same key with other words is refused."""
    at: datetime = Field(sa_type=UtcDateTime)


class ThreadReader(SQLModel, table=True):
    """What one account has read of one conversation; written in the transaction that sends."""

    __tablename__ = "thread_reader"
    __table_args__ = (
        ForeignKeyConstraint(["patient_id", "thread_id"], ["thread.patient_id", "thread.id"]),
        CheckConstraint("unread >= 0", name="counts_up"),
        # The badge: only what is not read.
        Index(
            "ix_thread_reader_unread",
            "user_id",
            "patient_id",
            "thread_id",
            sqlite_where=text("unread > 0"),
            postgresql_where=text("unread > 0"),
        ),
        # Where somebody took part; of others it says nothing, so that no plan walks them all.
        Index(
            "ix_thread_reader_late",
            "user_id",
            "patient_id",
            "thread_id",
            sqlite_where=text("heard_late = 1"),
            postgresql_where=text("heard_late"),
        ),
    )

    patient_id: UUID = Field(primary_key=True)
    thread_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    is_participant: bool = False
    """A professional who wrote in it, took it, handed it on, or heard of it because it was late:
    they go on reading it while the file is open to them."""
    heard_late: bool = False
    """Heard that its answer is late, and stands in their inbox until somebody answered."""
    unread: int = 0
    last_read_id: UUID | None = None
    """The newest message that was shown to them."""
    last_read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ThreadAct(StrEnum):
    TAKEN = "taken"
    RELEASED = "released"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    SUCCEEDED = "succeeded"
    """The place of who answered for it ended: somebody else does now."""


class ThreadEvent(SQLModel, table=True):
    """One act on a conversation, never changed: a line between the messages."""

    __tablename__ = "thread_event"
    __table_args__ = (
        ForeignKeyConstraint(["patient_id", "thread_id"], ["thread.patient_id", "thread.id"]),
    )

    patient_id: UUID = Field(primary_key=True)
    thread_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    """A UUIDv7: in one order with the messages."""
    act: ThreadAct = Field(sa_type=coded(ThreadAct))
    actor_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    """None when nobody did it: an answer was late, or a place ended."""
    capacity: str = Field(default="", max_length=40)
    at: datetime = Field(sa_type=UtcDateTime)
    to_name: str = Field(default="", max_length=200)
    """Who answers for it now, or who heard of it; the name as it was then, empty for the
    coordination."""


class MessageDraft(SQLModel, table=True):
    """What somebody is writing: kept on the server until it is sent or thrown away."""

    __tablename__ = "message_draft"
    __table_args__ = (
        # One's own over all files, the newest first.
        Index(None, "author_id", "updated_at"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    author_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    slot: UUID = Field(primary_key=True)
    """The conversation; `NEW_THREAD` for one that is not begun yet."""
    kind: MessageKind = Field(
        default=MessageKind.MESSAGE, sa_type=coded(MessageKind), primary_key=True
    )
    id: UUID = Field(default_factory=new_id)
    """The row that the sealed values are bound to."""
    key: UUID
    """Of the message that it will be."""
    recipient: str = Field(default="", max_length=40)
    """A member of the circle, or `coordination`; for a new conversation only."""
    need_id: UUID | None = None
    subject_sealed: bytes
    body_sealed: bytes
    is_private: bool = False
    """No relative reads the new conversation."""
    updated_at: datetime = Field(sa_type=UtcDateTime)


NEW_THREAD = UUID(int=0)


class Attachment(SQLModel, table=True):
    """A photo or a PDF, re-encoded; of a message, or of one that is still being written."""

    __tablename__ = "attachment"
    __table_args__ = (
        ForeignKeyConstraint(["patient_id", "message_id"], ["message.patient_id", "message.id"]),
        Index(None, "patient_id", "message_id"),
        # What is being written.
        Index(None, "patient_id", "uploaded_by", "key"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    message_id: UUID | None = None
    uploaded_by: UUID = Field(foreign_key="user_account.id")
    key: UUID
    """Of the message that is being written."""
    media_type: str = Field(max_length=40)
    """Of what is kept: `image/jpeg` or `application/pdf`."""
    size: int
    """Bytes of what is kept, before sealing."""
    width: int | None = None
    height: int | None = None
    """Pixels of a photo."""
    page_count: int | None = None
    """Of a PDF."""
    name_sealed: bytes
    alternative_text_sealed: bytes
    digest: bytes
    """Keyed, of the bytes as they came: the same file twice is one attachment."""
    created_at: datetime = Field(sa_type=UtcDateTime)


class AttachmentPart(StrEnum):
    FILE = "file"
    THUMBNAIL = "thumbnail"


class AttachmentContent(SQLModel, table=True):
    """The bytes, apart from what lists need."""

    __tablename__ = "attachment_content"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "attachment_id"], ["attachment.patient_id", "attachment.id"]
        ),
    )

    patient_id: UUID = Field(primary_key=True)
    attachment_id: UUID = Field(primary_key=True)
    part: AttachmentPart = Field(sa_type=coded(AttachmentPart), primary_key=True)
    content_sealed: bytes


class AnswerTemplate(SQLModel, table=True):
    """Words that a professional writes often; their own, or those of a team."""

    __tablename__ = "answer_template"
    __table_args__ = (
        CheckConstraint(
            "(practitioner_id IS NULL) <> (organization_id IS NULL)", name="of_one_owner"
        ),
        Index(None, "practitioner_id"),
        Index(None, "organization_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    title: str = Field(max_length=80)
    body: str = Field(max_length=2000)
    created_by: UUID = Field(foreign_key="user_account.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
