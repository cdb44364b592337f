"""Who answers a request: the professional where they can, or else a coordinator."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func

from portal.access.facts import opens, shares_care
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.agenda import Appointment
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.rights import GrantCategory

_a = columns(Appointment)
_user = columns(User)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_patient = columns(Patient)
_coordination = columns(Coordination)
_accounts = User.__table__.alias("account_of_professional")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_account = _accounts.c


class ReceiverRow(NamedTuple):
    """Somebody whom a request reaches."""

    user_id: UUID
    given_name: str
    family_name: str
    is_professional: bool
    """The professional of the appointment, not a coordinator."""


def _place_opens() -> ColumnElement[bool]:
    """The professional of the `appointment` reads this agenda, from a place in the circle."""
    return (
        exists()
        .where(
            _team.patient_id == _a.patient_id,
            _member.patient_id == _a.patient_id,
            _member.practitioner_id == _a.practitioner_id,
            opens(GrantCategory.AGENDA),
        )
        .correlate(Appointment.__table__, Patient.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    )


def professional_answers() -> ColumnElement[bool]:
    """Whether that of an `appointment` joined to its `patient` has an account, and may."""
    has_account = (
        exists()
        .where(_account.practitioner_id == _a.practitioner_id, _account.disabled_at.is_(None))
        .correlate(Appointment.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    )
    return and_(has_account, _place_opens())


def is_their_professional() -> ColumnElement[bool]:
    """Of an account joined to its `appointment`: also a coordinator who is the professional."""
    return func.coalesce(_user.practitioner_id == _a.practitioner_id, false())


def to_professional(statement: Select[Any]) -> Select[Any]:
    """The account of the professional, from an `appointment` joined to its `patient`."""
    is_account = and_(
        _user.practitioner_id == _a.practitioner_id, _user.disabled_at.is_(None), _place_opens()
    )
    return statement.join(User, is_account)


def to_coordinators(statement: Select[Any]) -> Select[Any]:
    """The accounts of the house that coordinates, from an `appointment` with its `patient`."""
    coordinates = and_(
        _coordination.organization_id == _patient.organization_id,
        _coordination.ended_at.is_(None),
        shares_care(),
    )
    return statement.join(Coordination, coordinates).join(
        User, and_(_user.id == _coordination.user_id, _user.disabled_at.is_(None))
    )


def receivers(rows: Iterable[Any]) -> tuple[ReceiverRow, ...]:
    """The professional, or else the coordinators, the same ones each time."""
    known = {one.user_id: one for one in rows}
    found = sorted(known.values(), key=lambda one: (one.given_name, one.family_name, one.user_id))
    return tuple(one for one in found if one.is_professional) or tuple(found)
