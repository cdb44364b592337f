"""The answers of one patient, and the professionals of the circle whom they are about."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal.access.facts import NEWEST_DECISION, active_circle_member, in_force, opens_file
from portal.blueprints.consent.purposes import purpose_of
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.consent import ConsentChannel, ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.programme import EducationProgramme, ProgrammeState
from portal.models.rights import Block

SHOWN = 50
"""Of the past answers and of the past blocks; the newest first."""
MAX_PLACES = 60

_decision = columns(ConsentDecision)
_block = columns(Block)
_programme = columns(EducationProgramme)
_member = columns(CareTeamMember)
_team = columns(CareTeam)
_patient = columns(Patient)
_practitioner = columns(Practitioner)
_organization = columns(Organization)
_user = columns(User)
_coordination = columns(Coordination)
_of_patient = bindparam("of_patient", type_=Uuid)


class DecisionRow(NamedTuple):
    """One answer, about whom, and who gave it."""

    id: UUID
    purpose: ConsentPurpose
    practitioner_id: UUID | None
    prefix: str | None
    given_name: str | None
    family_name: str | None
    status: ConsentStatus
    text_version: int
    text_locale: str
    text_hash: str
    actor_id: UUID
    actor_given_name: str
    actor_family_name: str
    capacity: str
    channel: ConsentChannel
    paper_note: str
    signed_on: date | None
    decided_at: datetime

    @property
    def recipient(self) -> str:
        """Empty for an answer about the whole équipe de soins."""
        return " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))

    @property
    def actor(self) -> str:
        return f"{self.actor_given_name} {self.actor_family_name}".strip()

    @property
    def is_given(self) -> bool:
        return self.status is ConsentStatus.GIVEN


class BlockRow(NamedTuple):
    """A time during which a professional was kept out."""

    prefix: str
    given_name: str
    family_name: str
    starts_at: datetime
    ends_at: datetime | None
    actor_id: UUID
    actor_given_name: str
    actor_family_name: str

    @property
    def recipient(self) -> str:
        return " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))

    @property
    def actor(self) -> str:
        return f"{self.actor_given_name} {self.actor_family_name}".strip()


class Circumstances(NamedTuple):
    """What stands around the answers of one patient."""

    keeper: str
    """The organization whose coordinators see the file; empty without one."""
    programme: ProgrammeState | None
    """Of the education programme proposed last; none when there never was one."""
    blocks: list[BlockRow]
    """Whom the patient keeps out, or kept out."""


class _Place(NamedTuple):
    practitioner_id: UUID
    prefix: str
    given_name: str
    family_name: str
    gender: Gender
    profession: str
    profession_text: str
    functions: list[str]
    is_outside: bool
    opens: bool
    is_blocked: bool
    coordinates: bool


@dataclass(frozen=True, slots=True)
class Professional:
    """A professional of the circle, whatever number of places they hold in it."""

    id: UUID
    prefix: str
    given_name: str
    family_name: str
    gender: Gender
    profession: str
    profession_text: str
    functions: list[str]
    is_outside: bool
    """In every place: nothing opens without a consent."""
    opens: bool
    is_blocked: bool
    coordinates: bool
    """Keeps the circle too: no answer about the person takes that away."""

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))

    @property
    def purpose(self) -> ConsentPurpose:
        return purpose_of(self.profession)


_DECISIONS = (
    select(
        _decision.id,
        _decision.purpose,
        _decision.practitioner_id,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _decision.status,
        _decision.text_version,
        _decision.text_locale,
        _decision.text_hash,
        _decision.actor_id,
        _user.given_name,
        _user.family_name,
        _decision.capacity,
        _decision.channel,
        _decision.paper_note,
        _decision.signed_on,
        _decision.decided_at,
    )
    .join_from(ConsentDecision, User, _user.id == _decision.actor_id)
    .outerjoin(Practitioner, _practitioner.id == _decision.practitioner_id)
    .where(_decision.patient_id == _of_patient)
    .order_by(*NEWEST_DECISION)
)
_programme_state = (
    select(_programme.state)
    .where(_programme.patient_id == _patient.id)
    .order_by(_programme.id.desc())
    .limit(1)
    .scalar_subquery()
)
# From the patient, so that there is a row with the organization even without any block.
_CIRCUMSTANCES = (
    select(
        _organization.name,
        _programme_state,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _block.starts_at,
        _block.ends_at,
        _block.created_by,
        _user.given_name,
        _user.family_name,
    )
    .select_from(Patient)
    .outerjoin(Organization, _organization.id == _patient.organization_id)
    .outerjoin(Block, _block.patient_id == _patient.id)
    .outerjoin(Practitioner, _practitioner.id == _block.practitioner_id)
    .outerjoin(User, _user.id == _block.created_by)
    .where(_patient.id == _of_patient)
    .order_by(_block.starts_at.desc(), _block.id.desc())
    .limit(SHOWN)
)
_is_blocked = exists().where(
    _block.patient_id == _member.patient_id,
    _block.practitioner_id == _member.practitioner_id,
    in_force(_block.starts_at, _block.ends_at),
)
_coordinates = exists().where(
    _user.practitioner_id == _member.practitioner_id,
    _coordination.user_id == _user.id,
    _coordination.organization_id == _patient.organization_id,
    _coordination.ended_at.is_(None),
)
_PLACES = (
    select(
        _practitioner.id,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
        _member.functions,
        _member.is_outside_care_team,
        opens_file(),
        _is_blocked,
        _coordinates,
    )
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .join(Patient, _patient.id == _member.patient_id)
    .join(Practitioner, _practitioner.id == _member.practitioner_id)
    .where(_member.patient_id == _of_patient, active_circle_member())
    .order_by(_member.position, _member.id)
    .limit(MAX_PLACES)
)


def decisions(session: Session, *, patient_id: UUID) -> list[DecisionRow]:
    """The newest first: of each question the first row is the state."""
    rows = session.execute(_DECISIONS.limit(SHOWN), {"of_patient": patient_id})
    return [DecisionRow._make(row) for row in rows]


def decision(session: Session, *, patient_id: UUID, decision_id: UUID) -> DecisionRow:
    """However old. Raises `NotFoundError` for that of another patient."""
    statement = _DECISIONS.where(_decision.id == bindparam("of_decision", type_=Uuid))
    values = {"of_patient": patient_id, "of_decision": decision_id}
    row = session.execute(statement, values).one_or_none()
    if row is None:
        raise NotFoundError("decision")
    return DecisionRow._make(row)


def newest(
    session: Session, *, patient_id: UUID, purpose: ConsentPurpose, practitioner_id: UUID | None
) -> DecisionRow | None:
    """The answer that counts. About one person both questions are one, as in `access/facts.py`."""
    about = (
        _decision.practitioner_id == practitioner_id
        if practitioner_id is not None
        else _decision.purpose == purpose
    )
    statement = _DECISIONS.where(about).limit(1)
    row = session.execute(statement, {"of_patient": patient_id}).one_or_none()
    return DecisionRow._make(row) if row is not None else None


def circumstances(session: Session, *, patient_id: UUID) -> Circumstances:
    """Around the answers; the blocks begun last come first, those that are over too."""
    rows = session.execute(_CIRCUMSTANCES, {"of_patient": patient_id}).all()
    keeper, programme = rows[0][:2] if rows else (None, None)
    blocks = [BlockRow._make(row[2:]) for row in rows if row.starts_at is not None]
    return Circumstances(keeper or "", programme, blocks)


def professionals(session: Session, *, patient_id: UUID, at: datetime) -> list[Professional]:
    """Each once, in the order of the circle."""
    places: dict[UUID, list[_Place]] = {}
    for row in session.execute(_PLACES, {"of_patient": patient_id, "now": at}):
        place = _Place._make(row)
        places.setdefault(place.practitioner_id, []).append(place)
    return [_professional(held) for held in places.values()]


def _professional(held: list[_Place]) -> Professional:
    values = held[0]._replace(
        functions=[one for place in held for one in place.functions],
        is_outside=all(place.is_outside for place in held),
        opens=any(place.opens for place in held),
    )
    return Professional(*values)
