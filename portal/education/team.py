"""Who writes and who reviews the modules of an organization, as its coordinators keep it."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, Uuid, and_, bindparam, exists, func, select
from sqlmodel import Session

from portal.education.members import add_member
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.directory import Gender, Organization, Practitioner, Profession
from portal.models.education import Module, ModuleVersion
from portal.models.education_writing import EducationMember, EducationRole
from portal.models.search import search_words

MOST_LISTED, MOST_FOUND, MOST_WORDS = 400, 20, 6
NO_REVIEWERS = (
    Profession.PATIENT_EXPERT,
    Profession.TRANSPORTEUR,
    Profession.MANDATAIRE,
    Profession.COORDINATEUR,
)
"""They care for nobody: what a module says about health is not theirs to answer for."""
_member, _user, _entry = columns(EducationMember), columns(User), columns(Practitioner)
_organization, _coordination = columns(Organization), columns(Coordination)
_v, _m = columns(ModuleVersion), columns(Module)
_coordinator = bindparam("of_coordinator", type_=Uuid)
_ORGANIZATIONS = (
    select(_organization.id, _organization.name)
    .join_from(Coordination, Organization, _organization.id == _coordination.organization_id)
    .where(_coordination.user_id == _coordinator, _coordination.ended_at.is_(None))
    .order_by(_organization.name, _organization.id)
)
_coordinated = select(_coordination.organization_id).where(
    _coordination.user_id == _coordinator, _coordination.ended_at.is_(None)
)
_drafts = (
    select(func.count())
    .select_from(ModuleVersion)
    .join(Module, _m.id == _v.module_id)
    .where(
        _v.author_id == _user.id,
        _m.organization_id == _member.organization_id,
        _v.published_at.is_(None),
    )
    .correlate(User, EducationMember)
    .scalar_subquery()
)
_PERSON: Any = (
    _user.id,
    _entry.prefix,
    _user.given_name,
    _user.family_name,
    _entry.gender,
    _entry.profession,
    _entry.profession_text,
)
_MEMBERS = (
    select(_member.organization_id, _member.role, _member.added_at, _member.ended_at, _drafts)
    .add_columns(*_PERSON)
    .join_from(EducationMember, User, _user.id == _member.user_id)
    .outerjoin(Practitioner, _entry.id == _user.practitioner_id)
    .where(_member.organization_id.in_(_coordinated))
    .order_by(_user.family_name, _user.given_name, _user.id)
    .limit(MOST_LISTED)
)
_REVIEWERS = (
    select(*_PERSON)
    .join_from(User, Practitioner, _entry.id == _user.practitioner_id)
    .where(
        _user.disabled_at.is_(None),
        _entry.profession.not_in(NO_REVIEWERS),
        ~exists().where(
            _member.user_id == _user.id,
            _member.organization_id == bindparam("of_organization", type_=Uuid),
            _member.role == EducationRole.REVIEWER,
            _member.ended_at.is_(None),
        ),
    )
    .order_by(_user.family_name, _user.given_name, _user.id)
    .limit(MOST_FOUND)
)


class Person(NamedTuple):
    id: UUID
    prefix: str | None
    given_name: str
    family_name: str
    gender: Gender | None
    profession: str | None
    profession_text: str | None


class MemberRow(NamedTuple):
    organization_id: UUID
    role: EducationRole
    added_at: datetime
    ended_at: datetime | None
    drafts: int
    """Versions of theirs that were never published."""
    person: Person


class OrganizationRow(NamedTuple):
    id: UUID
    name: str


def organizations_of(session: Session, coordinator_id: UUID) -> list[OrganizationRow]:
    rows = session.execute(_ORGANIZATIONS, {"of_coordinator": coordinator_id})
    return [OrganizationRow(*row) for row in rows]


def members_for(session: Session, coordinator_id: UUID) -> list[MemberRow]:
    """Of all organizations that they coordinate, by name; also whoever is one no longer."""
    rows = session.execute(_MEMBERS, {"of_coordinator": coordinator_id})
    found = []
    for organization_id, role, added_at, ended_at, drafts, *person in rows:
        found.append(MemberRow(organization_id, role, added_at, ended_at, drafts, Person(*person)))
    return found


def find_reviewers(session: Session, text: str, *, organization_id: UUID) -> list[Person]:
    """Professionals with an account whose name has these words; none without a word."""
    words = search_words(text)[:MOST_WORDS]
    if not words:
        return []
    has_all = and_(
        *(
            _entry.search_key.contains(bindparam(f"word{number}", type_=String), autoescape=False)
            for number in range(len(words))
        )
    )
    values: dict[str, Any] = {"of_organization": organization_id}
    values |= {f"word{number}": word for number, word in enumerate(words)}
    return [Person(*row) for row in session.execute(_REVIEWERS.where(has_all), values)]


def name_reviewer(
    session: Session, user_id: UUID, *, organization_id: UUID, by: UUID, at: datetime
) -> bool:
    """False when they review for it already.

    Raises `NotFoundError` for who is no professional with an account, or without coordinating.
    """
    require_coordination(session, by, organization_id)
    user = session.get(User, user_id, with_for_update=True)
    entry = session.get(Practitioner, user.practitioner_id) if user is not None else None
    if user is None or user.disabled_at is not None or entry is None:
        raise NotFoundError("reviewer")
    if entry.profession in NO_REVIEWERS:
        raise NotFoundError("reviewer")
    row = session.get(EducationMember, (organization_id, user_id, EducationRole.REVIEWER))
    if row is not None and row.ended_at is None:
        return False
    _add(session, user, EducationRole.REVIEWER, organization_id, by=by, at=at)
    return True


def end_role(
    session: Session,
    user_id: UUID,
    *,
    role: EducationRole,
    organization_id: UUID,
    by: UUID,
    at: datetime,
) -> bool:
    """What they wrote stays; false when it had ended. Raises `NotFoundError`."""
    row, user = _held(session, user_id, role, organization_id, by=by)
    if row.ended_at is not None:
        return False
    row.ended_at = at
    session.add(row)
    session.flush()
    if role is EducationRole.WRITER and not _writes_anywhere(session, user_id):
        user.is_patient_expert = False
        session.add(user)
        session.flush()
    return True


def give_back_role(
    session: Session,
    user_id: UUID,
    *,
    role: EducationRole,
    organization_id: UUID,
    by: UUID,
    at: datetime,
) -> None:
    """To whoever held it once. Raises `NotFoundError`."""
    row, user = _held(session, user_id, role, organization_id, by=by)
    if row.ended_at is not None:
        _add(session, user, role, organization_id, by=by, at=at)


def require_coordination(session: Session, user_id: UUID, organization_id: UUID) -> None:
    row = session.get(Coordination, (user_id, organization_id))
    if row is None or row.ended_at is not None:
        raise NotFoundError("organization")


def _held(
    session: Session, user_id: UUID, role: EducationRole, organization_id: UUID, *, by: UUID
) -> tuple[EducationMember, User]:
    """The account is held: two who end its last roles at once come one after the other."""
    require_coordination(session, by, organization_id)
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    key = (organization_id, user_id, role)
    row = session.get(EducationMember, key, populate_existing=True)
    if row is None or user is None:
        raise NotFoundError("member")
    return row, user


def _add(
    session: Session,
    user: User,
    role: EducationRole,
    organization_id: UUID,
    *,
    by: UUID,
    at: datetime,
) -> None:
    add_member(session, user.id, organization_id=organization_id, role=role, by=by, at=at)
    if role is EducationRole.WRITER and not user.is_patient_expert:
        user.is_patient_expert = True
        session.add(user)
        session.flush()


def _writes_anywhere(session: Session, user_id: UUID) -> bool:
    writes = exists().where(
        _member.user_id == user_id,
        _member.role == EducationRole.WRITER,
        _member.ended_at.is_(None),
    )
    return bool(session.execute(select(writes)).scalar())
