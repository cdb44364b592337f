"""Whose agenda a professional may see and keep, for statements over many files."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, or_, select, union

from portal.access.facts import opens, shares_care
from portal.access.viewer import Viewer
from portal.models import columns
from portal.models.account import Coordination
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import PractitionerRole
from portal.models.rights import GrantCategory

_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_coordination = columns(Coordination)
_role = columns(PractitionerRole)
_reader = bindparam("reader_id", type_=Uuid)
_own = bindparam("own_practitioner_id", type_=Uuid)
_utc_day = bindparam("utc_day", type_=Date)

# Named joins, and so never tied to the patients of the statement around it: read once.
agendas_from_circle = (
    select(_member.patient_id)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .join(Patient, _patient.id == _member.patient_id)
    .where(_member.practitioner_id == _own, opens(GrantCategory.AGENDA))
)
"""From a place in the circle that opens the agenda."""
agendas_coordinated = (
    select(_patient.id)
    .join_from(Coordination, Patient, _patient.organization_id == _coordination.organization_id)
    .where(_coordination.user_id == _reader, _coordination.ended_at.is_(None), shares_care())
)
agendas_seen = union(agendas_from_circle, agendas_coordinated)
"""As `agenda:book` of the policy says it; an emergency opens one file, and no list."""

houses_coordinated = select(_coordination.organization_id).where(
    _coordination.user_id == _reader, _coordination.ended_at.is_(None)
)
works_now = or_(_role.period_start.is_(None), _role.period_start <= _utc_day) & or_(
    _role.period_end.is_(None), _role.period_end >= _utc_day
)
"""Whether a row of `practitioner_role` holds on the bound day."""
houses_of_work = select(_role.organization_id).where(
    _role.practitioner_id == _own, _role.organization_id.is_not(None), works_now
)
own_houses = union(houses_coordinated, houses_of_work)
"""The organizations that the reader coordinates or works at."""


def reach_of(viewer: Viewer, *, at: datetime) -> dict[str, object]:
    """What these statements are bound to."""
    return {
        "reader_id": viewer.id,
        "own_practitioner_id": viewer.practitioner_id or UUID(int=0),
        "now": at,
        "utc_day": at.date(),
    }
