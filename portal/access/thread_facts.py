"""Which conversations somebody sees, and how many hold something new for them, as SQL.

The permission `messages:see` says whether any; this says which. The patient and those whom they
allowed see all that is not hidden from them. A professional sees what they or their team answer
for, what they stand in for today, and what they took part in or heard of because it was late.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from portal.access.facts import is_hidden, opens, shares_care
from portal.models import columns
from portal.models.account import Coordination
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Absence, PractitionerRole
from portal.models.messaging import Thread, ThreadReader
from portal.models.rights import CareLink, GrantCategory

MOST_UNREAD = 100
"""One more than a badge shows."""

_t = columns(Thread)
_link = columns(CareLink)
_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_coordination = columns(Coordination)
_role = columns(PractitionerRole)
_absence = columns(Absence)
_participants = ThreadReader.__table__.alias("participant")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_participant = _participants.c
_unread_rows = ThreadReader.__table__.alias("unread_row")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_unread = _unread_rows.c


def seen_by_family(viewer_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Of a row of `thread`."""
    return not_(is_hidden(_t.patient_id, _t.id, viewer_id))


def seen_by_professional(
    viewer_id: ColumnElement[Any],
    practitioner_id: ColumnElement[Any],
    today: ColumnElement[Any],
) -> ColumnElement[bool]:
    """Of a row of `thread`."""
    took_part = (
        exists()
        .where(
            _participant.patient_id == _t.patient_id,
            _participant.thread_id == _t.id,
            _participant.user_id == viewer_id,
            _participant.is_participant,
        )
        .correlate_except(_participants)
    )
    return or_(
        is_for(practitioner_id, today),
        is_for_team_of(viewer_id, practitioner_id, today),
        took_part,
    )


def is_for(practitioner_id: ColumnElement[Any], today: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the professional answers for it, or stands in today for who does."""
    replaced = (
        select(_absence.practitioner_id)
        .where(
            _absence.replacement_id == practitioner_id,
            _absence.starts_on <= today,
            _absence.ends_on >= today,
        )
        .correlate_except(_table(Absence))
    )
    return or_(_t.practitioner_id == practitioner_id, _t.practitioner_id.in_(replaced))


def is_for_team_of(
    viewer_id: ColumnElement[Any],
    practitioner_id: ColumnElement[Any],
    today: ColumnElement[Any],
) -> ColumnElement[bool]:
    """The coordination that this account belongs to, or a place where they work."""
    coordinated = (
        select(_coordination.organization_id)
        .where(_coordination.user_id == viewer_id, _coordination.ended_at.is_(None))
        .correlate_except(_table(Coordination))
    )
    worked_in = (
        select(_role.organization_id)
        .where(
            _role.practitioner_id == practitioner_id,
            _role.organization_id.is_not(None),
            or_(_role.period_start.is_(None), _role.period_start <= today),
            or_(_role.period_end.is_(None), _role.period_end >= today),
        )
        .correlate_except(_table(PractitionerRole))
    )
    return or_(
        and_(_t.member_id.is_(None), _t.organization_id.in_(coordinated)),
        and_(_t.member_id.is_not(None), _t.organization_id.in_(worked_in)),
    )


def unread_threads_of(
    user_id: ColumnElement[Any],
    practitioner_id: ColumnElement[Any],
    today: ColumnElement[Any],
) -> ScalarSelect[Any]:
    """How many of this `patient`'s conversations hold something new for an account.

    With the `care_link` of the account, if any, joined: a relative counts as one. Whether they may
    read any conversation at all is the policy's to say.
    """
    return _count_unread(
        _unread.user_id == user_id,
        _unread.patient_id == _patient.id,
        or_(
            and_(_link.id.is_not(None), seen_by_family(user_id)),
            and_(_link.id.is_(None), seen_by_professional(user_id, practitioner_id, today)),
        ),
    )


def unread_at_work(
    user_id: ColumnElement[Any],
    practitioner_id: ColumnElement[Any],
    today: ColumnElement[Any],
) -> ScalarSelect[Any]:
    """The same over all files that are open to a professional or a coordinator."""
    file_is_open = or_(
        opens_from_circle(_unread.patient_id, practitioner_id),
        opens_to_coordinator(_unread.patient_id, user_id),
    )
    return _count_unread(
        _unread.user_id == user_id,
        file_is_open,
        seen_by_professional(user_id, practitioner_id, today),
    )


def opens_from_circle(
    patient_id: ColumnElement[Any], practitioner_id: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Whether a place in that patient's circle opens messages to this professional."""
    return (
        exists()
        .where(
            _patient.id == patient_id,
            _team.patient_id == _patient.id,
            _member.patient_id == _patient.id,
            _member.practitioner_id == practitioner_id,
            opens(GrantCategory.MESSAGES),
        )
        .correlate_except(_table(Patient), _table(CareTeam), _table(CareTeamMember))
    )


def opens_to_coordinator(
    patient_id: ColumnElement[Any], user_id: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Whether this account coordinates that patient, who shares with those who do."""
    return (
        exists()
        .where(
            _patient.id == patient_id,
            _coordination.organization_id == _patient.organization_id,
            _coordination.user_id == user_id,
            _coordination.ended_at.is_(None),
            shares_care(),
        )
        .correlate_except(_table(Patient), _table(Coordination))
    )


def _count_unread(*which: ColumnElement[bool]) -> ScalarSelect[Any]:
    """No further than a badge can say: who never reads pays no more than who does."""
    # Said in the statement itself: SQLite does not use a partial index for a bound value.
    found = (
        select(literal_column("1"))
        .select_from(_unread_rows)
        .join(Thread, and_(_t.patient_id == _unread.patient_id, _t.id == _unread.thread_id))
        .where(_unread.unread > literal_column("0"), *which)
        .correlate_except(_unread_rows, _table(Thread))
        .limit(literal_column(str(MOST_UNREAD)))
        .subquery("new_to_them")
    )
    return select(func.count()).select_from(found).scalar_subquery()


def _table(model: type[Any]) -> Any:
    return model.__table__
