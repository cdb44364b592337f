"""The médecin traitant who can read a synthesis here: a place in the circle, and an account."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, cast, select
from sqlmodel import Session

from portal.access.facts import opens
from portal.models import columns
from portal.models.account import User
from portal.models.care import CareTeam, CareTeamMember, MemberFunction, Patient
from portal.models.directory import Practitioner
from portal.models.rights import GrantCategory

_team, _member, _patient = columns(CareTeam), columns(CareTeamMember), columns(Patient)
_practitioner, _user = columns(Practitioner), columns(User)
_DOCTORS = (
    select(
        _user.id,
        _user.email,
        _user.locale,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
    )
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .join(Patient, _patient.id == _member.patient_id)
    .join(Practitioner, _practitioner.id == _member.practitioner_id)
    .join(User, _user.practitioner_id == _practitioner.id)
    .where(
        _member.patient_id == bindparam("of_patient", type_=Uuid),
        cast(_member.functions, String).contains(
            f'"{MemberFunction.MEDECIN_TRAITANT}"', autoescape=True
        ),
        opens(GrantCategory.EDUCATION),
        _user.disabled_at.is_(None),
    )
    .order_by(_member.position, _member.id)
    .limit(1)
)


class Doctor(NamedTuple):
    user_id: UUID
    email: str | None
    locale: str | None
    name: str


def doctor_of(session: Session, *, patient_id: UUID, at: datetime) -> Doctor | None:
    """None when nobody of the circle is, or they could not read it: it is handed over on paper."""
    row = session.execute(_DOCTORS, {"of_patient": patient_id, "now": at}).one_or_none()
    if row is None:
        return None
    name = " ".join(filter(None, (row.prefix, row.given_name, row.family_name)))
    return Doctor(row.id, row.email, row.locale, name)
