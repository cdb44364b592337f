"""One act each: somebody answers for it, it still holds, it is over, it is not over."""

import calendar
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.access.audit import Author
from portal.blueprints.needs.service import refuse_too_many
from portal.blueprints.needs.writing import (
    Done,
    Wanted,
    WrongPersonError,
    can_answer,
    locked,
    put,
    refuse_stale,
    wanted_of,
    write,
)
from portal.errors import ChangedMeanwhileError
from portal.models.need import Need
from portal.teams.reading import read_team
from portal.teams.rows import MemberRow

REVIEW_MONTHS = 3


def review_after(today: date) -> date:
    """Three months later; the last day of a shorter month."""
    years, month = divmod(today.month - 1 + REVIEW_MONTHS, 12)
    year, month = today.year + years, month + 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def is_due(review_on: date | None, *, today: date) -> bool:
    """As `teams.facts.review_is_due` says it in SQL."""
    return review_on is not None and review_on <= today


def assign(
    session: Session,
    *,
    patient_id: UUID,
    need_id: UUID,
    version: int,
    owner_id: UUID | None,
    today: date,
    by: Author,
    at: datetime,
) -> Done:
    """Another owner; a review that is due is settled with it.

    Raises `WrongPersonError` and `ChangedMeanwhileError`.
    """
    need = locked(session, patient_id=patient_id, need_id=need_id)
    if owner_id is None:
        raise WrongPersonError("owner")
    if need.owner_id == owner_id and need.ended_at is None:
        return Done(need_id)  # a second tap
    refuse_stale(need, version)
    return put(session, need, _owned_by(need, owner_id, today), by=by, at=at)


def take_over(
    session: Session,
    *,
    patient_id: UUID,
    need_id: UUID,
    version: int | None,
    practitioner_id: UUID | None,
    today: date,
    by: Author,
    at: datetime,
) -> Done:
    """The reader answers for it. Without a `version` only where nobody does.

    Raises `WrongPersonError` without a place in the circle, and `ChangedMeanwhileError`.
    """
    need = locked(session, patient_id=patient_id, need_id=need_id)
    team = read_team(session, patient_id=patient_id, viewer_id=by.user_id, at=at)
    place = own_place(team.members, practitioner_id=practitioner_id)
    if place is None:
        raise WrongPersonError("owner")
    if need.owner_id == place.id and need.ended_at is None:
        return Done(need_id)
    if version is None and need.owner_id in {one.id for one in team.members}:
        raise ChangedMeanwhileError
    refuse_stale(need, need.version if version is None else version)
    return put(session, need, _owned_by(need, place.id, today), by=by, at=at)


def confirm(
    session: Session,
    *,
    patient_id: UUID,
    need_id: UUID,
    version: int,
    today: date,
    by: Author,
    at: datetime,
) -> Done:
    """It still holds: the next review is in three months. Raises `ChangedMeanwhileError`."""
    need = locked(session, patient_id=patient_id, need_id=need_id)
    next_review = review_after(today)
    if need.review_on == next_review and need.ended_at is None:
        return Done(need_id)
    refuse_stale(need, version)
    return put(session, need, replace(wanted_of(need), review_on=next_review), by=by, at=at)


def end(
    session: Session,
    *,
    patient_id: UUID,
    need_id: UUID,
    version: int,
    reason: str,
    by: Author,
    at: datetime,
) -> Done:
    """Nothing is deleted: it can be opened again. Raises `ChangedMeanwhileError`."""
    need = locked(session, patient_id=patient_id, need_id=need_id)
    if need.ended_at is not None and need.end_reason == reason:
        return Done(need_id)
    refuse_stale(need, version)
    need.ended_at, need.end_reason = at, reason
    need.version += 1
    write(session, need, by=by, at=at)
    return Done(need_id, is_changed=True)


def reopen(
    session: Session, *, patient_id: UUID, need_id: UUID, today: date, by: Author, at: datetime
) -> Done:
    """As it was before it ended, with a review ahead. Raises `TooManyNeedsError`."""
    need = locked(session, patient_id=patient_id, need_id=need_id)
    if need.ended_at is None:
        return Done(need_id)
    refuse_too_many(session, patient_id=patient_id)
    need.ended_at, need.end_reason = None, ""
    if is_due(need.review_on, today=today):
        need.review_on = review_after(today)
    need.version += 1
    write(session, need, by=by, at=at)
    return Done(need_id, is_changed=True)


def own_place(members: list[MemberRow], *, practitioner_id: UUID | None) -> MemberRow | None:
    """The reader's own place, as a professional or as a relative; none when it opens nothing."""
    for one in can_answer(members):
        is_professional = practitioner_id is not None and one.practitioner_id == practitioner_id
        if is_professional or one.is_viewer:
            return one
    return None


def _owned_by(need: Need, owner_id: UUID, today: date) -> Wanted:
    wanted = wanted_of(need)
    return replace(
        wanted,
        owner_id=owner_id,
        deputy_id=None if need.deputy_id == owner_id else need.deputy_id,
        review_on=review_after(today) if is_due(need.review_on, today=today) else need.review_on,
    )
