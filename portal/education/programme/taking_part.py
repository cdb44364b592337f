"""A yes or a no to taking part, and what becomes of the programme with it: one transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.facts import NEWEST_DECISION
from portal.consents.deciding import Author, Question, decide
from portal.consents.texts import current_text
from portal.models import columns
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.programme import EducationProgramme, ItemState, ProgrammeItem, ProgrammeState

CURRENT = (ProgrammeState.PROPOSED, ProgrammeState.ACCEPTED)
_p, _i, _decision = (columns(one) for one in (EducationProgramme, ProgrammeItem, ConsentDecision))
_of_patient = bindparam("of_patient", type_=Uuid)
_LOCKED = (
    select(EducationProgramme)
    .where(_p.patient_id == _of_patient, _p.state.in_(CURRENT))
    .with_for_update()
)
_ITEMS = (
    select(ProgrammeItem)
    .where(
        _i.patient_id == _of_patient,
        _i.programme_id == bindparam("of_programme", type_=Uuid),
    )
    .order_by(_i.position, _i.id)
    .with_for_update()
)
_SAID = (
    select(_decision.status)
    .where(
        _decision.patient_id == _of_patient,
        _decision.purpose == ConsentPurpose.EDUCATION_PROGRAMME,
    )
    .order_by(*NEWEST_DECISION)
    .limit(1)
)


def agree(
    session: Session, *, patient_id: UUID, author: Author, locale: str, at: datetime
) -> EducationProgramme | None:
    """A yes, in the words of that language; the programme begins. None without one that waits."""
    programme = current_programme(session, patient_id)
    if programme is None or programme.state is not ProgrammeState.PROPOSED:
        return None
    _say(session, patient_id, ConsentStatus.GIVEN, author=author, locale=locale, at=at)
    return settle(session, patient_id=patient_id, is_yes=True, by=author.user_id, at=at)


def object_to(
    session: Session, *, patient_id: UUID, author: Author, locale: str, at: datetime
) -> EducationProgramme | None:
    """A no: what was proposed is declined, what had begun ends. None without one of the two."""
    if current_programme(session, patient_id) is None:
        return None
    before = session.execute(_SAID, {"of_patient": patient_id}).scalar_one_or_none()
    status = ConsentStatus.WITHDRAWN if before is ConsentStatus.GIVEN else ConsentStatus.REFUSED
    _say(session, patient_id, status, author=author, locale=locale, at=at)
    return settle(session, patient_id=patient_id, is_yes=False, by=author.user_id, at=at)


def settle(
    session: Session, *, patient_id: UUID, is_yes: bool, by: UUID, at: datetime
) -> EducationProgramme | None:
    """Let the programme follow the answer that counts; what is as it says already stays.

    A yes takes what was proposed with it; of a programme that is declined only the answer stays.
    """
    programme = current_programme(session, patient_id)
    if programme is None:
        return None
    if programme.state is ProgrammeState.ACCEPTED:
        if not is_yes:
            _end(programme, by=by, at=at)
    else:
        programme.state = ProgrammeState.ACCEPTED if is_yes else ProgrammeState.DECLINED
        programme.answered_by, programme.answered_at = by, at
        programme.revision += 1
        _settle_items(session, programme, by=by, at=at)
    session.add(programme)
    session.flush()
    return programme


def _end(programme: EducationProgramme, *, by: UUID, at: datetime) -> None:
    programme.state, programme.shares_progress = ProgrammeState.ENDED, False
    programme.ended_by, programme.ended_at = by, at
    programme.revision += 1


def _settle_items(
    session: Session, programme: EducationProgramme, *, by: UUID, at: datetime
) -> None:
    values = {"of_patient": programme.patient_id, "of_programme": programme.id}
    fresh = {"populate_existing": True}
    for item in session.execute(_ITEMS, values, execution_options=fresh).scalars():
        if programme.state is ProgrammeState.DECLINED:
            session.delete(item)
        elif item.state is ItemState.PROPOSED:
            item.state, item.answered_by, item.answered_at = ItemState.ACCEPTED, by, at
            session.add(item)


def current_programme(session: Session, patient_id: UUID) -> EducationProgramme | None:
    """Proposed, or under way; locked until the transaction ends."""
    found: EducationProgramme | None = session.execute(
        _LOCKED, {"of_patient": patient_id}, execution_options={"populate_existing": True}
    ).scalar_one_or_none()
    return found


def _say(
    session: Session,
    patient_id: UUID,
    status: ConsentStatus,
    *,
    author: Author,
    locale: str,
    at: datetime,
) -> None:
    text = current_text(ConsentPurpose.EDUCATION_PROGRAMME, locale=locale)
    decide(session, Question(patient_id, text), status=status, author=author, at=at)
