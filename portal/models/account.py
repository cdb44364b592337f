"""Accounts, their sessions, invitations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.clock import now
from portal.models.base import UtcDateTime, coded, new_id


class TextSize(StrEnum):
    NORMAL = "normal"
    LARGE = "large"
    VERY_LARGE = "very-large"


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class MessageLetters(StrEnum):
    """How often somebody hears by mail that messages wait."""

    SOON = "soon"
    DAILY = "daily"
    NEVER = "never"


class User(SQLModel, table=True):
    """One human who signs in; never shared. `email` and `username` are folded to lower case."""

    __tablename__ = "user_account"

    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR username IS NOT NULL", name="has_a_name_to_sign_in"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str | None = Field(default=None, max_length=254, unique=True)
    username: str | None = Field(default=None, max_length=100, unique=True)
    """What somebody without e-mail signs in with: `jeanne.morel`."""
    given_name: str = Field(max_length=100)
    family_name: str = Field(max_length=100)
    password_hash: str = Field(max_length=200)
    enrolled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the first second factor was confirmed; before that nobody can sign in."""
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Closed by an operator: no sign-in, and no session counts any more."""
    practitioner_id: UUID | None = Field(
        default=None, foreign_key="practitioner.id", unique=True, nullable=True
    )
    is_operator: bool = False
    is_patient_expert: bool = False
    is_privacy_contact: bool = False
    """Answers the questions of patients about who read their file (data-protection contact)."""
    locale: str | None = Field(default=None, max_length=10)
    time_zone: str | None = Field(default=None, max_length=50)
    """Of the reader, for the dates of their account; a visit keeps the zone of its place."""
    notify_sign_ins: bool = True
    """Whether a sign-in from a new device is told by mail; changes of the account always are."""
    notify_invitations: bool = True
    """Whether it is told by mail when somebody accepted an invitation of theirs."""
    message_letters: MessageLetters = Field(
        default=MessageLetters.SOON, sa_type=coded(MessageLetters)
    )
    text_size: TextSize = Field(default=TextSize.NORMAL, sa_type=coded(TextSize))
    theme: Theme = Field(default=Theme.AUTO, sa_type=coded(Theme))
    high_contrast: bool = False
    legible_font: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    @property
    def sign_in_name(self) -> str:
        """What they type to sign in."""
        return self.email or self.username or ""


class UserSession(SQLModel, table=True):
    """One signed-in browser. The cookie holds the token; the table holds its hash."""

    __tablename__ = "user_session"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(unique=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    idle_minutes: int
    """Minutes without a request after which the session ends: 15 for staff, 30 for others."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    idle_ends_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stepped_up_at: datetime = Field(sa_type=UtcDateTime)
    """When a second factor was last shown here: at sign-in, or again before a sensitive act."""
    user_agent: str = Field(default="", max_length=200)
    recovery_codes_sealed: bytes | None = None
    """New recovery codes until the reader says that they are kept; then nobody can read them."""


class InvitationKind(StrEnum):
    PATIENT = "patient"
    CARER = "carer"
    PROFESSIONAL = "professional"
    COORDINATOR = "coordinator"
    PATIENT_EXPERT = "patient_expert"
    """Writes modules for an organization."""
    OPERATOR = "operator"


class Invitation(SQLModel, table=True):
    """A single-use link for one person to one place in the circle.

    It is bound to an e-mail address, or, printed for somebody without one, to a name (and to the
    date of birth of a patient).
    """

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "related_person_id"], ["related_person.patient_id", "related_person.id"]
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(unique=True)
    code_digest: bytes | None = Field(default=None, unique=True)
    """Keyed digest of the short code of a printed sheet."""
    email: str | None = Field(default=None, max_length=254, index=True)
    given_name: str = Field(default="", max_length=100)
    family_name: str = Field(default="", max_length=100)
    invited_by: UUID | None = Field(default=None, foreign_key="user_account.id", index=True)
    """None when the operator made it on the command line."""
    failures: int = 0
    """Wrong dates of birth typed so far; after a few the invitation is withdrawn."""
    kind: InvitationKind = Field(sa_type=coded(InvitationKind))
    patient_id: UUID | None = Field(default=None, foreign_key="patient.id", index=True)
    related_person_id: UUID | None = None
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id", index=True)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id", index=True)
    relationship: str = Field(default="", max_length=100)
    """HL7 v3-RoleCode of the carer seen from the patient (`SON`), or plain words."""
    grants: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """What a carer will be able to do, as `category:action`; empty for the other kinds."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Coordination(SQLModel, table=True):
    """A user who manages the circles of an organization's patients."""

    __tablename__ = "coordination"
    __table_args__ = (UniqueConstraint("organization_id", "user_id"),)

    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    organization_id: UUID = Field(foreign_key="organization.id", primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
