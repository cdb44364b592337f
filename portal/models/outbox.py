"""What must be sent, written in the transaction that caused it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from portal.models.base import UtcDateTime, coded, new_id


class OutboxState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    """Not worth sending any more: withdrawn, expired, or its account is closed."""
    DEAD = "dead"
    """Given up: the operator sees it and can send it again."""


class OutboxMessage(SQLModel, table=True):
    """One mail. Sent once, or twice when a worker dies between the server's "250" and its commit.

    The key is a UUIDv7: messages are sent in the order of their keys, and the key is the
    Message-ID of every attempt.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(None, "state", "available_at"),
        Index(None, "recipient", "state", "available_at", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    letter: str = Field(max_length=50)
    """Which text: a key of the letters in `web/mail.py`."""
    recipient: str = Field(max_length=254)
    locale: str = Field(max_length=10)
    user_id: UUID | None = Field(default=None, foreign_key="user_account.id", index=True)
    """The account of the recipient, when there is one: a closed one is written to no more."""
    subject_id: UUID | None = None
    """The invitation, reset, change or re-proofing that it is about: asked again before sending."""
    values_sealed: bytes | None = None
    """JSON of what stands in the text, links among it; gone once it is sent."""
    state: OutboxState = Field(default=OutboxState.PENDING, sa_type=coded(OutboxState))
    available_at: datetime = Field(sa_type=UtcDateTime)
    """Not before: the next attempt, or the end of a delay."""
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    lease_token: UUID | None = None
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str = Field(default="", max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
