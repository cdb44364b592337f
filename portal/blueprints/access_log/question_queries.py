"""Questions about lines of the log, for who asked them and for who answers."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, and_, bindparam, exists, func, select
from sqlmodel import Session

from portal.blueprints.access_log import queries
from portal.blueprints.access_log.queries import Reader
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import User
from portal.models.audit import AccessEvent, AccessQuestion
from portal.models.care import Patient

MOST_CONTACTS = 20

_question = columns(AccessQuestion)
_event = columns(AccessEvent)
_patient = columns(Patient)
_user = columns(User)
_is_contact = and_(_user.is_privacy_contact.is_(True), _user.disabled_at.is_(None))


class QuestionRow(NamedTuple):
    """One question in the list of the data-protection contact."""

    id: UUID
    created_at: datetime
    answered_at: datetime | None
    given_name: str
    family_name: str
    time_zone: str


class Case(NamedTuple):
    """One question as the contact reads it: the facts of the line, nothing of the record."""

    question: AccessQuestion
    line: queries.LineRow
    patient_given_name: str
    patient_family_name: str
    time_zone: str
    asker_given_name: str
    asker_family_name: str


_LIST = (
    select(
        _question.id,
        _question.created_at,
        _question.answered_at,
        _patient.given_name,
        _patient.family_name,
        _patient.time_zone,
    )
    .join_from(AccessQuestion, Patient, _patient.id == _question.patient_id)
    .limit(bindparam("limit", type_=Integer))
)
_after = bindparam("after_id", type_=Uuid)
# Whoever waits longest comes first; of what is answered, the newest. Keys are in order of time.
_OPEN = _LIST.where(_question.answered_at.is_(None)).order_by(_question.id)
_ANSWERED = _LIST.where(_question.answered_at.is_not(None)).order_by(_question.id.desc())
_CASE = (
    select(
        AccessQuestion,
        _patient.given_name,
        _patient.family_name,
        _patient.time_zone,
        _user.given_name,
        _user.family_name,
    )
    .join_from(AccessQuestion, Patient, _patient.id == _question.patient_id)
    .join(User, _user.id == _question.asked_by)
    .where(_question.id == bindparam("question_id", type_=Uuid))
)


def lock_line(session: Session, *, reader: Reader, sequence: int) -> None:
    """Two questions about one line wait for one another. Raises `NotFoundError`."""
    if queries.line(session, reader=reader, sequence=sequence) is None:
        raise NotFoundError("line")
    session.execute(
        select(_event.sequence)
        .where(_event.patient_id == reader.patient_id, _event.sequence == sequence)
        .with_for_update()
    )


def question_about(session: Session, *, reader: Reader, sequence: int) -> UUID | None:
    statement = select(_question.id).where(
        _question.patient_id == reader.patient_id,
        _question.sequence == sequence,
        _question.asked_by == reader.viewer_id,
    )
    return session.execute(statement).scalar_one_or_none()


def question_of_reader(session: Session, *, reader: Reader, question_id: UUID) -> AccessQuestion:
    """One that this reader asked. Raises `NotFoundError` for any other."""
    statement = select(AccessQuestion).where(
        _question.patient_id == reader.patient_id,
        _question.id == question_id,
        _question.asked_by == reader.viewer_id,
    )
    found: AccessQuestion | None = session.execute(statement).scalar_one_or_none()
    if found is None:
        raise NotFoundError("question")
    return found


def count_since(session: Session, *, reader: Reader, since: datetime) -> int:
    statement = select(func.count()).where(
        _question.patient_id == reader.patient_id,
        _question.asked_by == reader.viewer_id,
        _question.created_at > since,
    )
    return int(session.execute(statement).scalar_one())


def contacts(session: Session) -> list[User]:
    """Who answers."""
    statement = select(User).where(_is_contact).order_by(_user.id).limit(MOST_CONTACTS)
    return list(session.execute(statement).scalars())


def has_contact(session: Session) -> bool:
    return bool(session.execute(select(exists().where(_is_contact))).scalar_one())


def questions(
    session: Session, *, is_answered: bool, limit: int, after_id: UUID | None = None
) -> list[QuestionRow]:
    """Of all patients; `after_id` continues the list."""
    statement = _ANSWERED if is_answered else _OPEN
    if after_id is not None:
        statement = statement.where(_question.id < _after if is_answered else _question.id > _after)
    rows = session.execute(statement, {"limit": limit, "after_id": after_id})
    return [QuestionRow._make(row) for row in rows]


def case(session: Session, *, question_id: UUID, contact_id: UUID) -> Case:
    """Raises `NotFoundError`."""
    row = session.execute(_CASE, {"question_id": question_id}).one_or_none()
    if row is None:
        raise NotFoundError("question")
    question: AccessQuestion = row[0]
    reader = Reader(question.patient_id, contact_id)
    line = queries.line(session, reader=reader, sequence=question.sequence)
    if line is None:
        raise NotFoundError("line")
    return Case(question, line, *row[1:])
