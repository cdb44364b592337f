"""Every place that a circle has or had, and whether the patient lets its holder in."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, func, or_, select
from sqlmodel import Session

from portal.access.facts import NEWEST_DECISION, opens_file, waits_for_consent
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.care import CareTeam, CareTeamMember, MemberFunction, Patient, RelatedPerson
from portal.models.consent import ConsentDecision, ConsentStatus
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.need import Need, NeedType
from portal.teams.facts import open_need

MOST_PLACES = 200
MOST_NEEDS = 100

_member = columns(CareTeamMember)
_team = columns(CareTeam)
_practitioner = columns(Practitioner)
_relative = columns(RelatedPerson)
_organization = columns(Organization)
_patient = columns(Patient)
_need = columns(Need)
_type = columns(NeedType)
_decision = columns(ConsentDecision)
_of_patient = bindparam("of_patient", type_=Uuid)


class PlaceRow(NamedTuple):
    """One place, with whoever holds it."""

    id: UUID
    practitioner_id: UUID | None
    organization_id: UUID | None
    related_person_id: UUID | None
    prefix: str | None
    given_name: str
    family_name: str
    """Also the name of an organization."""
    gender: Gender | None
    profession: str
    profession_text: str
    relationship: str
    relationship_text: str
    role_text: str
    functions: list[str]
    contact_for: str
    sees: str
    is_outside: bool
    position: int
    period_start: datetime | None
    period_end: datetime | None
    end_reason: str
    successor_id: UUID | None
    opens: bool
    waits: bool

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))

    @property
    def is_professional(self) -> bool:
        return self.practitioner_id is not None

    @property
    def is_relative(self) -> bool:
        return self.related_person_id is not None

    @property
    def is_regular_doctor(self) -> bool:
        return MemberFunction.MEDECIN_TRAITANT in self.functions

    @property
    def is_kept_out(self) -> bool:
        """By the patient's no; of who waits nothing was said yet."""
        return self.is_professional and not self.opens and not self.waits

    def is_over(self, at: datetime) -> bool:
        return self.period_end is not None and self.period_end <= at

    def is_to_come(self, at: datetime) -> bool:
        return self.period_start is not None and self.period_start > at


class NeedRow(NamedTuple):
    """What somebody answers for, or stands in for."""

    id: UUID
    code: str
    type_label: str | None
    detail: str
    is_owned: bool


_PLACES = (
    select(
        _member.id,
        _member.practitioner_id,
        _member.organization_id,
        _member.related_person_id,
        _practitioner.prefix,
        func.coalesce(_practitioner.given_name, _relative.given_name, ""),
        func.coalesce(
            _practitioner.family_name, _relative.family_name, _organization.name, ""
        ).label("name"),
        func.coalesce(_practitioner.gender, _relative.gender).label("gender"),
        func.coalesce(_practitioner.profession, ""),
        func.coalesce(_practitioner.profession_text, ""),
        func.coalesce(_relative.relationship, ""),
        func.coalesce(_relative.relationship_text, ""),
        _member.role_text,
        _member.functions,
        _member.contact_for,
        _member.sees,
        _member.is_outside_care_team,
        _member.position,
        _member.period_start,
        _member.period_end,
        _member.end_reason,
        _member.successor_id,
        opens_file(),
        waits_for_consent(),
    )
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(
        RelatedPerson,
        and_(_relative.patient_id == _member.patient_id, _relative.id == _member.related_person_id),
    )
    .outerjoin(Organization, _organization.id == _member.organization_id)
    .where(
        _member.patient_id == _of_patient,
        # A relative whom the patient no longer lists has no place either.
        or_(_relative.id.is_(None), _relative.is_active),
    )
    # Of a long list the places that ended first are left out.
    .order_by(_member.period_end.is_not(None), _member.period_end.desc(), _member.id)
    .limit(MOST_PLACES)
)
_NEEDS = (
    select(
        _need.id,
        _need.code,
        _type.label,
        _need.detail,
        _need.owner_id == bindparam("of_member", type_=Uuid),
    )
    .select_from(Need)
    .outerjoin(NeedType, _type.id == _need.need_type_id)
    .where(
        _need.patient_id == _of_patient,
        open_need(),
        or_(
            _need.owner_id == bindparam("of_member", type_=Uuid),
            _need.deputy_id == bindparam("of_member", type_=Uuid),
        ),
    )
    .order_by(_need.id)
    .limit(MOST_NEEDS)
)
_LAST_ANSWER = (
    select(_decision.status)
    .where(
        _decision.patient_id == _of_patient,
        _decision.practitioner_id == bindparam("of_practitioner", type_=Uuid),
    )
    .order_by(*NEWEST_DECISION)
    .limit(1)
)
_HAS_CONDITION = select(_patient.has_long_term_condition).where(_patient.id == _of_patient)


def places(session: Session, *, patient_id: UUID, at: datetime) -> list[PlaceRow]:
    """Those that last and those that are over, in the order in which the patient reads them."""
    rows = session.execute(_PLACES, {"of_patient": patient_id, "now": at})
    return sorted((PlaceRow._make(row) for row in rows), key=lambda one: (one.position, one.id))


def lasting(rows: list[PlaceRow], *, at: datetime) -> list[PlaceRow]:
    """Without those that are over."""
    return [one for one in rows if not one.is_over(at)]


def place_of(rows: list[PlaceRow], member_id: UUID) -> PlaceRow:
    """Raises `NotFoundError` for that of another circle."""
    found = next((one for one in rows if one.id == member_id), None)
    if found is None:
        raise NotFoundError("place")
    return found


def needs_of(session: Session, *, patient_id: UUID, member_id: UUID) -> list[NeedRow]:
    """What is in the hands of that member."""
    values = {"of_patient": patient_id, "of_member": member_id}
    return [NeedRow._make(row) for row in session.execute(_NEEDS, values)]


def has_long_term_condition(session: Session, *, patient_id: UUID) -> bool:
    return bool(session.execute(_HAS_CONDITION, {"of_patient": patient_id}).scalar_one())


def said_no(session: Session, *, patient_id: UUID, practitioner_id: UUID) -> bool:
    """Whether the patient's last answer about that professional was a no."""
    values = {"of_patient": patient_id, "of_practitioner": practitioner_id}
    answer = session.execute(_LAST_ANSWER, values).scalar_one_or_none()
    return answer is not None and answer is not ConsentStatus.GIVEN
