"""Giving somebody a place in the circle, changing it, and making it last longer."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.blueprints.circle import queries
from portal.blueprints.circle.days import end_of, last_day, later
from portal.blueprints.circle.holders import Holder, Kind
from portal.blueprints.circle.writing import (
    lasting_places,
    lock_circle,
    locked,
    refuse_stale,
)
from portal.errors import ChangedMeanwhileError, PortalError
from portal.models.care import CareTeamMember, MemberFunction, Patient

MOST_LASTING = 60
"""No circle is larger, and one statement reads them all."""
_APART = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a form says of a place."""

    functions: list[str] = field(default_factory=list)
    contact_for: str
    sees: str = ""
    until: date | None = None
    """The last day, included; none for an open end."""
    replaces_doctor: bool = False
    """Whoever is the regular doctor now stays in the circle, without that function."""


class HasPlaceError(PortalError):
    """The same holder has a place already: `member_id`."""

    def __init__(self, member_id: UUID) -> None:
        super().__init__("the holder has a place")
        self.member_id = member_id


class OtherDoctorError(PortalError):
    """Somebody else is the regular doctor: `member_id`. There is one at a time."""

    def __init__(self, member_id: UUID) -> None:
        super().__init__("there is a regular doctor")
        self.member_id = member_id


class SaidNoError(PortalError):
    """The patient said no to this professional: only outside, where a new yes is needed."""


class TooManyPlacesError(PortalError):
    """The circle has `MOST_LASTING` places already."""


def add(
    session: Session,
    *,
    patient_id: UUID,
    place_id: UUID,
    holder: Holder,
    wanted: Wanted,
    is_outside: bool,
    time_zone: str,
    at: datetime,
) -> bool:
    """Whether a place was made: `place_id` came with the form, sent twice it is one place.

    `holder` is one whom the caller looked up. Raises `ChangedMeanwhileError` when the place that
    the form made is over, `HasPlaceError`, `OtherDoctorError`, `SaidNoError`, `TooManyPlacesError`.
    """
    lock_circle(session, patient_id=patient_id)
    others = lasting_places(session, patient_id=patient_id, at=at)
    if session.get(CareTeamMember, (patient_id, place_id)) is not None:
        if any(one.id == place_id and getattr(one, holder.column) == holder.id for one in others):
            return False
        raise ChangedMeanwhileError
    _refuse_against_no(session, patient_id, holder, is_outside=is_outside)
    _refuse_twice(others, holder)
    settle_doctor(others, wanted)
    member = CareTeamMember(
        patient_id=patient_id,
        id=place_id,
        is_outside_care_team=is_outside and holder.kind is Kind.PRACTITIONER,
        position=max((one.position for one in others), default=0) + _APART,
        period_start=at,
    )
    setattr(member, holder.column, holder.id)
    _fill(member, wanted, time_zone=time_zone)
    session.add(member)
    session.flush()
    return True


def change(
    session: Session,
    *,
    patient_id: UUID,
    member_id: UUID,
    version: str,
    wanted: Wanted,
    time_zone: str,
    at: datetime,
) -> bool:
    """Whether anything changed. Raises `ChangedMeanwhileError`, `OtherDoctorError`."""
    lock_circle(session, patient_id=patient_id)
    member = locked(session, patient_id=patient_id, member_id=member_id, at=at)
    if is_as_wanted(member, wanted, time_zone=time_zone):
        return False  # a second tap
    refuse_stale(member, version)
    others = lasting_places(session, patient_id=patient_id, at=at)
    settle_doctor([one for one in others if one.id != member_id], wanted)
    _fill(member, wanted, time_zone=time_zone)
    session.flush()
    return True


def extend(
    session: Session,
    *,
    patient_id: UUID,
    member_id: UUID,
    shown_end: str,
    time_zone: str,
    at: datetime,
) -> bool:
    """By six months from the end that was shown; sent twice, once.

    Raises `ChangedMeanwhileError` when the place ends on another day now.
    """
    lock_circle(session, patient_id=patient_id)
    member = locked(session, patient_id=patient_id, member_id=member_id, at=at)
    try:
        shown = date.fromisoformat(shown_end)
        wanted = end_of(later(shown), time_zone=time_zone)
    except (ValueError, OverflowError):
        raise ChangedMeanwhileError from None
    if member.period_end == wanted:
        return False
    if member.period_end is None or last_day(member.period_end, time_zone=time_zone) != shown:
        raise ChangedMeanwhileError
    _last_until(member, wanted)
    session.flush()
    return True


def move(session: Session, *, patient_id: UUID, member_id: UUID, is_up: bool, at: datetime) -> None:
    """One place further up or down in the list that the patient reads; ends stay where they are."""
    lock_circle(session, patient_id=patient_id)
    locked(session, patient_id=patient_id, member_id=member_id, at=at)
    places = lasting_places(session, patient_id=patient_id, at=at)
    now_at = next(rank for rank, one in enumerate(places) if one.id == member_id)
    goes_to = now_at + (-1 if is_up else 1)
    if 0 <= goes_to < len(places):
        places.insert(goes_to, places.pop(now_at))
    for rank, one in enumerate(places, start=1):
        one.position = _APART * rank
    session.flush()


def keep_long_term_condition(session: Session, *, patient_id: UUID, has_one: bool) -> bool:
    """Whether it changed."""
    patient = session.get_one(Patient, patient_id, with_for_update={"key_share": True})
    if patient.has_long_term_condition is has_one:
        return False
    patient.has_long_term_condition = has_one
    session.flush()
    return True


def settle_doctor(others: list[CareTeamMember], wanted: Wanted) -> None:
    """Raises `OtherDoctorError` unless the form said that the former one gives it up."""
    if MemberFunction.MEDECIN_TRAITANT not in wanted.functions:
        return
    for one in others:
        if MemberFunction.MEDECIN_TRAITANT not in one.functions:
            continue
        if not wanted.replaces_doctor:
            raise OtherDoctorError(one.id)
        # A new list: a change inside of the old one is not noticed.
        one.functions = [code for code in one.functions if code != MemberFunction.MEDECIN_TRAITANT]


def is_as_wanted(member: CareTeamMember, wanted: Wanted, *, time_zone: str) -> bool:
    return (
        sorted(member.functions) == sorted(wanted.functions)
        and member.contact_for == wanted.contact_for
        and member.sees == wanted.sees
        and member.period_end == _end(wanted, time_zone)
    )


def _fill(member: CareTeamMember, wanted: Wanted, *, time_zone: str) -> None:
    member.functions = wanted.functions
    member.contact_for = wanted.contact_for
    member.sees = wanted.sees
    _last_until(member, _end(wanted, time_zone))


def _last_until(member: CareTeamMember, end: datetime | None) -> None:
    if member.period_end == end:
        return
    member.period_end = end
    # Nobody said so of the new end.
    member.end_reason, member.successor_id = "", None


def _end(wanted: Wanted, time_zone: str) -> datetime | None:
    return end_of(wanted.until, time_zone=time_zone) if wanted.until else None


def _refuse_against_no(
    session: Session, patient_id: UUID, holder: Holder, *, is_outside: bool
) -> None:
    """A no to somebody outside is one inside as well, until the patient says yes."""
    is_person = holder.kind is Kind.PRACTITIONER
    if is_outside or not is_person:
        return
    if queries.said_no(session, patient_id=patient_id, practitioner_id=holder.id):
        raise SaidNoError


def _refuse_twice(others: list[CareTeamMember], holder: Holder) -> None:
    for one in others:
        is_theirs = getattr(one, holder.column) == holder.id
        # Behind a professional an organization has no place of its own.
        if is_theirs and (holder.kind is Kind.PRACTITIONER or one.practitioner_id is None):
            raise HasPlaceError(one.id)
    if len(others) >= MOST_LASTING:
        raise TooManyPlacesError
