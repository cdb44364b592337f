"""Asking about a line of the log, and answering; what is written is sealed."""

import base64
import binascii
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import Session

from portal import outbox
from portal.blueprints.access_log import question_queries
from portal.blueprints.access_log.queries import Reader
from portal.crypto import Cell, KeyRing
from portal.errors import TooManyRequestsError
from portal.models import columns
from portal.models.account import User
from portal.models.audit import AccessQuestion
from portal.models.base import UtcDateTime, new_id
from portal.outbox import Letter

A_DAY_BY_ONE_READER = 10
"""Questions: each writes to every data-protection contact."""
_DAY = timedelta(days=1)

_question = columns(AccessQuestion)
_ANSWER = (
    update(AccessQuestion)
    .where(
        _question.patient_id == bindparam("of_patient"),
        _question.id == bindparam("question"),
        _question.answered_at.is_(None),
    )
    .values(
        answered_at=bindparam("at", type_=UtcDateTime),
        answered_by=bindparam("by"),
        answer_sealed=bindparam("sealed"),
    )
)


def address_of_line(keys: KeyRing, *, patient_id: UUID, sequence: int) -> str:
    """How a page names a line. Its number would show a representative that lines are hidden."""
    sealed = keys.seal(str(sequence).encode(), _line_cell(patient_id))
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def line_of_address(keys: KeyRing, *, patient_id: UUID, address: str) -> int | None:
    """The number behind such an address; none when it is not ours or of another patient."""
    try:
        sealed = base64.b64decode(address + "=" * (-len(address) % 4), altchars=b"-_")
        return int(keys.open(sealed, _line_cell(patient_id)))
    except (ValueError, binascii.Error):
        return None


def ask(
    session: Session,
    *,
    keys: KeyRing,
    reader: Reader,
    sequence: int,
    message: str,
    at: datetime,
) -> UUID:
    """The question; a second one of the same reader about the same line is the first one.

    Raises `NotFoundError` for a line that this reader does not see, and `TooManyRequestsError`.
    """
    question_queries.lock_line(session, reader=reader, sequence=sequence)
    asked = question_queries.question_about(session, reader=reader, sequence=sequence)
    if asked is not None:
        return asked
    if question_queries.count_since(session, reader=reader, since=at - _DAY) >= A_DAY_BY_ONE_READER:
        raise TooManyRequestsError
    row = AccessQuestion(
        id=new_id(),
        patient_id=reader.patient_id,
        sequence=sequence,
        asked_by=reader.viewer_id,
        created_at=at,
    )
    if message:
        row.message_sealed = keys.seal(message.encode(), _cell("message_sealed", row.id))
    session.add(row)
    session.flush()
    for contact in question_queries.contacts(session):
        _tell(session, keys, contact, Letter.ACCESS_QUESTION, "/privacy/questions", row.id, at)
    return row.id


def answer(
    session: Session,
    *,
    keys: KeyRing,
    question: AccessQuestion,
    text: str,
    by: UUID,
    at: datetime,
) -> bool:
    """False when somebody else answered meanwhile: the first answer stands."""
    values = {
        "of_patient": question.patient_id,
        "question": question.id,
        "at": at,
        "by": by,
        "sealed": keys.seal(text.encode(), _cell("answer_sealed", question.id)),
    }
    if session.connection().execute(_ANSWER, values).rowcount == 0:
        return False
    asker = session.get_one(User, question.asked_by)
    path = f"/p/{question.patient_id}/access-log/questions/{question.id}"
    _tell(session, keys, asker, Letter.ACCESS_ANSWER, path, question.id, at)
    return True


def message_of(question: AccessQuestion, *, keys: KeyRing) -> str:
    """What was written with the question; empty when nothing was."""
    return _opened(keys, question.message_sealed, _cell("message_sealed", question.id))


def answer_of(question: AccessQuestion, *, keys: KeyRing) -> str:
    """Empty until it is answered."""
    return _opened(keys, question.answer_sealed, _cell("answer_sealed", question.id))


def _tell(
    session: Session,
    keys: KeyRing,
    user: User,
    letter: Letter,
    path: str,
    question_id: UUID,
    at: datetime,
) -> None:
    if user.email is None:
        return
    outbox.post(
        session,
        keys=keys,
        letter=letter,
        to=user.email,
        locale=user.locale,
        user_id=user.id,
        subject_id=question_id,
        values={"path": path},
        at=at,
    )


def _opened(keys: KeyRing, sealed: bytes | None, cell: Cell) -> str:
    return keys.open(sealed, cell).decode() if sealed is not None else ""


def _cell(column: str, question_id: UUID) -> Cell:
    return Cell("access_question", column, question_id)


def _line_cell(patient_id: UUID) -> Cell:
    return Cell("access_event", "address of a line", patient_id)
