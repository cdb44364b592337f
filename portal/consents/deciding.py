"""Answers: one row each, never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.consents.texts import ConsentText
from portal.models.consent import ConsentChannel, ConsentDecision, ConsentStatus


@dataclass(frozen=True, slots=True)
class Author:
    """Who answers, and as what: `self`, `legal_representative`, `coordinator`."""

    user_id: UUID
    capacity: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is answered, about whom, in the words that were shown."""

    patient_id: UUID
    text: ConsentText
    practitioner_id: UUID | None = None
    needs_consent: bool = True
    """Of somebody inside the équipe de soins no consent is asked: they are kept out or not."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet that the patient signed."""

    signed_on: date
    time_zone: str
    note: str


def decide(
    session: Session,
    question: Question,
    *,
    status: ConsentStatus,
    author: Author,
    at: datetime,
    paper: Paper | None = None,
) -> ConsentDecision:
    """Add one answer; `at` is when it holds from."""
    row = ConsentDecision(
        patient_id=question.patient_id,
        purpose=question.text.purpose,
        practitioner_id=question.practitioner_id,
        status=status,
        text_version=question.text.version,
        text_locale=question.text.locale,
        text_hash=question.text.sha256,
        actor_id=author.user_id,
        capacity=author.capacity,
        channel=ConsentChannel.PAPER if paper else ConsentChannel.PORTAL,
        paper_note=paper.note if paper else "",
        signed_on=paper.signed_on if paper else None,
        decided_at=at,
    )
    session.add(row)
    session.flush()
    return row
