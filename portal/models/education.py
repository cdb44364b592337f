"""Modules of therapeutic education: what experts write, who reviewed it, how far people read."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class Theme(StrEnum):
    HEART = "heart"
    DIABETES = "diabetes"
    MEDICINES = "medicines"
    MOVEMENT = "movement"
    FOOD = "food"
    DAILY_LIFE = "daily_life"
    CARERS = "carers"
    OTHER = "other"


class Audience(StrEnum):
    PATIENT = "patient"
    CARER = "carer"
    EVERYBODY = "everybody"


class Module(SQLModel, table=True):
    """One subject, in all its versions and languages."""

    __tablename__ = "module"
    __table_args__ = (
        CheckConstraint(
            "(retracted_at IS NULL) = (retraction_reason = '')", name="retracted_for_a_reason"
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(max_length=80, unique=True)
    """Its address: lower-case letters, digits and hyphens."""
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    """Who publishes it, and answers for it."""
    theme: Theme = Field(sa_type=coded(Theme))
    audience: Audience = Field(sa_type=coded(Audience))
    is_public: bool = False
    """Readable without an account, when the organization says so."""
    created_by: UUID = Field(foreign_key="user_account.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    retracted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retracted_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    retraction_reason: str = Field(default="", max_length=500)


class VersionState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Waits for a peer, then for a professional."""
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    REPLACED = "replaced"
    """A newer version is read instead; who began with this one may end with it."""
    WITHDRAWN = "withdrawn"
    """Past its review date, or the module was retracted."""


_PROVENANCE = (
    "published_at IS NULL OR (reviewer_id IS NOT NULL AND reviewer_id <> author_id"
    " AND reviewed_at IS NOT NULL AND review_due IS NOT NULL"
    " AND (readability IS NOT NULL OR locale <> 'fr'))"
)


class ModuleVersion(SQLModel, table=True):
    """One text of a module in one language; once published it never changes.

    Triggers of the migration hold what a constraint cannot say: a published version has sources,
    steps, and an explanation for each answer, and no row of it changes any more.
    """

    __tablename__ = "module_version"
    __table_args__ = (
        UniqueConstraint("module_id", "locale", "number"),
        CheckConstraint(_PROVENANCE, name="published_with_provenance"),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> author_id", name="another_reviews"),
        CheckConstraint("peer_id IS NULL OR peer_id <> author_id", name="another_peer_reads"),
        CheckConstraint(
            "(published_at IS NOT NULL) = (state IN ('published', 'replaced', 'withdrawn'))",
            name="published_since",
        ),
        # One text of a language is read, and one is written.
        Index(
            "uq_module_version_published",
            "module_id",
            "locale",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        Index(
            "uq_module_version_in_work",
            "module_id",
            "locale",
            unique=True,
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
        Index(None, "state", "review_due"),
        Index(None, "author_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    module_id: UUID = Field(foreign_key="module.id")
    locale: str = Field(max_length=10)
    number: int
    """Counts from 1 in each language of a module."""
    state: VersionState = Field(default=VersionState.DRAFT, sa_type=coded(VersionState))
    title: str = Field(max_length=80)
    goal: str = Field(max_length=200)
    """Ends the sentence "After this module, I know …"."""
    summary: str = Field(max_length=300)
    has_easy_reading: bool = False
    step_count: int = 0
    minutes: int = 0
    """Of reading, all steps together."""
    author_id: UUID = Field(foreign_key="user_account.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    peer_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    """Another patient expert who read it."""
    peer_read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reviewer_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    """The professional who answers for what it says."""
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    review_due: date | None = None
    """The last day on which it may be read without another review."""
    readability: float | None = None
    """Kandel-Moles of the whole text, when it was submitted; French only."""
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_urgent: bool = False
    """A correction that also replaces the version of those who began with an older one."""
    revision: int = 1
    """Rises with each change: a stale form is refused."""


class ModuleStep(SQLModel, table=True):
    """Two or three minutes of reading, in Markdown."""

    __tablename__ = "module_step"

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    number: int = Field(primary_key=True)
    title: str = Field(max_length=80)
    minutes: int
    body: str = Field(max_length=20_000)
    easy_body: str = Field(default="", max_length=10_000)
    """The same in easy reading; empty without one."""


class ModuleQuestion(SQLModel, table=True):
    """Asked after the last step; `round` 1 is the same asked differently, after an error."""

    __tablename__ = "module_question"
    __table_args__ = (CheckConstraint("round = 0 OR explanation <> ''", name="explained_again"),)

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    number: int = Field(primary_key=True)
    round: int = Field(default=0, primary_key=True)
    question: str = Field(max_length=300)
    explanation: str = Field(default="", max_length=1000)
    """Of round 1: the matter in other words, read before the question."""


class ModuleAnswer(SQLModel, table=True):
    """One answer that may be chosen; each is explained, the right one too."""

    __tablename__ = "module_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "number", "round"],
            ["module_question.version_id", "module_question.number", "module_question.round"],
        ),
        CheckConstraint("explanation <> ''", name="explained"),
        Index(
            "uq_module_answer_right",
            "version_id",
            "number",
            "round",
            unique=True,
            sqlite_where=text("is_right = 1"),
            postgresql_where=text("is_right"),
        ),
    )

    version_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    round: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    text: str = Field(max_length=200)
    is_right: bool
    explanation: str = Field(max_length=1000)


class ModuleSource(SQLModel, table=True):
    """Where the facts of a version come from."""

    __tablename__ = "module_source"
    __table_args__ = (CheckConstraint("publisher <> ''", name="published_by_somebody"),)

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    number: int = Field(primary_key=True)
    title: str = Field(max_length=200)
    publisher: str = Field(max_length=200)
    url: str = Field(default="", max_length=500)
    year: int | None = None


class ModuleTerm(SQLModel, table=True):
    """A word that the texts of a version explain."""

    __tablename__ = "module_term"

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    term: str = Field(max_length=80, primary_key=True)
    meaning: str = Field(max_length=300)


class ModuleImage(SQLModel, table=True):
    """A picture of a version, re-encoded."""

    __tablename__ = "module_image"
    __table_args__ = (CheckConstraint("alternative_text <> ''", name="said_in_words"),)

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    name: str = Field(max_length=80, primary_key=True)
    alternative_text: str = Field(max_length=500)
    digest: str = Field(max_length=64, foreign_key="module_image_content.digest", index=True)


class ModuleImageContent(SQLModel, table=True):
    """The bytes of pictures, each once, whatever versions show it."""

    __tablename__ = "module_image_content"

    digest: str = Field(max_length=64, primary_key=True)
    """SHA-256 of the bytes, in hexadecimal: the address never changes what it shows."""
    media_type: str = Field(max_length=40)
    width: int
    height: int
    content: bytes


class ModuleImageWidth(SQLModel, table=True):
    """The same picture, narrower: for screens that need no more."""

    __tablename__ = "module_image_width"

    digest: str = Field(max_length=64, foreign_key="module_image_content.digest", primary_key=True)
    """Of the widest, whose address it shares."""
    width: int = Field(primary_key=True)
    height: int
    content: bytes


class ModuleProgress(SQLModel, table=True):
    """How far one account read a module in the file of one patient; it belongs to the reader."""

    __tablename__ = "module_progress"
    __table_args__ = (
        CheckConstraint("step >= 0", name="counts_up"),
        ForeignKeyConstraint(["version_id"], ["module_version.id"]),
        Index(None, "patient_id", "user_id", "updated_at"),
        # Whom a correction or a retraction has to reach.
        Index(None, "module_id", "patient_id", "user_id"),
    )

    patient_id: UUID = Field(foreign_key="patient.id", primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    module_id: UUID = Field(foreign_key="module.id", primary_key=True)
    version_id: UUID
    """The version they began with, or the urgent correction that replaced it."""
    step: int = 0
    """The furthest step that was read to its end."""
    started_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    has_question: bool | None = None
    """Said at the end: "I understood" is False, "I have a question" is True."""
