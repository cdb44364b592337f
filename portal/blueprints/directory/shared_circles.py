"""Two places of one professional, or of one organization, in the same circle become one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Column, ColumnElement, or_, select
from sqlmodel import Session

from portal.access.facts import NEWEST_DECISION
from portal.models import columns
from portal.models.audit import Capacity
from portal.models.care import CareTeamMember, EndReason
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.teams.handover import hand_over

_member = columns(CareTeamMember)
_decision = columns(ConsentDecision)
_BY_RECIPIENT = (ConsentPurpose.OUTSIDE_CARE_TEAM, ConsentPurpose.SOCIAL_SERVICES)


class Circles(NamedTuple):
    """What a merge changes, in numbers: nobody is named."""

    of_kept: int
    of_gone: int
    shared: int
    """Circles where two places become one."""

    @property
    def entered(self) -> int:
        """Circles that the entry that stays was not in."""
        return self.of_gone - self.shared


def circles_of(
    session: Session, *, holder: Column[UUID], kept_id: UUID, gone_id: UUID, at: datetime
) -> Circles:
    found = _patients_of(session, holder, (kept_id, gone_id), at)
    kept, gone = found[kept_id], found[gone_id]
    return Circles(of_kept=len(kept), of_gone=len(gone), shared=len(gone & kept))


def make_one_place(
    session: Session,
    *,
    holder: Column[UUID],
    kept_id: UUID,
    gone_id: UUID,
    opens_as: UUID,
    actor_id: UUID,
    at: datetime,
) -> None:
    """In each circle where both have a place that is not over; the needs go with it.

    The place that stays opens what both did, never more: who was kept outside in one of them is
    outside. `opens_as` is the entry whose places say what is open when they have nothing in common.
    """
    by_circle: dict[UUID, list[CareTeamMember]] = defaultdict(list)
    for row in _places(session, holder, (kept_id, gone_id), at):
        by_circle[row.patient_id].append(row)
    for patient_id, rows in by_circle.items():
        kept = [row for row in rows if getattr(row, holder.name) == kept_id]
        gone = [row for row in rows if getattr(row, holder.name) == gone_id]
        if not kept or not gone:
            continue
        stays, is_outside = kept[0], any(row.is_outside_care_team for row in gone)
        for row in kept:
            row.is_outside_care_team = row.is_outside_care_team or is_outside
        for leaves in gone:
            _take_over(stays, leaves, prefers_leaving=opens_as == gone_id)
            _end(leaves, stays, at)
            session.add_all([*kept, leaves])
            session.flush()
            hand_over(
                session,
                patient_id=patient_id,
                from_member_id=leaves.id,
                to_member_id=stays.id,
                actor_id=actor_id,
                capacity=Capacity.COORDINATOR,
                at=at,
            )


def close_where_refused(
    session: Session, *, practitioner_ids: Sequence[UUID], at: datetime
) -> None:
    """Who was answered no, under either entry, is outside the équipe de soins from now on.

    A place inside it asks for no consent: the merge would have opened what the patient refused.
    """
    refused = _refused_by(session, practitioner_ids)
    for row in _places(session, _member.practitioner_id, practitioner_ids, at):
        if row.patient_id in refused and not row.is_outside_care_team:
            row.is_outside_care_team = True
            session.add(row)
    session.flush()


def _refused_by(session: Session, practitioner_ids: Sequence[UUID]) -> set[UUID]:
    """The patients whose newest answer about both is no, or no longer."""
    statement = (
        select(_decision.patient_id, _decision.status)
        .where(
            _decision.practitioner_id.in_(practitioner_ids),
            _decision.purpose.in_(_BY_RECIPIENT),
        )
        .order_by(*NEWEST_DECISION)
    )
    newest: dict[UUID, ConsentStatus] = {}
    for patient_id, status in session.execute(statement):
        newest.setdefault(patient_id, status)
    return {one for one, status in newest.items() if status is not ConsentStatus.GIVEN}


def _places(
    session: Session, holder: Column[UUID], ids: Sequence[UUID], at: datetime
) -> Sequence[CareTeamMember]:
    """Not over yet, in one order, so that two merges never wait for each other."""
    statement = (
        select(CareTeamMember)
        .where(*_is_held(holder, ids), or_(_member.period_end.is_(None), _member.period_end > at))
        .order_by(_member.patient_id, _member.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.execute(statement).scalars().all()


def _patients_of(
    session: Session, holder: Column[UUID], ids: Sequence[UUID], at: datetime
) -> dict[UUID, set[UUID]]:
    statement = select(holder, _member.patient_id).where(
        *_is_held(holder, ids), or_(_member.period_end.is_(None), _member.period_end > at)
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for holder_id, patient_id in session.execute(statement):
        found[holder_id].add(patient_id)
    return found


def _is_held(holder: Column[UUID], ids: Sequence[UUID]) -> list[ColumnElement[bool]]:
    """An organization behind a professional holds no place of its own."""
    own: list[ColumnElement[bool]] = [holder.in_(ids)]
    if holder is not _member.practitioner_id:
        own.append(_member.practitioner_id.is_(None))
    return own


def _take_over(stays: CareTeamMember, leaves: CareTeamMember, *, prefers_leaving: bool) -> None:
    stays.functions = list(dict.fromkeys([*stays.functions, *leaves.functions]))
    for name in ("role_text", "contact_for", "phone", "availability_text"):
        setattr(stays, name, getattr(stays, name) or getattr(leaves, name))
    stays.hours = stays.hours or leaves.hours
    stays.position = min(stays.position, leaves.position)
    stays.sees = _common(stays.sees, leaves.sees, prefers_second=prefers_leaving)
    starts = [row.period_start for row in (stays, leaves)]
    stays.period_start = None if None in starts else min(one for one in starts if one)
    ends = [row.period_end for row in (stays, leaves)]
    stays.period_end = None if None in ends else max(one for one in ends if one)


def _common(first: str, second: str, *, prefers_second: bool) -> str:
    """The categories that both open; empty is all of them, so nothing in common may not be it."""
    if not first or not second:
        return first or second
    common = [one for one in first.split() if one in second.split()]
    return " ".join(common) or (second if prefers_second else first)


def _end(leaves: CareTeamMember, stays: CareTeamMember, at: datetime) -> None:
    leaves.period_end = at
    leaves.end_reason = EndReason.MERGED
    leaves.successor_id = stays.id
