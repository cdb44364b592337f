"""Notes beside an appointment: sealed, each with those who read it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, func, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.crypto import Cell, KeyRing
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.agenda import Appointment
from portal.models.agreement import AppointmentNote, NoteAudience
from portal.models.base import UtcDateTime

LONGEST_NOTE = 1000
MOST_OF_AUDIENCE = 15
"""Everybody reads those of two audiences: 30 at most, and nobody learns of the third."""
UNDO_LASTS = timedelta(hours=1)

_note = columns(AppointmentNote)
_of_patient = bindparam("of_patient", type_=Uuid)
_HOW_MANY = select(func.count()).where(
    _note.patient_id == _of_patient,
    _note.appointment_id == bindparam("of_appointment", type_=Uuid),
    _note.audience == bindparam("of_audience"),
    _note.deleted_at.is_(None),
)
_OWN = (
    select(AppointmentNote)
    .where(
        _note.patient_id == _of_patient,
        _note.appointment_id == bindparam("of_appointment", type_=Uuid),
        _note.id == bindparam("of_note", type_=Uuid),
        _note.author_id == bindparam("of_author", type_=Uuid),
    )
    .with_for_update()
)
_FORGET = delete(AppointmentNote).where(
    _note.patient_id == _of_patient,
    _note.deleted_at < bindparam("deleted_before", type_=UtcDateTime),
)


class TooManyNotesError(Exception):
    """There are `MOST_OF_AUDIENCE` for the same people already."""


def cell_of(note_id: UUID) -> Cell:
    return Cell("appointment_note", "text_sealed", note_id)


def add_note(
    session: Session,
    appointment: Appointment,
    *,
    note_id: UUID,
    text: str,
    audience: NoteAudience,
    by: Author,
    at: datetime,
    keys: KeyRing,
) -> None:
    """Beside a locked appointment; a second tap of the same form adds nothing.

    Raises `TooManyNotesError`.
    """
    if session.get(AppointmentNote, (appointment.patient_id, note_id)) is not None:
        return
    forget_deleted(session, patient_id=appointment.patient_id, at=at)
    values = {
        "of_patient": appointment.patient_id,
        "of_appointment": appointment.id,
        "of_audience": audience,
    }
    if session.execute(_HOW_MANY, values).scalar_one() >= MOST_OF_AUDIENCE:
        raise TooManyNotesError
    session.add(
        AppointmentNote(
            patient_id=appointment.patient_id,
            id=note_id,
            appointment_id=appointment.id,
            author_id=by.user_id,
            capacity=by.capacity,
            audience=audience,
            text_sealed=keys.seal(text.encode(), cell_of(note_id)),
            at=at,
        )
    )
    session.flush()


def delete_note(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    note_id: UUID,
    author_id: UUID,
    at: datetime,
) -> None:
    """One's own; raises `NotFoundError` for that of another. It can be taken back for an hour."""
    forget_deleted(session, patient_id=patient_id, at=at)
    note = _own(session, patient_id, appointment_id, note_id, author_id)
    note.deleted_at = note.deleted_at or at
    session.add(note)
    session.flush()


def restore_note(
    session: Session,
    *,
    patient_id: UUID,
    appointment_id: UUID,
    note_id: UUID,
    author_id: UUID,
    at: datetime,
) -> None:
    """Raises `NotFoundError` once it is too late, and for that of another."""
    forget_deleted(session, patient_id=patient_id, at=at)
    note = _own(session, patient_id, appointment_id, note_id, author_id)
    note.deleted_at = None
    session.add(note)
    session.flush()


def forget_deleted(session: Session, *, patient_id: UUID, at: datetime) -> None:
    """What was deleted and can no longer be taken back is gone for good."""
    values = {"of_patient": patient_id, "deleted_before": at - UNDO_LASTS}
    session.connection().execute(_FORGET, values)


def _own(
    session: Session, patient_id: UUID, appointment_id: UUID, note_id: UUID, author_id: UUID
) -> AppointmentNote:
    values = {
        "of_patient": patient_id,
        "of_appointment": appointment_id,
        "of_note": note_id,
        "of_author": author_id,
    }
    note: AppointmentNote | None = session.execute(_OWN, values).scalar_one_or_none()
    if note is None:
        raise NotFoundError("note")
    return note
