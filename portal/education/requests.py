"""Whose review is asked for: one professional at a time, who reviews for the organization."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, exists, select
from sqlmodel import Session

from portal.education.gates import Gate
from portal.education.standing import find_standing
from portal.errors import PublishingRefusedError
from portal.models import columns
from portal.models.account import User
from portal.models.directory import Gender, Practitioner, Profession
from portal.models.education import Module, ModuleVersion
from portal.models.education_writing import (
    EducationMember,
    EducationRole,
    ModuleCoauthor,
    ModuleReviewRequest,
    ModuleRevision,
)

USUAL_TIME = timedelta(days=14)
LONGEST_TIME = timedelta(days=180)
_member, _user, _practitioner = columns(EducationMember), columns(User), columns(Practitioner)
_m, _v, _coauthor = columns(Module), columns(ModuleVersion), columns(ModuleCoauthor)
_revision, _request = columns(ModuleRevision), columns(ModuleReviewRequest)
_REVIEWERS = (
    select(
        _user.id,
        _practitioner.prefix,
        _user.given_name,
        _user.family_name,
        _practitioner.gender,
        _practitioner.profession,
        _practitioner.profession_text,
    )
    .join_from(ModuleVersion, Module, _m.id == _v.module_id)
    .join(EducationMember, _member.organization_id == _m.organization_id)
    .join(User, _user.id == _member.user_id)
    .join(Practitioner, _practitioner.id == _user.practitioner_id)
    .where(
        _v.id == bindparam("of_version", type_=Uuid),
        _member.role == EducationRole.REVIEWER,
        _member.ended_at.is_(None),
        _user.disabled_at.is_(None),
        _practitioner.profession != Profession.PATIENT_EXPERT,
        _user.id != _v.author_id,
        ~exists().where(_coauthor.module_id == _m.id, _coauthor.user_id == _user.id),
        ~exists().where(_revision.version_id == _v.id, _revision.written_by == _user.id),
    )
    .order_by(_user.family_name, _user.given_name, _user.id)
)


class Reviewer(NamedTuple):
    """Somebody whose review may be asked for."""

    id: UUID
    prefix: str | None
    given_name: str
    family_name: str
    gender: Gender
    profession: str
    profession_text: str


def reviewers_for(session: Session, version_id: UUID) -> list[Reviewer]:
    """Who may review that version, by name; nobody who wrote some of it."""
    found = session.execute(_REVIEWERS, {"of_version": version_id})
    return [Reviewer(*row) for row in found]


def ask_review(
    session: Session,
    version: ModuleVersion,
    *,
    reviewer_id: UUID,
    due_on: date,
    by: UUID,
    at: datetime,
) -> ModuleReviewRequest:
    """In place of whom was asked before; flushes.

    Raises `PublishingRefusedError` for who may not review it, also when they may no longer.
    """
    standing = find_standing(session, version.id, user_id=reviewer_id)
    if standing.wrote:
        raise PublishingRefusedError(Gate.OWN_TEXT)
    if not standing.reviews:
        raise PublishingRefusedError(Gate.NOT_PROFESSIONAL)
    session.execute(
        delete(ModuleReviewRequest).where(
            _request.version_id == version.id, _request.reviewer_id != reviewer_id
        )
    )
    row = session.get(ModuleReviewRequest, (version.id, reviewer_id)) or ModuleReviewRequest(
        version_id=version.id, reviewer_id=reviewer_id, asked_by=by, asked_at=at, due_on=due_on
    )
    row.asked_by, row.asked_at, row.due_on = by, at, due_on
    session.add(row)
    session.flush()
    return row
