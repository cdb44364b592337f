"""Ending a place with a reason and a successor, taking that back, and leaving the circle."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, or_, select
from sqlmodel import Session

from portal.blueprints.circle import queries
from portal.blueprints.circle.days import end_of
from portal.blueprints.circle.writing import (
    Author,
    lasting_places,
    lock_circle,
    locked,
    place,
    refuse_stale,
    version_of,
)
from portal.errors import ChangedMeanwhileError, PortalError
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.care import CareTeamMember, EndReason, MemberFunction
from portal.models.need import Need, NeedChange
from portal.teams.handover import hand_over
from portal.teams.need_changes import write_changes

_need = columns(Need)
_change = columns(NeedChange)
_before = NeedChange.__table__.alias("before")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_was = _before.c
_HANDED_OVER = (
    select(Need, _was.owner_id, _was.deputy_id)
    .join(
        NeedChange,
        and_(
            _change.patient_id == _need.patient_id,
            _change.need_id == _need.id,
            # The last thing that was done to it; whatever somebody did since then stays.
            _change.version == _need.version,
        ),
    )
    .join(
        _before,
        and_(
            _was.patient_id == _need.patient_id,
            _was.need_id == _need.id,
            _was.version == _need.version - 1,
        ),
    )
    .where(
        _need.patient_id == bindparam("of_patient", type_=Uuid),
        _need.ended_at.is_(None),
        _change.at == bindparam("handed_over_at", type_=UtcDateTime),
        or_(
            _was.owner_id == bindparam("of_member", type_=Uuid),
            _was.deputy_id == bindparam("of_member", type_=Uuid),
        ),
    )
    .order_by(_need.id)
    .with_for_update(of=Need)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Why, from when, and who follows; without a last day it is over now."""

    reason: EndReason
    last_day: date | None = None
    successor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What taking it back needs: the end as it is now, and as it was before."""

    version: str
    at: datetime
    was: datetime | None
    needs: int
    """That changed hands."""


class LongerPlaceError(PortalError):
    """The day on which it should end is after the one on which it does."""


class WrongSuccessorError(PortalError):
    """Who should follow is nobody of the circle who sees the file."""


def end(
    session: Session,
    *,
    patient_id: UUID,
    member_id: UUID,
    version: str,
    wanted: End,
    by: Author,
    time_zone: str,
    at: datetime,
) -> Done:
    """Over at once, or at the end of a day.

    A successor takes over now; without one, what they own stays theirs until that day.
    Raises `ChangedMeanwhileError`, `LongerPlaceError`, `WrongSuccessorError`.
    """
    lock_circle(session, patient_id=patient_id)
    member = locked(session, patient_id=patient_id, member_id=member_id, at=at)
    refuse_stale(member, version)
    check_successor(session, member, wanted.successor_id, at=at)
    was, over = member.period_end, at
    if wanted.last_day is not None:
        over = end_of(wanted.last_day, time_zone=time_zone)
    if was is not None and over > was:
        raise LongerPlaceError
    member.period_end = over
    member.end_reason, member.successor_id = wanted.reason, wanted.successor_id
    session.flush()
    is_handed_over = wanted.successor_id is not None or wanted.last_day is None
    needs = _hand_over(session, member, by=by, at=at) if is_handed_over else 0
    return Done(version_of(member), at, was, needs)


def take_back(
    session: Session,
    *,
    patient_id: UUID,
    member_id: UUID,
    done: Done,
    by: Author,
    at: datetime,
) -> None:
    """The place lasts as before, and what nobody touched since is theirs again.

    Raises `ChangedMeanwhileError` when the place changed, its former end passed, its holder has
    another one, or somebody else became the regular doctor.
    """
    lock_circle(session, patient_id=patient_id)
    member = place(session, patient_id=patient_id, member_id=member_id)
    if not member.end_reason:
        raise ChangedMeanwhileError
    refuse_stale(member, done.version)
    others = [
        one for one in lasting_places(session, patient_id=patient_id, at=at) if one.id != member_id
    ]
    if (done.was is not None and done.was <= at) or any(_clash(one, member) for one in others):
        raise ChangedMeanwhileError
    member.period_end, member.end_reason, member.successor_id = done.was, "", None
    session.flush()
    _hand_back(session, member, handed_over_at=done.at, by=by, at=at)


def leave(
    session: Session,
    *,
    patient_id: UUID,
    practitioner_id: UUID,
    successor_id: UUID | None,
    by: Author,
    at: datetime,
) -> int:
    """A professional gives up all their places; how many needs changed hands.

    Raises `WrongSuccessorError`.
    """
    lock_circle(session, patient_id=patient_id)
    places = lasting_places(session, patient_id=patient_id, at=at)
    own = [one for one in places if one.practitioner_id == practitioner_id]
    for member in own:
        check_successor(session, member, successor_id, at=at)
    for member in own:
        member.period_end = at
        member.end_reason, member.successor_id = EndReason.LEFT, successor_id
    session.flush()
    return sum(_hand_over(session, member, by=by, at=at) for member in own)


def successors(
    rows: list[queries.PlaceRow], holder: queries.PlaceRow, *, at: datetime
) -> list[queries.PlaceRow]:
    """Who can follow: neither kept out by the patient nor waiting for a yes, and somebody else."""
    return [one for one in rows if one.opens and not one.is_over(at) and not _is_same(one, holder)]


def check_successor(
    session: Session, member: CareTeamMember, successor_id: UUID | None, *, at: datetime
) -> None:
    """Raises `WrongSuccessorError`."""
    if successor_id is None:
        return
    rows = queries.places(session, patient_id=member.patient_id, at=at)
    holder = queries.place_of(rows, member.id)
    if successor_id not in {one.id for one in successors(rows, holder, at=at)}:
        raise WrongSuccessorError


def _is_same(one: queries.PlaceRow, other: queries.PlaceRow) -> bool:
    is_same_person = one.is_professional and one.practitioner_id == other.practitioner_id
    return one.id == other.id or is_same_person


def _clash(one: CareTeamMember, member: CareTeamMember) -> bool:
    """Whether both cannot last side by side."""
    holder = (one.practitioner_id, one.related_person_id, one.organization_id)
    is_same = holder[:2] == (member.practitioner_id, member.related_person_id) and (
        one.practitioner_id is not None or holder[2] == member.organization_id
    )
    doctor = MemberFunction.MEDECIN_TRAITANT
    return is_same or (doctor in one.functions and doctor in member.functions)


def _hand_over(session: Session, member: CareTeamMember, *, by: Author, at: datetime) -> int:
    return hand_over(
        session,
        patient_id=member.patient_id,
        from_member_id=member.id,
        to_member_id=member.successor_id,
        actor_id=by.user_id,
        capacity=by.capacity,
        at=at,
    )


def _hand_back(
    session: Session, member: CareTeamMember, *, handed_over_at: datetime, by: Author, at: datetime
) -> None:
    values = {
        "of_patient": member.patient_id,
        "of_member": member.id,
        "handed_over_at": handed_over_at,
    }
    fresh = {"populate_existing": True}
    needs = []
    rows = session.execute(_HANDED_OVER, values, execution_options=fresh).all()
    for need, owner_id, deputy_id in rows:
        need.owner_id, need.deputy_id = owner_id, deputy_id
        need.version += 1
        needs.append(need)
    write_changes(session, needs, actor_id=by.user_id, capacity=by.capacity, at=at)
