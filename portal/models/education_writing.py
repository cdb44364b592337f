"""How a module comes to be: who works on modules, every state of a draft, remarks, translations."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class EducationRole(StrEnum):
    WRITER = "writer"
    """A patient expert: writes modules, reads those of others as a peer."""
    REVIEWER = "reviewer"
    """A professional who answers for what modules say."""


class EducationMember(SQLModel, table=True):
    """Who writes and who reviews the modules of an organization, as its coordinators keep it."""

    __tablename__ = "education_member"
    __table_args__ = (Index(None, "user_id", "organization_id"),)

    organization_id: UUID = Field(foreign_key="organization.id", primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    role: EducationRole = Field(sa_type=coded(EducationRole), primary_key=True)
    added_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    added_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ModuleCoauthor(SQLModel, table=True):
    """A patient expert whom the author of a module let write it with them."""

    __tablename__ = "module_coauthor"

    module_id: UUID = Field(foreign_key="module.id", primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True, index=True)
    added_by: UUID = Field(foreign_key="user_account.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class RevisionKind(StrEnum):
    WRITTEN = "written"
    SET_ASIDE = "set_aside"
    """What somebody wrote while another changed the same passage: kept beside the line."""
    RESTORED = "restored"
    IMPORTED = "imported"


class ModuleRevision(SQLModel, table=True):
    """The text of a draft as it was saved; the newest that was not set aside is the draft.

    A draft may be unfinished in any way, which the tables of a version cannot hold: its parts
    become rows when it is submitted.
    """

    __tablename__ = "module_revision"

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    number: int = Field(primary_key=True)
    """0 is what it began with; saving goes on from the number that the writer saw."""
    kind: RevisionKind = Field(default=RevisionKind.WRITTEN, sa_type=coded(RevisionKind))
    written_by: UUID = Field(foreign_key="user_account.id")
    began_at: datetime = Field(sa_type=UtcDateTime)
    written_at: datetime = Field(sa_type=UtcDateTime)
    """Of the last keystroke saved: what one person writes in one go is one revision."""
    content: str
    """JSON of `portal.education.drafting.DraftText`."""


class ModuleReviewRequest(SQLModel, table=True):
    """Whom the author asked to review a version, and until when an answer is hoped for."""

    __tablename__ = "module_review_request"

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    reviewer_id: UUID = Field(foreign_key="user_account.id", primary_key=True, index=True)
    asked_by: UUID = Field(foreign_key="user_account.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    due_on: date


class ModuleRemark(SQLModel, table=True):
    """What a reader of a submitted version said about a passage of it."""

    __tablename__ = "module_remark"
    __table_args__ = (
        CheckConstraint("body <> ''", name="says_something"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_somebody"),
    )

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    author_id: UUID = Field(foreign_key="user_account.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    place: str = Field(max_length=40)
    """The field it is about, by its name in the form: `title`, `step-2-body`, `question-1`."""
    quote: str = Field(default="", max_length=300)
    """The passage as it stood; found again in the text as long as it stands there."""
    body: str = Field(max_length=1000)
    answer: str = Field(default="", max_length=1000)
    settled_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ModuleTranslation(SQLModel, table=True):
    """Which version a version in another language says in other words."""

    __tablename__ = "module_translation"

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    source_id: UUID = Field(foreign_key="module_version.id", index=True)
    """What the translator last said that it follows."""


class ModuleNotice(SQLModel, table=True):
    """Which warning about a version went out, so that each goes out once."""

    __tablename__ = "module_notice"

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    kind: str = Field(max_length=40, primary_key=True)
    sent_at: datetime = Field(sa_type=UtcDateTime)


class ModuleSearchWord(SQLModel, table=True):
    """A stem of a published version, by which the library is searched."""

    __tablename__ = "module_search_word"
    __table_args__ = (Index(None, "stem", "version_id"),)

    version_id: UUID = Field(foreign_key="module_version.id", primary_key=True)
    stem: str = Field(max_length=40, primary_key=True)
    word: str = Field(max_length=40)
    """One that stands in the text, for who typed another that is found nowhere."""
    weight: int
    """How much it says about the module: words of the title weigh more."""
