"""Answers: one row each, never changed. The newest counts, and of one instant the no."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.blueprints.consent import blocks, queries
from portal.consents.deciding import Author, Paper, Question, decide
from portal.education.programme import taking_part
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus


def say_yes(session: Session, question: Question, *, author: Author, at: datetime) -> None:
    """Open what the question is about."""
    patient_id, practitioner_id = question.patient_id, question.practitioner_id
    if practitioner_id is not None:
        blocks.end(session, patient_id=patient_id, practitioner_id=practitioner_id, at=at)
    if question.needs_consent:
        decide(session, question, status=ConsentStatus.GIVEN, author=author, at=at)
        _settle(session, question, is_yes=True, author=author, at=at)


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
    _settle(session, question, is_yes=False, author=author, at=instant)


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
    counts = newest is not None and newest.id == row.id
    if counts:
        _settle(session, question, is_yes=is_yes, author=author, at=at)
    return row, counts


def _settle(
    session: Session, question: Question, *, is_yes: bool, author: Author, at: datetime
) -> None:
    """What an answer changes beside the rights, which are read from the answers themselves."""
    if question.text.purpose is ConsentPurpose.EDUCATION_PROGRAMME:
        patient_id, by = question.patient_id, author.user_id
        taking_part.settle(session, patient_id=patient_id, is_yes=is_yes, by=by, at=at)


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
