"""What holds of a need, as SQL: who answers for it, and whether somebody has to look at it."""

from sqlalchemy import ColumnElement, Date, String, and_, bindparam, cast, exists, not_, or_

from portal.access.facts import active_circle_member, in_force
from portal.models import columns
from portal.models.care import CareTeam, CareTeamMember, MemberFunction, Patient
from portal.models.need import Need

_need = columns(Need)
_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_owners = CareTeamMember.__table__.alias("owner")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_owner = _owners.c


def open_need() -> ColumnElement[bool]:
    return _need.ended_at.is_(None)


def has_owner() -> ColumnElement[bool]:
    """Whether a row of `need` is in the hands of somebody who has a place at `now`."""
    return (
        exists()
        .where(
            _owner.patient_id == _need.patient_id,
            _owner.id == _need.owner_id,
            in_force(_owner.period_start, _owner.period_end),
        )
        .correlate_except(_owners)
    )


def review_is_due() -> ColumnElement[bool]:
    """On the bound day `today`, of who reads."""
    return and_(_need.review_on.is_not(None), _need.review_on <= bindparam("today", type_=Date))


def is_alarm() -> ColumnElement[bool]:
    """Nobody answers for it, or nobody looked at it in time."""
    return and_(open_need(), or_(not_(has_owner()), review_is_due()))


def has_regular_doctor() -> ColumnElement[bool]:
    """Whether somebody with a place at `now` in the circle of a `patient` is their doctor."""
    return (
        exists()
        .where(
            _team.patient_id == _patient.id,
            _member.patient_id == _patient.id,
            # A list of codes without quotes or escapes: its text is searched on both databases.
            cast(_member.functions, String).contains(
                f'"{MemberFunction.MEDECIN_TRAITANT}"', autoescape=True
            ),
            active_circle_member(),
        )
        .correlate_except(CareTeam.__table__, CareTeamMember.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    )
