"""Rows that two entries both have where only one may stay: they are joined before a merge."""

from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session

from portal.blueprints.directory.references import point_to
from portal.models import columns
from portal.models.account import Coordination
from portal.models.directory import Absence, PractitionerRole
from portal.models.education_writing import EducationMember
from portal.models.need import NeedType

_role = columns(PractitionerRole)
_absence = columns(Absence)
_coordination = columns(Coordination)
_type = columns(NeedType)
_writer = columns(EducationMember)


def drop_absences_between(session: Session, kept_id: UUID, gone_id: UUID) -> None:
    """Nobody replaces themself."""
    both = (kept_id, gone_id)
    session.connection().execute(
        update(Absence)
        .where(_absence.practitioner_id.in_(both), _absence.replacement_id.in_(both))
        .values(replacement_id=None)
    )


def merge_roles(session: Session, *, holder: str, kept_id: UUID, gone_id: UUID) -> None:
    """Two rows for the same professional at the same place, with the same last day, are one.

    `holder` is the column that names the entry: of the professional, or of the organization.
    """
    other = "organization_id" if holder == "practitioner_id" else "practitioner_id"
    statement = (
        select(PractitionerRole)
        .where(_role[holder].in_((kept_id, gone_id)))
        .order_by(_role.id)
        .with_for_update()
    )
    rows = session.execute(statement).scalars().all()
    stay = {
        (getattr(row, other), row.period_end): row
        for row in rows
        if getattr(row, holder) == kept_id
    }
    for row in rows:
        same = stay.get((getattr(row, other), row.period_end))
        if getattr(row, holder) == gone_id and same is not None and getattr(row, other):
            _fill(same, row)
            point_to(session, PractitionerRole, kept_id=same.id, gone_id=row.id)
            session.delete(row)
            session.flush()


def _fill(stays: PractitionerRole, leaves: PractitionerRole) -> None:
    """What only the other knows."""
    for name in ("role_text", "phone", "email", "absences"):
        setattr(stays, name, getattr(stays, name) or getattr(leaves, name))
    if not stays.hours:
        stays.hours, stays.time_zone = leaves.hours, leaves.time_zone
        stays.is_open_on_holidays = leaves.is_open_on_holidays


def merge_coordinations(session: Session, *, kept_id: UUID, gone_id: UUID) -> None:
    """Who coordinates, or coordinated, both has one row: it holds when one of the two did."""
    statement = select(Coordination).where(_coordination.organization_id.in_((kept_id, gone_id)))
    rows = session.execute(statement.with_for_update()).scalars().all()
    stay = {row.user_id: row for row in rows if row.organization_id == kept_id}
    for row in rows:
        same = stay.get(row.user_id)
        if row.organization_id == gone_id and same is not None:
            holds = same.ended_at is None or row.ended_at is None
            same.ended_at = None if holds else max(same.ended_at, row.ended_at)
            same.created_at = min(same.created_at, row.created_at)
            session.add(same)
            session.delete(row)
    session.flush()


def merge_education_members(session: Session, *, kept_id: UUID, gone_id: UUID) -> None:
    """Who writes or reviews for both has one row of each role, which holds when one of them did."""
    statement = select(EducationMember).where(_writer.organization_id.in_((kept_id, gone_id)))
    rows = session.execute(statement.with_for_update()).scalars().all()
    stay = {(row.user_id, row.role): row for row in rows if row.organization_id == kept_id}
    for row in rows:
        same = stay.get((row.user_id, row.role))
        if row.organization_id == gone_id and same is not None:
            holds = same.ended_at is None or row.ended_at is None
            same.ended_at = None if holds else max(same.ended_at, row.ended_at)
            same.added_at = min(same.added_at, row.added_at)
            session.add(same)
            session.delete(row)
    session.flush()


def merge_need_types(session: Session, *, kept_id: UUID, gone_id: UUID) -> None:
    """A label is there once; offered when it was offered in one of the two."""
    statement = select(NeedType).where(_type.organization_id.in_((kept_id, gone_id)))
    rows = session.execute(statement.with_for_update()).scalars().all()
    stay = {row.label: row for row in rows if row.organization_id == kept_id}
    for row in rows:
        same = stay.get(row.label)
        if row.organization_id == gone_id and same is not None:
            if row.retired_at is None:
                same.retired_at = None
            session.add(same)
            point_to(session, NeedType, kept_id=same.id, gone_id=row.id)
            session.delete(row)
            session.flush()
