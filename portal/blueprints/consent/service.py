"""Answers: one row each, never changed. The newest counts, and of one instant the no."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.blueprints.consent import blocks, queries
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


def say_yes(session: Session, question: Question, *, author: Author, at: datetime) -> None:
    """Open what the question is about."""
    patient_id, practitioner_id = question.patient_id, question.practitioner_id
    if practitioner_id is not None:
        blocks.end(session, patient_id=patient_id, practitioner_id=practitioner_id, at=at)
    if question.needs_consent:
        decide(session, question, status=ConsentStatus.GIVEN, author=author, at=at)


def say_no(session: Session, question: Question, *, author: Author, at: datetime) -> None:
    """Close it, from the next request on."""
    patient_id, practitioner_id = question.patient_id, question.practitioner_id
    if practitioner_id is not None and not question.needs_consent:
        by = author.user_id
        blocks.begin(
            session, patient_id=patient_id, practitioner_id=practitioner_id, created_by=by, at=at
        )
        return
    before = _newest(session, question)
    # A clock that was set back must not leave an older yes standing.
    instant = max(at, before.decided_at) if before is not None else at
    decide(session, question, status=_no_after(before), author=author, at=instant)


def take_back(
    session: Session, question: Question, decision_id: UUID, *, author: Author, at: datetime
) -> bool:
    """End that yes; false when something was answered since, or it was no yes."""
    newest = _newest(session, question)
    if newest is None or newest.id != decision_id or not newest.is_given:
        return False
    say_no(session, question, author=author, at=at)
    return True


def record_paper(
    session: Session,
    question: Question,
    *,
    is_yes: bool,
    paper: Paper,
    author: Author,
    at: datetime,
) -> tuple[ConsentDecision, bool]:
    """The row, and whether it counts: what was answered after the sheet was signed stays.

    Of one day nobody knows the order: a yes holds from its first instant, a no from its last, so
    that a no of that day always counts.
    """
    before = _newest(session, question)
    status = ConsentStatus.GIVEN if is_yes else _no_after(before)
    instant = _instant_of(paper, is_yes=is_yes, at=at)
    row = decide(session, question, status=status, author=author, at=instant, paper=paper)
    newest = _newest(session, question)
    return row, newest is not None and newest.id == row.id


def _newest(session: Session, question: Question) -> queries.DecisionRow | None:
    return queries.newest(
        session,
        patient_id=question.patient_id,
        purpose=question.text.purpose,
        practitioner_id=question.practitioner_id,
    )


def _no_after(before: queries.DecisionRow | None) -> ConsentStatus:
    is_taken_back = before is not None and before.is_given
    return ConsentStatus.WITHDRAWN if is_taken_back else ConsentStatus.REFUSED


def _instant_of(paper: Paper, *, is_yes: bool, at: datetime) -> datetime:
    zone = ZoneInfo(paper.time_zone)
    edge = time.min if is_yes else time.max
    return min(at, datetime.combine(paper.signed_on, edge, zone).astimezone(at.tzinfo))
