"""What somebody is to a version that is not, or not only, read: its writer, peer, reviewer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.directory import Practitioner, Profession
from portal.models.education import Module, ModuleVersion
from portal.models.education_writing import (
    EducationMember,
    EducationRole,
    ModuleCoauthor,
    ModuleRevision,
)

_m, _v, _user = columns(Module), columns(ModuleVersion), columns(User)
_member, _practitioner = columns(EducationMember), columns(Practitioner)
_coauthor, _revision = columns(ModuleCoauthor), columns(ModuleRevision)
_coordination = columns(Coordination)
_of_user = bindparam("of_user", type_=Uuid)


def _holds(role: EducationRole) -> Any:
    return exists().where(
        _member.organization_id == _m.organization_id,
        _member.user_id == _of_user,
        _member.role == role,
        _member.ended_at.is_(None),
    )


_writes_along = exists().where(_coauthor.module_id == _m.id, _coauthor.user_id == _of_user)
_wrote_some = exists().where(_revision.version_id == _v.id, _revision.written_by == _of_user)
# Who is in the directory for living with a disease answers for no text as a professional.
_is_professional = exists().where(
    _practitioner.id == _user.practitioner_id,
    _practitioner.profession != Profession.PATIENT_EXPERT,
)
_manages = exists().where(
    _coordination.organization_id == _m.organization_id,
    _coordination.user_id == _of_user,
    _coordination.ended_at.is_(None),
)
_FOUND = (
    select(
        Module,
        ModuleVersion,
        User,
        _writes_along,
        _wrote_some,
        _holds(EducationRole.WRITER),
        _holds(EducationRole.REVIEWER),
        _is_professional,
        _manages,
    )
    .join(ModuleVersion, _v.module_id == _m.id)
    .join(User, _user.id == _of_user)
    .where(_v.id == bindparam("of_version", type_=Uuid))
)


@dataclass(frozen=True, slots=True)
class ModuleStanding:
    """A version, and what one account may do with it."""

    module: Module
    version: ModuleVersion
    user: User
    is_author: bool
    wrote: bool
    """Some of it, whatever they are now: they neither read it as a peer nor review it."""
    is_writer: bool
    """A patient expert who writes for the organization."""
    is_reviewer: bool
    """Reviews for the organization, as its coordinators keep it."""
    is_professional: bool
    writes: bool
    """The author, or whom they let write with them."""
    manages: bool
    """Coordinates the organization that answers for it."""

    @property
    def reads_as_peer(self) -> bool:
        """Writes for the same organization, but not this module."""
        return self.is_writer and not self.wrote

    @property
    def reviews(self) -> bool:
        """A professional who reviews for the organization, and wrote none of it."""
        return self.is_reviewer and self.is_professional and not self.wrote

    @property
    def is_any(self) -> bool:
        """Nobody but its writers, and who answers for them, sees a draft that was never sent."""
        was_sent = self.version.submitted_at is not None
        return self.writes or self.manages or (was_sent and (self.reads_as_peer or self.reviews))


def standing_towards(session: Session, version_id: UUID, *, user_id: UUID) -> ModuleStanding:
    """Raises `NotFoundError` for who has nothing to do with the version."""
    found = find_standing(session, version_id, user_id=user_id)
    if not found.is_any:
        raise NotFoundError("module version")
    return found


def find_standing(session: Session, version_id: UUID, *, user_id: UUID) -> ModuleStanding:
    """The same of whoever asks, also when it is nothing; one statement."""
    values = {"of_version": version_id, "of_user": user_id}
    row = session.execute(_FOUND, values).first()
    if row is None:
        raise NotFoundError("module version")
    module, version, user, along, some, is_member, is_reviewer, is_professional, manages = row
    is_author = version.author_id == user_id
    is_writer = is_member and user.is_patient_expert
    return ModuleStanding(
        module=module,
        version=version,
        user=user,
        is_author=is_author,
        wrote=is_author or along or some,
        is_writer=is_writer,
        is_reviewer=is_reviewer,
        is_professional=is_professional,
        writes=(is_author or along) and is_writer,
        manages=manages,
    )
