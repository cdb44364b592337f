"""A team proposes a programme to a patient, or takes it back; the answer is in `taking_part`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.education.programme.papers import NotUnderWayError, locked_programme, under_way
from portal.education.programme.sealing import seal_text, title_cell
from portal.education.programme.taking_part import current_programme
from portal.errors import PortalError
from portal.models.base import new_id
from portal.models.programme import EducationProgramme, ProgrammeState

LONGEST_TITLE = 80


class OneProgrammeError(PortalError):
    """Another is proposed or under way: a patient has one at a time."""


def propose(
    session: Session,
    *,
    patient_id: UUID,
    organization_id: UUID,
    title: str,
    by: UUID,
    at: datetime,
    keys: KeyRing,
) -> EducationProgramme:
    """Nothing of it begins before the patient agrees. Raises `OneProgrammeError`."""
    if current_programme(session, patient_id) is not None:
        raise OneProgrammeError
    programme_id = new_id()
    programme = EducationProgramme(
        patient_id=patient_id,
        id=programme_id,
        organization_id=organization_id,
        title_sealed=seal_text(keys, title, title_cell(programme_id)),
        proposed_by=by,
        proposed_at=at,
    )
    try:
        with session.begin_nested():
            session.add(programme)
    except IntegrityError:
        raise OneProgrammeError from None  # somebody proposed one in the same moment
    return programme


def take_back(
    session: Session, *, patient_id: UUID, programme_id: UUID, by: UUID, at: datetime
) -> EducationProgramme:
    """The team withdraws what waits for an answer; one that it took back already stays so.

    Raises `NotUnderWayError` once the patient answered, and `NotFoundError`.
    """
    programme = locked_programme(session, patient_id=patient_id, programme_id=programme_id)
    if programme.state is ProgrammeState.ENDED and programme.answered_at is None:
        return programme
    if programme.state is not ProgrammeState.PROPOSED:
        raise NotUnderWayError
    programme.state = ProgrammeState.ENDED
    programme.ended_by, programme.ended_at = by, at
    programme.revision += 1
    session.add(programme)
    session.flush()
    return programme


def share_progress(
    session: Session, *, patient_id: UUID, programme_id: UUID, is_shared: bool
) -> bool:
    """The team sees from now on how far the patient reads, or no longer; whether that is new.

    Raises `NotUnderWayError` and `NotFoundError`.
    """
    programme = under_way(session, patient_id=patient_id, programme_id=programme_id)
    if programme.shares_progress == is_shared:
        return False
    programme.shares_progress = is_shared
    session.add(programme)
    session.flush()
    return True
