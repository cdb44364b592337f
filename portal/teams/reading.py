"""Everything that says who does what for one patient, by one statement.

Members, needs, absences and the organization that keeps the circle: each is an arm of it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from portal.access.facts import active_circle_member, in_force, opens_file, waits_for_consent
from portal.models import columns
from portal.models.care import CareTeam, CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Absence, Organization, Practitioner, PractitionerRole
from portal.models.need import Need, NeedType
from portal.models.rights import Block, CareLink
from portal.models.union import ArmOf, Union
from portal.teams.facts import has_owner, open_need
from portal.teams.rows import AbsenceRow, KeeperRow, MemberRow, NeedRow, Team

MAX_ROWS = 400
"""A circle of care is people whom a family knows; a longer list is an error of import."""
MAX_MEMBERS = 60
ABSENCES_AHEAD = timedelta(days=60)

_team = columns(CareTeam)
_member = columns(CareTeamMember)
_practitioner = columns(Practitioner)
_role = columns(PractitionerRole)
_organization = columns(Organization)
_relative = columns(RelatedPerson)
_link = columns(CareLink)
_need = columns(Need)
_type = columns(NeedType)
_absence = columns(Absence)
_patient = columns(Patient)
_block = columns(Block)
_of_patient = bindparam("patient_id", type_=Uuid)
_today = bindparam("today", type_=Date)


# Without a role named on the member, the practitioner's own first role says hours and number.
def _first_role_of(practitioner_id: ColumnElement[Any], *, correlated: type[Any]) -> Any:
    first = PractitionerRole.__table__.alias("first_role").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    return (
        select(first.id)
        .where(
            first.practitioner_id == practitioner_id,
            or_(first.period_start.is_(None), first.period_start <= _today),
            or_(first.period_end.is_(None), first.period_end >= _today),
        )
        .order_by(first.id)
        .limit(1)
        .correlate(correlated.__table__)
        .scalar_subquery()
    )


_MEMBER_COLUMNS: dict[str, ColumnElement[Any]] = {
    "id": _member.id,
    "practitioner_id": _member.practitioner_id,
    "related_person_id": _member.related_person_id,
    "role_text": _member.role_text,
    "functions": _member.functions,
    "contact_for": _member.contact_for,
    "phone": _member.phone,
    "hours": _member.hours,
    "availability_text": _member.availability_text,
    "prefix": _practitioner.prefix,
    "practitioner_given_name": _practitioner.given_name,
    "practitioner_family_name": _practitioner.family_name,
    "practitioner_gender": _practitioner.gender,
    "profession": _practitioner.profession,
    "profession_text": _practitioner.profession_text,
    "practitioner_phone": _practitioner.phone,
    "place_hours": _role.hours,
    "absences": _role.absences,
    "time_zone": _role.time_zone,
    "place_role_text": _role.role_text,
    "place_phone": _role.phone,
    "place_works_on_holidays": _role.is_open_on_holidays,
    "organization_id": _organization.id,
    "organization_name": _organization.name,
    "organization_phone": _organization.phone,
    "organization_time_zone": _organization.time_zone,
    "organization_hours": _organization.hours,
    "organization_works_on_holidays": _organization.is_open_on_holidays,
    "holiday_region": _organization.holiday_region,
    "relative_given_name": _relative.given_name,
    "relative_family_name": _relative.family_name,
    "relative_gender": _relative.gender,
    "relationship": _relative.relationship,
    "relationship_text": _relative.relationship_text,
    "relative_phone": _relative.phone,
    "is_emergency_contact": _relative.is_emergency_contact,
    "is_viewer": _link.id.is_not(None),
    "is_outside": _member.is_outside_care_team,
    "opens": opens_file(),
    "sees": _member.sees,
    "waits_for_consent": waits_for_consent(),
    "period_start": _member.period_start,
    "period_end": _member.period_end,
}
_NEED_COLUMNS: dict[str, ColumnElement[Any]] = {
    "id": _need.id,
    "code": _need.code,
    "type_label": _type.label,
    "detail": _need.detail,
    "owner_id": _need.owner_id,
    "deputy_id": _need.deputy_id,
    "contact_text": _need.contact_text,
    "frequency": _need.frequency,
    "review_on": _need.review_on,
    "version": _need.version,
    "has_owner": has_owner(),
}
_ABSENCE_COLUMNS: dict[str, ColumnElement[Any]] = {
    "practitioner_id": _absence.practitioner_id,
    "starts_on": _absence.starts_on,
    "ends_on": _absence.ends_on,
    "note": _absence.note,
    # Nobody is named whom the patient keeps out, in the circle or not.
    "replacement_id": _practitioner.id,
    "replacement_prefix": _practitioner.prefix,
    "replacement_given_name": _practitioner.given_name,
    "replacement_family_name": _practitioner.family_name,
    "replacement_gender": _practitioner.gender,
    "replacement_profession": _practitioner.profession,
    "replacement_profession_text": _practitioner.profession_text,
    "replacement_phone": _practitioner.phone,
    "replacement_hours": _role.hours,
    "replacement_absences": _role.absences,
    "replacement_time_zone": _role.time_zone,
    "replacement_place_phone": _role.phone,
    "replacement_works_on_holidays": _role.is_open_on_holidays,
}
_KEEPER_COLUMNS: dict[str, ColumnElement[Any]] = {
    name: _organization[name] for name in KeeperRow._fields
}
_UNION = Union(
    {
        "member": ArmOf(_MEMBER_COLUMNS, MemberRow),
        "need": ArmOf(_NEED_COLUMNS, NeedRow),
        "absence": ArmOf(_ABSENCE_COLUMNS, AbsenceRow),
        "keeper": ArmOf(_KEEPER_COLUMNS, KeeperRow),
    }
)


_MEMBERS = (
    _UNION.arm("member", _member.position)
    .join_from(CareTeamMember, CareTeam, _team.patient_id == _member.patient_id)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(
        PractitionerRole,
        _role.id
        == func.coalesce(
            _member.practitioner_role_id,
            _first_role_of(_member.practitioner_id, correlated=CareTeamMember),
        ),
    )
    .outerjoin(
        Organization,
        _organization.id == func.coalesce(_member.organization_id, _role.organization_id),
    )
    .outerjoin(
        RelatedPerson,
        and_(_relative.patient_id == _member.patient_id, _relative.id == _member.related_person_id),
    )
    .outerjoin(
        CareLink,
        and_(
            _link.patient_id == _member.patient_id,
            _link.related_person_id == _member.related_person_id,
            _link.user_id == bindparam("viewer_id", type_=Uuid),
        ),
    )
    .where(
        _member.patient_id == _of_patient,
        active_circle_member(),
        or_(_relative.id.is_(None), _relative.is_active),
    )
)
_NEEDS = (
    _UNION.arm("need")
    .select_from(Need)
    .outerjoin(NeedType, _type.id == _need.need_type_id)
    .where(_need.patient_id == _of_patient, open_need())
)
_away = CareTeamMember.__table__.alias("away").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_is_kept_out = (
    exists()
    .where(
        _block.patient_id == _of_patient,
        _block.practitioner_id == _absence.replacement_id,
        in_force(_block.starts_at, _block.ends_at),
    )
    .correlate(Absence.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
)
_ABSENCES = (
    _UNION.arm("absence")
    .select_from(Absence)
    .outerjoin(
        Practitioner,
        and_(_practitioner.id == _absence.replacement_id, not_(_is_kept_out)),
    )
    .outerjoin(
        PractitionerRole, _role.id == _first_role_of(_absence.replacement_id, correlated=Absence)
    )
    .where(
        _absence.practitioner_id.in_(
            select(_away.practitioner_id).where(
                _away.patient_id == _of_patient, _away.practitioner_id.is_not(None)
            )
        ),
        # A day is over later in the west than where the server is.
        _absence.ends_on >= bindparam("yesterday", type_=Date),
        _absence.starts_on <= bindparam("horizon", type_=Date),
    )
)
_KEEPER = (
    _UNION.arm("keeper")
    .join_from(Patient, Organization, _organization.id == _patient.organization_id)
    .where(_patient.id == _of_patient)
)
_ARMS = union_all(_MEMBERS, _NEEDS, _ABSENCES, _KEEPER)
_TEAM = _ARMS.order_by(
    *(_ARMS.selected_columns[name] for name in ("arm", "position", _UNION.slot("member", "id")))
).limit(MAX_ROWS)


def read_team(session: Session, *, patient_id: UUID, viewer_id: UUID, at: datetime) -> Team:
    """Members in the order that the coordinator gave them; needs in that of their making."""
    today = at.date()
    values = {
        "patient_id": patient_id,
        "viewer_id": viewer_id,
        "now": at,
        "today": today,
        "yesterday": today - timedelta(days=1),
        "horizon": today + ABSENCES_AHEAD,
    }
    found = _UNION.read(session.execute(_TEAM, values).mappings())
    absences = sorted(found["absence"], key=lambda one: one.starts_on)
    keeper = found["keeper"][0] if found["keeper"] else None
    return Team(found["member"][:MAX_MEMBERS], found["need"], absences, keeper)
