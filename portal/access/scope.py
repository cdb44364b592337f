"""Whom a reader may see: their own people, or a professional's patients."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, union
from sqlmodel import Session

from portal.access.ceilings import opened_by_law
from portal.access.facts import active_link, mandates_in_force, opens_file
from portal.access.majority import is_minor
from portal.access.viewer import Viewer, mandates_of
from portal.models import columns
from portal.models.account import Coordination
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Gender
from portal.models.rights import CareLink, CareLinkKind

MAX_PEOPLE = 20
"""A carer follows a few relatives; the list in the band is never longer."""

_patient = columns(Patient)
_link = columns(CareLink)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_coordination = columns(Coordination)


@dataclass(frozen=True, slots=True)
class Person:
    """One choice in the list of a patient's or a carer's own people."""

    id: UUID
    given_name: str
    family_name: str
    gender: Gender
    kind: CareLinkKind
    relationship: str
    relationship_text: str
    color: str
    time_zone: str


_PEOPLE = (
    select(
        _patient.id,
        _patient.given_name,
        _patient.family_name,
        _patient.gender,
        _link.kind,
        _link.relationship,
        _link.relationship_text,
        _link.color,
        _patient.time_zone,
        _patient.birth_date,
        mandates_in_force,
    )
    .join_from(CareLink, Patient, _link.patient_id == _patient.id)
    .where(
        _link.user_id == bindparam("user_id"),
        active_link(),
    )
    # Relatives first, oneself last, as in the band.
    .order_by(_link.kind == CareLinkKind.SELF, _link.starts_at, _patient.id)
    .limit(MAX_PEOPLE)
)

my_patient_ids = union(
    select(_member.patient_id)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .where(_member.practitioner_id == bindparam("practitioner_id", type_=Uuid), opens_file()),
    select(_patient.id)
    .join_from(Coordination, Patient, _patient.organization_id == _coordination.organization_id)
    .where(
        _coordination.user_id == bindparam("user_id", type_=Uuid), _coordination.ended_at.is_(None)
    ),
)
"""Of the bound professional and account: from a place that opens the file, or as coordinator."""


def people_of(session: Session, *, viewer: Viewer, at: datetime) -> list[Person]:
    """The reader's own people: those they care for, and themself."""
    rows = session.execute(_PEOPLE, {"user_id": viewer.id, "now": at})
    found = [(Person(*row[:-2]), row.birth_date, row[-1]) for row in rows]
    return [one for one, birth_date, held in found if _is_open(one, birth_date, held, at=at)]


def _is_open(person: Person, birth_date: str, held: str | None, *, at: datetime) -> bool:
    """Of those whom the law made somebody represent, only while it still opens something."""
    if person.kind is not CareLinkKind.LEGAL_REPRESENTATIVE:
        return True
    minor = is_minor(birth_date, time_zone=person.time_zone, at=at)
    return bool(opened_by_law(mandates_of(held), is_minor=minor))
