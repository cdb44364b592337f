"""What proves who holds an account, and what happened to it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class SignInChallenge(SQLModel, table=True):
    """The step between password and code, and between invitation and enrolment."""

    __tablename__ = "sign_in_challenge"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(unique=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitation.id")
    """Set while enrolling: accepted when the first factor is confirmed."""
    reproofing_id: UUID | None = Field(default=None, foreign_key="reproofing.id")
    """Set while enrolling anew after everything was lost."""
    next_path: str = Field(default="", max_length=500)
    created_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)


class SignInBudget(SQLModel, table=True):
    """Failures left for one account from one kind of device; one row, moved by one statement."""

    __tablename__ = "sign_in_budget"

    account_digest: bytes = Field(primary_key=True)
    """Keyed digest of the e-mail: unknown accounts have a budget too."""
    device_digest: bytes = Field(primary_key=True)
    """The known device, or a constant for all the others together."""
    failures: int
    strikes: int
    """How many times the budget ran out within a day: each doubles the wait."""
    window_started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class KnownDevice(SQLModel, table=True):
    """A browser from which this account signed in before: a stranger's failures do not lock it."""

    __tablename__ = "known_device"

    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    token_hash: bytes = Field(primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)


class TotpDevice(SQLModel, table=True):
    """An authenticator app (RFC 6238: SHA-1, 6 digits, 30 s). Only a confirmed one opens."""

    __tablename__ = "totp_device"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    name: str = Field(default="", max_length=100)
    secret_sealed: bytes
    last_step: int = 0
    """The last accepted time step; only a later one is accepted."""
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Passkey(SQLModel, table=True):
    """A WebAuthn credential (Level 3): with user verification, two factors in one."""

    __tablename__ = "passkey"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    name: str = Field(max_length=100)
    credential_id: bytes = Field(unique=True)
    public_key: bytes
    """COSE key, as the authenticator sent it."""
    sign_count: int
    """0 for authenticators that do not count; else it only grows."""
    transports: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CeremonyPurpose(StrEnum):
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    STEP_UP = "step_up"
    REGISTRATION = "registration"
    ENROLMENT = "enrolment"


class PasskeyCeremony(SQLModel, table=True):
    """The challenge of one WebAuthn ceremony, for one browser; taken once."""

    __tablename__ = "passkey_ceremony"

    token_hash: bytes = Field(primary_key=True)
    challenge: bytes
    purpose: CeremonyPurpose = Field(sa_type=coded(CeremonyPurpose))
    user_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    """None while nobody has said who they are."""
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)


class PaperSheet(SQLModel, table=True):
    """A printed sheet of numbered codes: the second factor of somebody without a smartphone."""

    __tablename__ = "paper_sheet"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    codes_sealed: bytes | None = None
    """The codes until one of them proved that the sheet is in hand; then nobody can read them."""
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class PaperCode(SQLModel, table=True):
    """One numbered code of a sheet, kept as a keyed digest, good once."""

    __tablename__ = "paper_code"

    sheet_id: UUID = Field(foreign_key="paper_sheet.id", primary_key=True)
    number: int = Field(primary_key=True)
    code_digest: bytes
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(SQLModel, table=True):
    """One of ten printed codes of 80 bits, kept as a keyed digest, good once."""

    __tablename__ = "recovery_code"

    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    code_digest: bytes = Field(primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PasswordReset(SQLModel, table=True):
    """A mailed link to choose a new password; the second factor is asked all the same."""

    __tablename__ = "password_reset"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(unique=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EmailChange(SQLModel, table=True):
    """A new address that waits for its owner's word; the old one can stop it."""

    __tablename__ = "email_change"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    new_email: str = Field(max_length=254)
    token_hash: bytes = Field(unique=True)
    cancel_hash: bytes = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IdentityDocument(StrEnum):
    """What was shown face to face; noted, never copied."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    DRIVING_LICENCE = "driving_licence"


class Reproofing(SQLModel, table=True):
    """A way back for somebody who lost every factor (NIST SP 800-63B-4, 4.2).

    Two members of staff, then a delay in which the owner can cancel, then a fresh enrolment.
    """

    __tablename__ = "reproofing"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    document: IdentityDocument = Field(sa_type=coded(IdentityDocument))
    opened_by: UUID = Field(foreign_key="user_account.id", index=True)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ready_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """From then on the link and the code open a fresh enrolment."""
    ends_at: datetime = Field(sa_type=UtcDateTime)
    token_hash: bytes | None = Field(default=None, unique=True)
    code_digest: bytes | None = Field(default=None, unique=True)
    cancel_hash: bytes | None = Field(default=None, unique=True)
    password_hash: str | None = Field(default=None, max_length=200)
    """Chosen already, and worth nothing until the fresh factor is confirmed."""
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    """None when the link in the mail was used."""
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SecurityEventKind(StrEnum):
    """What the owner of an account reads in its history."""

    ENROLLED = "enrolled"
    SIGNED_IN = "signed_in"
    SIGNED_IN_NEW_DEVICE = "signed_in_new_device"
    SIGN_IN_BLOCKED = "sign_in_blocked"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    TOTP_ADDED = "totp_added"
    TOTP_REMOVED = "totp_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    SHEET_ADDED = "sheet_added"
    SHEET_REMOVED = "sheet_removed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an event
    PASSWORD_RESET_ASKED = "password_reset_asked"  # noqa: S105
    PASSWORD_RESET = "password_reset"  # noqa: S105
    EMAIL_CHANGE_ASKED = "email_change_asked"
    EMAIL_CHANGE_CANCELLED = "email_change_cancelled"
    EMAIL_CHANGED = "email_changed"
    NAME_CHANGED = "name_changed"
    SESSION_ENDED = "session_ended"
    SESSIONS_ENDED = "sessions_ended"
    REPROOFING_OPENED = "reproofing_opened"
    REPROOFING_CONFIRMED = "reproofing_confirmed"
    REPROOFING_PRINTED = "reproofing_printed"
    REPROOFING_CANCELLED = "reproofing_cancelled"
    REPROOFED = "reproofed"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_LOCKED = "invitation_locked"
    """Wrong dates of birth withdrew an invitation that they made."""
    CARER_JOINED = "carer_joined"
    """Told to the patient who did not invite that carer themself."""
    CALENDAR_ADDED = "calendar_added"
    CALENDAR_REMOVED = "calendar_removed"


class SecurityEvent(SQLModel, table=True):
    """One line of an account's history, for its owner."""

    __tablename__ = "security_event"
    __table_args__ = (Index(None, "user_id", "id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id")
    kind: SecurityEventKind = Field(sa_type=coded(SecurityEventKind))
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    user_agent: str = Field(default="", max_length=200)
    detail: str = Field(default="", max_length=254)
    """The name of a factor, or an address; never a code."""


class RateLimit(SQLModel, table=True):
    """Attempts from one client address in one window, where no Redis counts them."""

    __tablename__ = "rate_limit"

    key_digest: bytes = Field(primary_key=True)
    hits: int
    window_ends_at: datetime = Field(sa_type=UtcDateTime, index=True)
