"""Recording a legal status that was proved, and ending it before its term."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, bindparam, select, update
from sqlmodel import Session

from portal.access.facts import in_force
from portal.access.majority import comes_of_age_at, is_minor
from portal.blueprints.mandates.measures import Proof, makes_representative
from portal.crypto import Cell, KeyRing
from portal.errors import MandateRefusedError, NotFoundError
from portal.identity import file_letters
from portal.identity.file_letters import Recipient
from portal.identity.invitees import account_of_patient
from portal.models import columns
from portal.models.account import User
from portal.models.base import UtcDateTime, new_id
from portal.models.care import Patient
from portal.models.rights import CareLink, CareLinkKind, Grant, LegalStatus, Mandate
from portal.outbox import Letter

_grant = columns(Grant)
_mandate = columns(Mandate)
_STATUSES_IN_FORCE = select(_mandate.status).where(
    _mandate.patient_id == bindparam("of_patient", type_=Uuid),
    _mandate.care_link_id == bindparam("of_link", type_=Uuid),
    in_force(_mandate.starts_at, _mandate.ends_at),
)
_END_GRANTS = (
    update(Grant)
    .where(
        _grant.patient_id == bindparam("of_patient", type_=Uuid),
        _grant.care_link_id == bindparam("of_link", type_=Uuid),
        _grant.ends_at > bindparam("at", type_=UtcDateTime),
    )
    .values(ends_at=bindparam("at", type_=UtcDateTime))
)


@dataclass(frozen=True, slots=True)
class Proved:
    """What stands on the paper. Days are those of the patient; the last one still counts."""

    status: LegalStatus
    proof: Proof
    reference: str
    issued_by: str
    issued_on: date
    first_day: date
    last_day: date | None
    scope: frozenset[str] = frozenset()


def record(
    session: Session,
    *,
    keys: KeyRing,
    patient_id: UUID,
    link_id: UUID,
    proved: Proved,
    by: UUID,
    at: datetime,
) -> UUID:
    """The id of the legal status. Raises `MandateRefusedError`."""
    link, patient = _locked(session, patient_id, link_id), session.get_one(Patient, patient_id)
    if proved.status in _statuses_in_force(session, link, at):
        raise MandateRefusedError("recorded_already")
    row = Mandate(
        patient_id=patient_id,
        id=new_id(),
        care_link_id=link_id,
        status=proved.status,
        scope=" ".join(sorted(proved.scope)),
        proof_kind=proved.proof,
        issued_by=proved.issued_by,
        issued_on=proved.issued_on,
        starts_at=_midnight(proved.first_day, patient),
        ends_at=_end(proved, patient, at),
        verified_by=by,
        verified_at=at,
    )
    if proved.reference:
        row.proof_reference_sealed = keys.seal(proved.reference.encode(), _cell(row.id))
    if makes_representative(proved.status):
        link.kind = CareLinkKind.LEGAL_REPRESENTATIVE
    session.add_all([row, link])
    session.flush()
    _tell(session, keys=keys, link=link, mandate_id=row.id, at=at)
    return row.id


def end(
    session: Session, *, keys: KeyRing, patient_id: UUID, mandate_id: UUID, at: datetime
) -> None:
    """From now on. Raises `NotFoundError`, or `MandateRefusedError` when it is over already."""
    row = session.get(Mandate, (patient_id, mandate_id), with_for_update=True)
    if row is None:
        raise NotFoundError("mandate")
    if row.ends_at is not None and row.ends_at <= at:
        raise MandateRefusedError("over_already")
    row.ends_at = at
    session.add(row)
    session.flush()
    link = _locked(session, patient_id, row.care_link_id)
    if link.kind is CareLinkKind.LEGAL_REPRESENTATIVE and not _still_represents(session, link, at):
        _back_to_carer(session, link, at)
    _tell(session, keys=keys, link=link, mandate_id=row.id, at=at)


def reference_of(mandate_id: UUID, sealed: bytes | None, *, keys: KeyRing) -> str:
    return keys.open(sealed, _cell(mandate_id)).decode() if sealed is not None else ""


def _locked(session: Session, patient_id: UUID, link_id: UUID) -> CareLink:
    link = session.get(CareLink, (patient_id, link_id), with_for_update={"key_share": True})
    if link is None or link.kind is CareLinkKind.SELF:
        raise NotFoundError("relative")
    return link


def _statuses_in_force(session: Session, link: CareLink, at: datetime) -> set[LegalStatus]:
    values = {"of_patient": link.patient_id, "of_link": link.id, "now": at}
    return set(session.execute(_STATUSES_IN_FORCE, values).scalars())


def _still_represents(session: Session, link: CareLink, at: datetime) -> bool:
    return any(makes_representative(one) for one in _statuses_in_force(session, link, at))


def _back_to_carer(session: Session, link: CareLink, at: datetime) -> None:
    """With nothing: what the patient had granted before does not come back by itself."""
    link.kind = CareLinkKind.CARER
    session.add(link)
    session.flush()
    values = {"of_patient": link.patient_id, "of_link": link.id, "at": at}
    session.connection().execute(_END_GRANTS, values)


def _end(proved: Proved, patient: Patient, at: datetime) -> datetime | None:
    given = _midnight(proved.last_day + timedelta(days=1), patient) if proved.last_day else None
    if proved.status is not LegalStatus.AUTORITE_PARENTALE:
        return given
    majority = comes_of_age_at(patient.birth_date, time_zone=patient.time_zone)
    if majority is None:
        raise MandateRefusedError("no_birth_date")
    if not is_minor(patient.birth_date, time_zone=patient.time_zone, at=at):
        raise MandateRefusedError("adult")
    return min(given, majority) if given else majority


def _midnight(day: date, patient: Patient) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(patient.time_zone))


def _cell(mandate_id: UUID) -> Cell:
    return Cell("mandate", "proof_reference_sealed", mandate_id)


def _tell(
    session: Session, *, keys: KeyRing, link: CareLink, mandate_id: UUID, at: datetime
) -> None:
    """The patient, if they sign in, and the one whose status it is."""
    patient = account_of_patient(session, patient_id=link.patient_id, at=at)
    users = [one for one in (patient, session.get(User, link.user_id)) if one is not None]
    file_letters.tell(
        session,
        keys=keys,
        letter=Letter.MANDATE_CHANGED,
        to=[Recipient(one.id, one.email, one.locale) for one in users if one.email],
        subject_id=mandate_id,
        at=at,
    )
