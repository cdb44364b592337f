"""What somebody is to a version that is not, or not only, read: its writer, peer, reviewer."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlmodel import Session

from portal.education.members import roles_of
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.education import Module, ModuleVersion
from portal.models.education_writing import EducationRole, ModuleCoauthor

_m, _v, _user = columns(Module), columns(ModuleVersion), columns(User)
_coauthor, _coordination = columns(ModuleCoauthor), columns(Coordination)
_of_user = bindparam("of_user", type_=Uuid)
_writes_along = exists().where(_coauthor.module_id == _m.id, _coauthor.user_id == _of_user)
_manages = exists().where(
    _coordination.organization_id == _m.organization_id,
    _coordination.user_id == _of_user,
    _coordination.ended_at.is_(None),
)
_FOUND = (
    select(Module, ModuleVersion, User, _writes_along, _manages)
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
    writes: bool
    """The author, or whom they let write with them."""
    reads_as_peer: bool
    """Writes for the same organization, but not this module."""
    reviews: bool
    """A professional who reviews for the organization, and wrote none of it."""
    manages: bool
    """Coordinates the organization that answers for it."""


def standing_towards(session: Session, version_id: UUID, *, user_id: UUID) -> ModuleStanding:
    """Raises `NotFoundError` for who has nothing to do with the version."""
    values = {"of_version": version_id, "of_user": user_id}
    row = session.execute(_FOUND, values).first()
    if row is None:
        raise NotFoundError("module version")
    module, version, user, writes_along, manages = row
    roles = roles_of(session, user_id)
    is_writer = module.organization_id in roles[EducationRole.WRITER] and user.is_patient_expert
    is_author = version.author_id == user_id
    wrote = is_author or writes_along
    found = ModuleStanding(
        module=module,
        version=version,
        user=user,
        is_author=is_author,
        writes=wrote and is_writer,
        reads_as_peer=is_writer and not wrote,
        reviews=(
            module.organization_id in roles[EducationRole.REVIEWER]
            and user.practitioner_id is not None
            and not wrote
        ),
        manages=manages,
    )
    if not (found.writes or found.reads_as_peer or found.reviews or found.manages):
        raise NotFoundError("module version")
    return found
